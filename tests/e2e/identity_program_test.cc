// aftercared on a network and on a Unix socket, as operators run it.
#include <signal.h>
#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/harness.h"
#include "tests/e2e/identity.h"
#include "tests/support/process.h"

namespace aftercare::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSecret[] = "aftercare_";  // how secrets begin

class IdentityProgramTest : public ::testing::Test {
 protected:
  std::vector<std::string> Command(const std::vector<std::string>& more) {
    std::vector<std::string> command = {AFTERCARED, "--database=" + dir_.File("aftercare.db")};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }
  std::vector<std::string> Tls() {
    return {"--tls-cert-file=" + certificates_.Path("server.pem"),
            "--tls-key-file=" + certificates_.Path("server-key.pem")};
  }
  ProcessResult Run(std::vector<std::string> more) { return RunProgram(Command(more)); }
  // Starts a server, and returns its port.
  int Start(const std::vector<std::string>& more) {
    server_.emplace(Command(more));
    return AwaitPort(*server_);
  }
  // Stops the server in order, and returns what it wrote.
  ProcessResult Stop() {
    server_->Signal(SIGTERM);
    ProcessResult result = server_->Wait();
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result;
  }
  static grpc::Status ListClinics(const std::shared_ptr<grpc::Channel>& channel, const std::string& secret = "") {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    if (!secret.empty()) context.AddMetadata("authorization", "Bearer " + secret);
    v1::ListClinicsResponse response;
    return v1::ClinicService::NewStub(channel)->ListClinics(&context, {}, &response);
  }
  static int ModeOf(const std::string& path) {
    struct stat found {};
    return lstat(path.c_str(), &found) == 0 ? static_cast<int>(found.st_mode & 07777) : -1;
  }

  TempDir dir_;
  Certificates certificates_;
  std::optional<ChildProcess> server_;
};

TEST_F(IdentityProgramTest, TheNetworkIsServedWithTlsOnly) {
  const ProcessResult plain = Run({"--listen=0.0.0.0:0"});
  EXPECT_EQ(plain.exit_code, 2);
  EXPECT_THAT(plain.err, AllOf(HasSubstr("0.0.0.0:0"), HasSubstr("tls_cert_file")));
  for (const char* listen : {"clinic", "clinic:70000", ":50051", "unix-abstract:x", "a b:1"}) {
    std::vector<std::string> flags = Tls();
    flags.push_back(absl::StrCat("--listen=", listen));
    EXPECT_THAT(Run(flags).err, HasSubstr("is not host:port")) << listen;
  }
}

