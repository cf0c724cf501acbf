// Mail through a real mail server, and through one that hangs.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/gateway.h"
#include "tests/gateway/fake_delivery.h"
#include "tests/gateway/postfix.h"
#include "tests/gateway/receiver.h"

namespace aftercare::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class EmailTest : public ::testing::Test {
 protected:
  void Begin(const std::string& url, const std::string& more) {
    auto started = Gateway::Start(Configured(
        absl::StrCat("server: '", server.address(), "' email { url: '", url, "' from_address: 'care@clinic.test' ",
                     "from_name: 'Riverside' subject: 'A message from your clinic' ", more, " }")));
    ASSERT_TRUE(started.ok()) << started.status();
    gateway = *std::move(started);
  }

  void Offer(const std::string& id, const std::string& address) {
    v1::Lease lease = MakeLease(id, v1::CHANNEL_EMAIL, address);
    lease.set_text(lease.text() + ".\n.\nSchöne Grüße");
    server.Offer(lease);
  }

  FakeDelivery server;
  std::unique_ptr<Gateway> gateway;
};

class PostfixTest : public EmailTest {
 protected:
  void BeginAs(const std::string& password) {
    Begin(postfix.url(),
          absl::StrCat("ca_file: '", postfix.ca_file(), "' username: 'gateway' password: '", password, "'"));
  }

  Postfix postfix;
};

TEST_F(PostfixTest, AMailIsHandedOverOnceAndWhole) {
  BeginAs("secret");
  Offer("one", "ana@clinic.test");
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_THAT(postfix.AwaitMail("ana"),
              AllOf(HasSubstr("\nTo: ana@clinic.test\n"), HasSubstr("\nFrom: \"Riverside\" <care@clinic.test>\n"),
                    HasSubstr("\nMessage-ID: <key-of-one@clinic.test>\n"),
                    HasSubstr("\nAuto-Submitted: auto-generated\n"),
                    HasSubstr("\nSubject: A message from your clinic\n"),
                    HasSubstr("\n\nIce pack now, says one.\n.\nSch=C3=B6ne Gr=C3=BC=C3=9Fe\n")));
}

TEST_F(PostfixTest, ARefusedRecipientIsRefusedForGoodAndHarmsNobodyElse) {
  BeginAs("secret");
  Offer("one", "nobody@clinic.test");
  Offer("two", "bob@clinic.test");
  Offer("three", "ana@clinic.test\r\nRCPT TO:<bob@clinic.test>");
  const v1::DeliveryReport report = server.AwaitReport("one");
  EXPECT_EQ(report.outcome(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
  EXPECT_EQ(report.error_code(), "SMTP_550");
  EXPECT_EQ(server.AwaitReport("two").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_THAT(postfix.AwaitMail("bob"), HasSubstr("says two"));
  EXPECT_EQ(server.AwaitReport("three").error_code(), "BAD_ADDRESS");
}

TEST_F(PostfixTest, WrongCredentialsAreNobodysFault) {
  BeginAs("wrong");
  Offer("one", "ana@clinic.test");
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_RELEASED);
  EXPECT_EQ(server.AwaitReport("one+").outcome(), v1::DELIVERY_OUTCOME_RELEASED);
  EXPECT_EQ(server.AwaitStreams(2)[1].max_outstanding(), 1);
}

TEST_F(PostfixTest, AServerThatCannotProveWhoItIsGetsNoMail) {
  Begin(postfix.url(), "username: 'gateway' password: 'secret'");  // whose certificate this host does not trust
  Offer("one", "ana@clinic.test");
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_RELEASED);
  EXPECT_EQ(server.AwaitStreams(2)[1].max_outstanding(), 1);
}

TEST_F(EmailTest, AServerThatIsNotThereIsNobodysFault) {
  Begin(absl::StrCat("smtp://127.0.0.1:", FreePort()), "");
  Offer("one", "ana@clinic.test");
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_RELEASED);
  EXPECT_EQ(server.AwaitStreams(2)[1].max_outstanding(), 1);
}

// A mail server that takes one connection, agrees to everything, and says nothing more once it is asked `hangs_at`.
class HangingServer {
 public:
  explicit HangingServer(const std::string& hangs_at) : hangs_at_(hangs_at) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 4), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }

  ~HangingServer() {
    shutdown(listener_, SHUT_RDWR);  // ends accept
    thread_.join();
    close(listener_);
  }

  std::string url() const { return absl::StrCat("smtp://127.0.0.1:", port_); }

 private:
  void Serve() {
    for (int connection; (connection = accept(listener_, nullptr, nullptr)) >= 0; close(connection)) Talk(connection);
  }

  void Talk(int connection) {
    const auto say = [&](const std::string& line) { (void)!write(connection, line.data(), line.size()); };
    say("220 localhost ESMTP\r\n");
    std::string said;
    char buffer[4096];
    bool data = false;
    for (ssize_t size; (size = read(connection, buffer, sizeof(buffer))) > 0;) {
      said.append(buffer, static_cast<size_t>(size));
      const bool hangs = absl::StrContains(said, hangs_at_);
      if (hangs || (data && !absl::EndsWith(said, "\r\n.\r\n"))) continue;
      say(!data && absl::EndsWith(said, "DATA\r\n") ? "354 go on\r\n" : "250 fine\r\n");
      data = data || absl::EndsWith(said, "DATA\r\n");
    }
  }

  const std::string hangs_at_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

TEST_F(EmailTest, AServerThatHangsAfterTheMessageMayHaveItSoItIsTriedAgainLater) {
  HangingServer hanging("\r\n.\r\n");
  Begin(hanging.url(), "timeout: '3s'");  // enough to get as far as the message on a loaded machine
  Offer("one", "ana@clinic.test");
  const v1::DeliveryReport report = server.AwaitReport("one");
  EXPECT_EQ(report.outcome(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE);
  EXPECT_EQ(report.error_code(), "TIMEOUT");
  EXPECT_EQ(gateway->Drain(), 0u);
}

TEST_F(EmailTest, AServerThatHangsBeforeARecipientWasNamedIsNobodysFault) {
  HangingServer hanging("MAIL FROM");
  Begin(hanging.url(), "timeout: '1s'");
  Offer("one", "ana@clinic.test");
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_RELEASED);
  EXPECT_EQ(server.AwaitStreams(2)[1].max_outstanding(), 1);
  gateway.reset();
}

}  // namespace
}  // namespace aftercare::gateway
