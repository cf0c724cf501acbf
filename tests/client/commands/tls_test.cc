// How the program reaches a server that speaks TLS, and what it says if it does not.
#include <sys/stat.h>

#include "gmock/gmock.h"
#include "tests/channel/tls_server.h"
#include "tests/client/fake_server.h"

namespace aftercare::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    certificates_.MakeClient("ana");
    WriteFile(Path("token"), "secret-1");
    chmod(Path("token").c_str(), 0600);
  }

  std::string Path(const std::string& name) const { return certificates_.Path(name); }

  // Runs a command that calls the server once.
  ProcessResult Call(const std::vector<std::string>& options, const std::vector<std::string>& environment = {}) const {
    std::vector<std::string> command = {AFTERCARE_CLIENT, "clinic", "list", "--server", server_.address()};
    command.insert(command.end(), options.begin(), options.end());
    return RunProgram(command, {.environment = environment});
  }

  Certificates certificates_;
  TlsServer server_;
};

TEST_F(TlsTest, FlagsSayHowTheServerIsReachedAndWhoCalls) {
  server_.Start(Serving::kTlsWithClientCertificates, certificates_);
  const ProcessResult called = Call({"--ca-file", Path("ca.pem"), "--cert-file", Path("ana.pem"), "--key-file",
                                     Path("ana-key.pem"), "--token-file", Path("token")});
  EXPECT_EQ(called.exit_code, 0) << called.err;
  EXPECT_EQ(server_.last(), (TlsServer::Caller{.common_name = "ana", .authorization = "Bearer secret-1"}));
}

TEST_F(TlsTest, TheEnvironmentSaysItToo) {
  server_.Start(Serving::kTlsWithClientCertificates, certificates_);
  const ProcessResult called =
      Call({}, {"AFTERCARE_CA_FILE=" + Path("ca.pem"), "AFTERCARE_CERT_FILE=" + Path("ana.pem"),
                "AFTERCARE_KEY_FILE=" + Path("ana-key.pem"), "AFTERCARE_TOKEN_FILE=" + Path("token")});
  EXPECT_EQ(called.exit_code, 0) << called.err;
  EXPECT_EQ(server_.last(), (TlsServer::Caller{.common_name = "ana", .authorization = "Bearer secret-1"}));
}

TEST_F(TlsTest, EveryBadSettingIsNamedByItsFlag) {
  const ProcessResult refused = RunProgram({AFTERCARE_CLIENT, "clinic", "list", "--server", "clinic.example:50051",
                                            "--cert-file", "/no/such/file", "--token-file", "/no/token"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("--server: clinic.example:50051 is not on this machine"),
                                 HasSubstr("--ca-file: must be set"), HasSubstr("--cert-file: /no/such/file cannot"),
                                 HasSubstr("--key-file: must be set"), HasSubstr("--token-file: /no/token cannot")));
}

TEST_F(TlsTest, ACommandThatNeedsNoServerDoesNotMindThem) {
  const std::string pathway = AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto";
  const ProcessResult checked = RunProgram({AFTERCARE_CLIENT, "pathway", "check", pathway},
                                           {.environment = {"AFTERCARE_TOKEN_FILE=/no/token"}});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
}

TEST_F(TlsTest, AServerThatIsNotTrustedIsSaidWithTheReasonAndNothingOfTheLibrarys) {
  const Certificates others;
  server_.Start(Serving::kTls, certificates_);
  const ProcessResult refused = Call({"--ca-file", others.Path("ca.pem")});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, AllOf(testing::StartsWith("aftercare: cannot talk to " + server_.address() +
                                                     ": the server's certificate is not of an authority of --ca-file"),
                                 HasSubstr(others.Path("ca.pem")), Not(HasSubstr("ssl_transport"))));
}

TEST_F(TlsTest, ACertificateThatHasExpiredIsSaid) {
  certificates_.MakeSpecial("old", "IP:127.0.0.1", -1);
  server_.Start(Serving::kTls, certificates_, "old");
  EXPECT_THAT(Call({"--ca-file", Path("ca.pem")}).err, HasSubstr("certificate has expired"));
  server_.Stop();
  server_.Start(Serving::kTlsWithClientCertificates, certificates_);
  const ProcessResult refused =
      Call({"--ca-file", Path("ca.pem"), "--cert-file", Path("old.pem"), "--key-file", Path("old-key.pem")});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("the certificate of --cert-file, " + Path("old.pem") + ", has expired"));
}

TEST_F(TlsTest, ItIsSaidIfOnlyOneSideSpeaksTls) {
  server_.Start(Serving::kTls, certificates_);
  const ProcessResult plain = Call({});
  EXPECT_EQ(plain.exit_code, 3);
  EXPECT_EQ(plain.err, "aftercare: cannot talk to " + server_.address() + ": the server speaks TLS: set --ca-file.\n");
  server_.Stop();
  server_.Start(Serving::kPlain, certificates_);
  EXPECT_THAT(Call({"--ca-file", Path("ca.pem")}).err, HasSubstr("the server does not speak TLS"));
}

class RefusedCallerTest : public FakeServerFixture {};

TEST_F(RefusedCallerTest, WhoIsNotLetInIsToldHowToGetIn) {
  server_.Refuse<v1::GetClinicResponse>(grpc::StatusCode::UNAUTHENTICATED, "TOKEN_EXPIRED");
  const ProcessResult unknown = Aftercare({"clinic", "get"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("UNAUTHENTICATED (TOKEN_EXPIRED)"), HasSubstr("--token-file"),
                                 HasSubstr("aftercare token create")));
  server_.Refuse<v1::GetClinicResponse>(grpc::StatusCode::PERMISSION_DENIED, "ROLE_NOT_ALLOWED");
  const ProcessResult forbidden = Aftercare({"clinic", "get"});
  EXPECT_EQ(forbidden.exit_code, 1);
  EXPECT_THAT(forbidden.err,
              AllOf(HasSubstr("PERMISSION_DENIED (ROLE_NOT_ALLOWED)"), HasSubstr("aftercare role bind")));
}

}  // namespace
}  // namespace aftercare::client