TEST_F(IdentityProgramTest, TheFirstAdministratorsTokenIsShownOnce) {
  std::vector<std::string> flags = Tls();
  flags.push_back("--listen=0.0.0.0:0");
  Start(flags);
  const ProcessResult first = Stop();
  const size_t place = first.err.find(kSecret);
  ASSERT_NE(place, first.err.npos) << first.err;
  EXPECT_THAT(first.out, Not(HasSubstr(kSecret))) << "the log goes further";
  const std::string secret = first.err.substr(place, first.err.find('\n', place) - place);
  const auto channel = ConnectAnew(absl::StrCat("localhost:", Start(flags)), Trusting(certificates_));
  EXPECT_TRUE(ListClinics(channel, secret).ok());
  EXPECT_EQ(ListClinics(channel).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  const ProcessResult second = Stop();
  EXPECT_THAT(second.err + second.out, Not(HasSubstr(kSecret)));
}

TEST_F(IdentityProgramTest, TheUnixSocketIsForTheServersUser) {
  const std::string path = dir_.File("private/aftercare.sock");
  std::vector<std::string> flags = Tls();
  flags.insert(flags.end(), {"--listen=0.0.0.0:0", "--unix-socket=" + path});
  Start(flags);
  EXPECT_EQ(ModeOf(path), 0600);
  EXPECT_EQ(ModeOf(dir_.File("private")), 0700);
  EXPECT_TRUE(ListClinics(ConnectAnew("unix:" + path, grpc::InsecureChannelCredentials())).ok());
  const ProcessResult second =
      RunProgram({AFTERCARED, "--database=" + dir_.File("other.db"), "--listen=127.0.0.1:0", "--unix-socket=" + path});
  EXPECT_EQ(second.exit_code, 4);
  EXPECT_THAT(second.err, AllOf(HasSubstr(path), HasSubstr("another program")));
  EXPECT_TRUE(ListClinics(ConnectAnew("unix:" + path, grpc::InsecureChannelCredentials())).ok()) << "still the first";
  EXPECT_THAT(Stop().err, Not(HasSubstr(kSecret))) << "no token is needed";
  EXPECT_EQ(ModeOf(path), -1) << "the socket is removed";
}

TEST_F(IdentityProgramTest, ASocketThatAKilledServerLeftIsTakenOver) {
  const std::string path = dir_.File("private/aftercare.sock");
  Start({"--listen=127.0.0.1:0", "--unix-socket=" + path});
  server_->Kill();
  server_->Wait();
  EXPECT_EQ(ModeOf(path), 0600);
  Start({"--listen=127.0.0.1:0", "--unix-socket=" + path});
  EXPECT_TRUE(ListClinics(ConnectAnew("unix:" + path, grpc::InsecureChannelCredentials())).ok());
  Stop();
}

TEST_F(IdentityProgramTest, ASocketThatOthersCouldReachIsRefused) {
  ASSERT_EQ(mkdir(dir_.File("open").c_str(), 0755), 0);
  ASSERT_EQ(chmod(dir_.File("open").c_str(), 0755), 0);
  const ProcessResult open = Run({"--listen=127.0.0.1:0", "--unix-socket=" + dir_.File("open/s")});
  EXPECT_EQ(open.exit_code, 4);
  EXPECT_THAT(open.err, AllOf(HasSubstr("unix_socket"), HasSubstr("0700")));
  const std::string long_path = dir_.File("x/" + std::string(108, 's'));
  for (const std::string& path : {std::string("@abstract"), std::string("s"), long_path}) {
    const ProcessResult refused = Run({"--listen=127.0.0.1:0", "--unix-socket=" + path});
    EXPECT_NE(refused.exit_code, 0) << path;
    EXPECT_THAT(refused.err, HasSubstr("unix_socket")) << path;
  }
  const std::string file = dir_.File("private");
  ASSERT_EQ(mkdir(file.c_str(), 0700), 0);
  WriteFile(file + "/s", "mine");
  EXPECT_THAT(Run({"--listen=127.0.0.1:0", "--unix-socket=" + file + "/s"}).err, HasSubstr("is no socket"));
  EXPECT_EQ(ReadFile(file + "/s"), "mine");
}

TEST_F(IdentityProgramTest, EveryFileThatCannotBeUsedIsNamed) {
  const std::string key = certificates_.Path("server-key.pem");
  const std::string junk = dir_.Write("junk.pem", "no certificate");
  const ProcessResult bad = Run({"--tls-cert-file=" + junk, "--tls-key-file=" + dir_.File("missing.pem"),
                                 "--tls-client-ca-file=" + junk, "--principal-from=serial"});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.err, AllOf(HasSubstr("tls_cert_file"), HasSubstr("tls_key_file"), HasSubstr("tls_client_ca_file"),
                             HasSubstr("principal_from"), HasSubstr("missing.pem")));
  EXPECT_THAT(Run({"--tls-cert-file=" + certificates_.Path("server.pem")}).err, HasSubstr("tls_key_file"));
  EXPECT_THAT(Run({"--tls-key-file=" + key}).err, HasSubstr("tls_cert_file"));
  certificates_.MakeClient("other");
  EXPECT_THAT(Run({"--tls-cert-file=" + certificates_.Path("server.pem"),
                   "--tls-key-file=" + certificates_.Path("other-key.pem")})
                  .err,
              HasSubstr("is not the key"));
  ASSERT_EQ(chmod(key.c_str(), 0644), 0);
  EXPECT_THAT(Run({"--tls-cert-file=" + certificates_.Path("server.pem"), "--tls-key-file=" + key}).err,
              HasSubstr("chmod o-rwx"));
}

TEST_F(IdentityProgramTest, OldVersionsOfTlsAreRefused) {
  std::vector<std::string> flags = Tls();
  flags.push_back("--listen=127.0.0.1:0");
  const int port = Start(flags);
  const auto handshake = [&](const std::string& version) {
    return RunProgram({"/bin/sh", "-c",
                       absl::StrCat("echo | openssl s_client -connect 127.0.0.1:", port, " ", version,
                                    " -cipher 'DEFAULT@SECLEVEL=0' -alpn h2 2>&1 | grep 'Cipher is'")})
        .out;
  };
  EXPECT_THAT(handshake("-tls1_1"), HasSubstr("(NONE)"));
  EXPECT_THAT(handshake("-tls1_2"), Not(HasSubstr("(NONE)")));
  EXPECT_THAT(handshake("-tls1_3"), Not(HasSubstr("(NONE)")));
  Stop();
}

}  // namespace
}  // namespace aftercare::e2e
