// SMS through a real Kannel with its fake SMS centre.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/gateway/gateway.h"
#include "tests/gateway/fake_delivery.h"
#include "tests/gateway/kannel.h"
#include "tests/gateway/receiver.h"

namespace aftercare::gateway {
namespace {

constexpr char kToken[] = "token-of-16-characters";

class SmsTest : public ::testing::Test {
 protected:
  void Begin(const std::string& url, const std::string& password = "secret") {
    auto started = Gateway::Start(Configured(absl::StrCat(
        "server: '", server.address(), "' sms { url: '", url, "' username: 'aftercare' password: '", password,
        "' from: '+15550100' callback_listen: '127.0.0.1:", callback_port, "' callback_token: '", kToken,
        "' default_clinic: 'clinics/lakeside' numbers { number: '+15550100' clinic: 'clinics/riverside' } }")));
    ASSERT_TRUE(started.ok()) << started.status();
    gateway = *std::move(started);
  }

  void Offer(const std::string& id, const std::string& text) {
    v1::Lease lease = MakeLease(id, v1::CHANNEL_SMS, "+15550111");
    lease.set_text(text);
    server.Offer(lease);
  }

  const int callback_port = FreePort();
  FakeDelivery server;
  std::unique_ptr<Gateway> gateway;
};

TEST_F(SmsTest, AMessageGoesOutInWhicheverAlphabetItFitsAndItsReceiptComesBack) {
  Kannel kannel(callback_port, kToken);
  Begin(kannel.url());
  Offer("one", "Ice pack for 20 minutes, 100% sure? [é]");
  Offer("two", "你好 %d");
  for (const char* id : {"one", "two"}) {
    EXPECT_EQ(server.AwaitReport(id, v1::DELIVERY_OUTCOME_SENT).outcome(), v1::DELIVERY_OUTCOME_SENT);
    EXPECT_EQ(server.AwaitReport(id, v1::DELIVERY_OUTCOME_DELIVERED).outcome(), v1::DELIVERY_OUTCOME_DELIVERED);
  }
  EXPECT_TRUE(kannel.AwaitMessage("<+15550100 +15550111 text Ice pack for 20 minutes, 100% sure? [é]>"));
  EXPECT_TRUE(kannel.AwaitMessage("<+15550100 +15550111 ucs-2 O%60Y%7D%00+%00%25%00d>"));
  EXPECT_EQ(gateway->Drain(), 0u);
}

TEST_F(SmsTest, AWrongPasswordReleasesTheMessage) {
  Kannel kannel(callback_port, kToken);
  Begin(kannel.url(), "wrong");
  Offer("one", "Ice pack now");
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_RELEASED);
  EXPECT_EQ(server.AwaitStreams(2)[1].max_outstanding(), 1);
}

TEST_F(SmsTest, WhatIsNoNumberIsNotTried) {
  Begin(absl::StrCat("http://127.0.0.1:", FreePort(), "/cgi-bin/sendsms"));
  v1::Lease lease = MakeLease("one", v1::CHANNEL_SMS, "+1555\r\nX-Kannel-From: 1");
  server.Offer(lease);
  EXPECT_EQ(server.AwaitReport("one").error_code(), "BAD_ADDRESS");
}

TEST_F(SmsTest, AReplyIsRecordedOnceTheServerTakesIt) {
  server.RefuseCalls(1);
  Begin(absl::StrCat("http://127.0.0.1:", FreePort(), "/cgi-bin/sendsms"));
  Kannel kannel(callback_port, kToken, "+15550111 +15550100 text Stop bitte, schöne Grüße 100%");
  const auto replies = server.AwaitReplies(2);
  ASSERT_GE(replies.size(), 2u);
  EXPECT_EQ(replies[0].parent(), "clinics/riverside");
  EXPECT_EQ(replies[0].address(), "+15550111");
  EXPECT_EQ(replies[0].text(), "Stop bitte, schöne Grüße 100%");
  EXPECT_NE(replies[0].request_id(), "");
  EXPECT_EQ(replies[1].request_id(), replies[0].request_id()) << "it is the same one";
  EXPECT_EQ(replies[1].text(), replies[0].text());
}

TEST_F(SmsTest, AReplyIsReadFromKannelsGetToo) {
  Begin(absl::StrCat("http://127.0.0.1:", FreePort(), "/cgi-bin/sendsms"));
  Kannel kannel(callback_port, kToken, "+15550111 +15550999 text Stop bitte, schöne Grüße 100%", "get");
  const v1::RecordReplyRequest reply = server.AwaitReplies(1)[0];
  EXPECT_EQ(reply.parent(), "clinics/lakeside") << "nobody's number";
  EXPECT_EQ(reply.address(), "+15550111");
  EXPECT_EQ(reply.text(), "Stop bitte, schöne Grüße 100%");
}

TEST_F(SmsTest, AStopWordIsConfirmedToThePatient) {
  server.AutoReply("You get no more messages. Grüße");
  Kannel kannel(callback_port, kToken, "+15550111 +15550100 text STOP");
  Begin(kannel.url());
  EXPECT_EQ(server.AwaitReplies(1)[0].text(), "STOP");
  EXPECT_TRUE(kannel.AwaitMessage("<+15550100 +15550111 text You get no more messages. Grüße>"));
  EXPECT_EQ(gateway->Drain(), 0u);
}

}  // namespace
}  // namespace aftercare::gateway
