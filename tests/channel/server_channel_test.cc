// The channel against a server that speaks TLS.
#include "services/channel/server_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/channel/tls_server.h"

namespace aftercare {
namespace {

using ::testing::HasSubstr;
using Caller = TlsServer::Caller;

// How often something is tried until it has come about: the server's restarts and pauses make that minutes.
constexpr int kPatience = 600;

class ServerChannelTest : public ::testing::Test {
 protected:
  ServerChannelTest() { certificates.MakeClient("gateway"); }

  // Settings that the server accepts.
  ServerAccess Access() const {
    return {.address = server.address(),
            .ca_file = certificates.Path("ca.pem"),
            .cert_file = certificates.Path("gateway.pem"),
            .key_file = certificates.Path("gateway-key.pem")};
  }

  static std::unique_ptr<ServerChannel> Open(const ServerAccess& access) {
    EXPECT_TRUE(FaultsOf(access, access).empty());
    grpc::ChannelArguments arguments;
    for (const char* pause : {GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, GRPC_ARG_MAX_RECONNECT_BACKOFF_MS}) {
      arguments.SetInt(pause, 100);
    }
    // A channel with the same settings as an earlier one has a connection of its own.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return std::make_unique<ServerChannel>(access, arguments, [](absl::string_view what) { FAIL() << what; });
  }

  // Makes one call. If `waits`, it waits until a connection has come about.
  static grpc::Status Call(ServerChannel& channel, bool waits = false) {
    grpc::ClientContext context;
    context.set_wait_for_ready(waits);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
    EXPECT_TRUE(channel.Authenticate(&context).ok());
    v1::ListClinicsResponse response;
    return v1::ClinicService::NewStub(channel.channel())->ListClinics(&context, {}, &response);
  }

  std::string WriteToken(const std::string& secret) const {
    const std::string path = certificates.Path("token");
    WriteFile(path, secret);
    chmod(path.c_str(), 0600);
    return path;
  }

  Certificates certificates;
  TlsServer server;
};

TEST_F(ServerChannelTest, ACallIsMadeUnderTheCertificateAndTheToken) {
  server.Start(Serving::kTlsWithClientCertificates, certificates);
  ServerAccess access = Access();
  access.token_file = WriteToken("secret-1\n");
  const grpc::Status status = Call(*Open(access));
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(server.last(), (Caller{.common_name = "gateway", .authorization = "Bearer secret-1"}));
}

TEST_F(ServerChannelTest, WithoutTlsTheTokenIsSentToo) {
  server.Start(Serving::kPlain, certificates);
  const auto channel = Open({.address = server.address(), .token_file = WriteToken("secret-1")});
  EXPECT_TRUE(Call(*channel).ok());
  EXPECT_EQ(server.last().authorization, "Bearer secret-1");
}

TEST_F(ServerChannelTest, AServerOfAnotherAuthorityOrForAnotherHostIsNotTrusted) {
  const Certificates others;
  server.Start(Serving::kTls, others);
  EXPECT_THAT(Call(*Open(Access())).error_message(), HasSubstr("certificate verify failed"));
  server.Stop();
  certificates.MakeSpecial("elsewhere", "DNS:clinic.example", 1);
  server.Start(Serving::kTls, certificates, "elsewhere");
  EXPECT_THAT(Call(*Open(Access())).error_message(), HasSubstr("Hostname Verification"));
  server.Stop();
  certificates.MakeSpecial("expired", "IP:127.0.0.1", -1);
  server.Start(Serving::kTls, certificates, "expired");
  EXPECT_THAT(Call(*Open(Access())).error_message(), HasSubstr("certificate verify failed"));
}

TEST_F(ServerChannelTest, AHostNameIsCheckedAsANameAndTheMachinesAuthoritiesDoNotCount) {
  certificates.MakeSpecial("named", "DNS:localhost", 1);
  server.Start(Serving::kTls, certificates, "named");
  ServerAccess access = Access();
  EXPECT_FALSE(Call(*Open(access)).ok()) << "the certificate is not for an address";
  access.address = absl::StrCat("localhost:", server.port());
  EXPECT_TRUE(Call(*Open(access)).ok());
  access.ca_file = kSystemAuthorities;
  EXPECT_THAT(Call(*Open(access)).error_message(), HasSubstr("certificate verify failed"));
}

TEST_F(ServerChannelTest, ATokenThatIsReplacedIsSentWithTheNextCallOfTheSameChannel) {
  server.Start(Serving::kTls, certificates);
  ServerAccess access = Access();
  access.token_file = WriteToken("secret-1");
  const auto channel = Open(access);
  EXPECT_TRUE(Call(*channel).ok());
  EXPECT_EQ(server.last().authorization, "Bearer secret-1");
  WriteToken("secret-2");
  EXPECT_TRUE(Call(*channel).ok());
  EXPECT_EQ(server.last().authorization, "Bearer secret-2");
}

TEST_F(ServerChannelTest, ACertificateThatIsReplacedIsShownOnTheNextConnectionOfTheSameChannel) {
  server.Start(Serving::kTlsWithClientCertificates, certificates);
  const auto channel = Open(Access());
  ASSERT_TRUE(Call(*channel).ok());
  EXPECT_EQ(server.last().common_name, "gateway");
  certificates.MakeClient("renewed");
  certificates.Replace("gateway", certificates, "renewed");
  for (int i = 0; i < kPatience && server.last().common_name != "renewed"; ++i) {
    server.Stop();
    server.Start(Serving::kTlsWithClientCertificates, certificates);
    Call(*channel, /*waits=*/true);
  }
  EXPECT_EQ(server.last().common_name, "renewed");
}

TEST_F(ServerChannelTest, AnAuthorityThatIsReplacedIsTrustedByTheSameChannel) {
  server.Start(Serving::kTls, certificates);
  ServerAccess access = Access();
  access.cert_file = access.key_file = "";
  const auto channel = Open(access);
  ASSERT_TRUE(Call(*channel).ok());
  const Certificates others;
  server.Stop();
  server.Start(Serving::kTls, others);
  EXPECT_FALSE(Call(*channel).ok());
  WriteFile(certificates.Path("ca.pem"), others.Content("ca.pem"));
  const grpc::Status status = Call(*channel, /*waits=*/true);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(ServerChannelTest, AUnixSocketIsReached) {
  TlsServer* const service = &server;
  grpc::ServerBuilder builder;
  const std::string address = "unix:" + certificates.Path("a.sock");
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(service);
  const std::unique_ptr<grpc::Server> unix_server = builder.BuildAndStart();
  EXPECT_TRUE(Call(*Open({.address = address, .token_file = WriteToken("secret-1")})).ok());
  EXPECT_EQ(server.last().authorization, "Bearer secret-1");
}

}  // namespace
}  // namespace aftercare
