// What the gateway makes of Kannel's callbacks.
#include "services/gateway/callbacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "absl/strings/str_cat.h"
#include "tests/gateway/fake_delivery.h"
#include "tests/gateway/receiver.h"

namespace aftercare::gateway {
namespace {

constexpr char kToken[] = "token-of-16-characters";

v1::SmsChannel Config() {
  v1::SmsChannel config;
  config.set_callback_listen("127.0.0.1:0");
  config.set_callback_token(kToken);
  config.set_default_clinic("clinics/lakeside");
  v1::InboundNumber* number = config.add_numbers();
  number->set_number("+15550100");
  number->set_clinic("clinics/riverside");
  number->add_other_clinics("clinics/hillside");
  number->add_other_clinics("clinics/bayside");
  return config;
}

class CallbacksTest : public ::testing::Test {
 protected:
  CallbacksTest()
      : link(Connect({.address = server.address()})),
        auto_replies(Config()),
        callbacks(*Callbacks::Start(*link, auto_replies, Config(), "clinics/-")) {}

  // The status of the answer.
  int Get(const std::string& path, const std::string& token = kToken) {
    httplib::Client client("127.0.0.1", callbacks->port());
    client.set_read_timeout(std::chrono::minutes(5));
    const auto answer = client.Get("/kannel/" + token + path);
    return answer ? answer->status : 0;
  }

  // The status of the answer to a reply whose text is the body.
  int Post(const std::string& path, const std::string& text) {
    httplib::Client client("127.0.0.1", callbacks->port());
    client.set_read_timeout(std::chrono::minutes(5));
    const auto answer = client.Post("/kannel/" + std::string(kToken) + path, text, "text/plain");
    return answer ? answer->status : 0;
  }

  std::vector<v1::DeliveryOutcome> Outcomes() {
    std::vector<v1::DeliveryOutcome> outcomes;
    for (const v1::DeliveryReport& report : server.reports()) outcomes.push_back(report.outcome());
    return outcomes;
  }

  FakeDelivery server;
  std::unique_ptr<ServerLink> link;
  AutoReplies auto_replies;
  std::unique_ptr<Callbacks> callbacks;
};

TEST_F(CallbacksTest, AReceiptThatComesBeforeTheReportOfSendingSaysBoth) {
  EXPECT_EQ(Get("/receipt?lease=one&key=k&kind=1"), 200);
  EXPECT_THAT(Outcomes(), ::testing::ElementsAre(v1::DELIVERY_OUTCOME_DELIVERED, v1::DELIVERY_OUTCOME_SENT,
                                                 v1::DELIVERY_OUTCOME_DELIVERED));
  EXPECT_EQ(Get("/receipt?lease=one&key=k&kind=1"), 200) << "and again";
  EXPECT_EQ(Outcomes().size(), 4u) << "now it is known to be sent";
}

TEST_F(CallbacksTest, AMessageThatCameBackIsReportedWithItsKind) {
  EXPECT_EQ(Get("/receipt?lease=one&kind=16"), 200);
  EXPECT_EQ(server.AwaitReport("one", v1::DELIVERY_OUTCOME_BOUNCED).error_code(), "KANNEL_16");
  EXPECT_EQ(Get("/receipt?lease=two&kind=2"), 200);
  EXPECT_EQ(server.AwaitReport("two", v1::DELIVERY_OUTCOME_BOUNCED).error_code(), "KANNEL_2");
}

TEST_F(CallbacksTest, WhatIsUnderWayIsNoReceipt) {
  EXPECT_EQ(Get("/receipt?lease=one&kind=4"), 200);
  EXPECT_EQ(Get("/receipt?lease=one&kind=8"), 200);
  EXPECT_TRUE(server.reports().empty());
}

TEST_F(CallbacksTest, WhoDoesNotKnowTheTokenIsToldNothingAndChangesNothing) {
  EXPECT_EQ(Get("/receipt?lease=one&kind=1", "token-of-16-charactert"), 404);
  EXPECT_EQ(Get("/receipt?lease=one&kind=1", "x"), 404);
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=%2B15550100&id=1&coding=0&text=stop", "wrong"), 404);
  EXPECT_TRUE(server.reports().empty());
  EXPECT_TRUE(server.replies().empty());
}

TEST_F(CallbacksTest, WhatCannotBeReadIsRefused) {
  EXPECT_EQ(Get("/receipt?kind=1"), 400);
  EXPECT_EQ(Get("/receipt?lease=one&kind=%25d"), 400);
  EXPECT_EQ(Get("/receipt?lease=one&kind=3"), 400);
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=%2B15550100"), 400);
  EXPECT_EQ(Get("/elsewhere"), 404);
  EXPECT_TRUE(server.reports().empty());
}

TEST_F(CallbacksTest, WithoutTheServerCallbacksAreToComeAgain) {
  server.RefuseCalls(2);
  EXPECT_EQ(Get("/receipt?lease=one&kind=1"), 503);
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=%2B15550100&id=1&coding=0&text=stop"), 503);
  server.Stop();
  EXPECT_EQ(Get("/receipt?lease=one&kind=1"), 503);
}

TEST_F(CallbacksTest, AReplyGoesToTheClinicThatHasTheNumber) {
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=%2B15550100&id=46e8a59c-d613&coding=0&text=Stop%2C%20%C3%BCber%01"), 200);
  const auto replies = server.AwaitReplies(1);
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].parent(), "clinics/riverside");
  EXPECT_EQ(replies[0].channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(replies[0].address(), "+15550111");
  EXPECT_EQ(replies[0].text(), "Stop, über ");
  EXPECT_EQ(replies[0].request_id(), "46e8a59c-d613");
}

TEST_F(CallbacksTest, AReplyToOneNumberOfSeveralClinicsNamesThemAll) {
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=0015550100&id=1&coding=0&text=stop"), 200);
  const v1::RecordReplyRequest reply = server.AwaitReplies(1)[0];
  EXPECT_EQ(reply.parent(), "clinics/riverside");
  EXPECT_THAT(reply.other_clinics(), ::testing::ElementsAre("clinics/hillside", "clinics/bayside"));
}

TEST_F(CallbacksTest, AReplyToAnUnknownNumberGoesToTheDefaultClinic) {
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=%2B15550999&id=1&coding=0&text=stop"), 200);
  const v1::RecordReplyRequest reply = server.AwaitReplies(1)[0];
  EXPECT_EQ(reply.parent(), "clinics/lakeside");
  EXPECT_THAT(reply.other_clinics(), ::testing::IsEmpty());
}

TEST_F(CallbacksTest, ALongReplyComesAsABody) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "ü";
  EXPECT_EQ(Post("/reply?from=%2B15550111&to=%2B15550100&id=1&coding=0", text), 200);
  EXPECT_EQ(server.AwaitReplies(1)[0].text(), text.substr(0, 2 * 4000)) << "the first 4,000 characters";
}

TEST_F(CallbacksTest, AReplyIsRecordedWhateverItsTextIs) {
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=%2B15550100&id=1&coding=0&text="), 200);
  EXPECT_EQ(Post("/reply?from=%2B15550111&to=%2B15550100&id=2&coding=0", ""), 200);
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=%2B15550100&id=3&coding=0&text=%FFstop%C3"), 200);
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=%2B15550100&id=4&coding=2&text=%D8%3D%00a"), 200);
  EXPECT_EQ(Post("/reply?from=%2B15550111&to=%2B15550100&id=5&coding=2", std::string("\0d\0o\0n\0e", 8)), 200);
  std::vector<std::string> texts;
  for (const v1::RecordReplyRequest& reply : server.AwaitReplies(5)) texts.push_back(reply.text());
  EXPECT_THAT(texts, ::testing::ElementsAre("(empty)", "(empty)", "\xEF\xBF\xBDstop\xEF\xBF\xBD", "\xEF\xBF\xBD" "a",
                                            "done"));
}

TEST_F(CallbacksTest, AReplyFromNoAddressIsRefused) {
  EXPECT_EQ(Get("/reply?from=&to=%2B15550100&id=1&coding=0&text=stop"), 400);
  EXPECT_EQ(Get("/reply?from=%0A1&to=%2B15550100&id=1&coding=0&text=stop"), 400);
  EXPECT_EQ(Get("/reply?from=" + std::string(255, '1') + "&to=%2B15550100&id=1&coding=0&text=stop"), 400);
  EXPECT_TRUE(server.replies().empty());
}

TEST_F(CallbacksTest, WhatIsFarTooLargeIsRefused) {
  const std::string large(1 << 20, 'x');
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=%2B15550100&id=1&coding=0&text=" + large), 414);
  EXPECT_EQ(Post("/reply?from=%2B15550111&to=%2B15550100&id=1&coding=0", large), 413);
  EXPECT_TRUE(server.replies().empty());
  EXPECT_EQ(Get("/receipt?lease=one&kind=8"), 200) << "it goes on";
}

TEST_F(CallbacksTest, AReplyInUcs2IsReadAsSuch) {
  EXPECT_EQ(Get("/reply?from=%2B15550111&to=%2B15550100&id=1&coding=2&text=%00d%D8%3D%DE%00"), 200);
  EXPECT_EQ(server.AwaitReplies(1)[0].text(), "d\xF0\x9F\x98\x80");
}

TEST_F(CallbacksTest, WhatTheServerMakesOfAReplyDecidesWhetherItComesAgain) {
  const std::string reply = "/reply?from=%2B15550111&to=%2B15550100&id=1&coding=0&text=hello";
  server.AnswerReplies(grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Get(reply), 503) << "the clinic may still be created";
  server.AnswerReplies(grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Get(reply), 503);
  server.AnswerReplies(grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Get(reply), 400);
  server.AnswerReplies(grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Get(reply), 409);
}

TEST_F(CallbacksTest, AnAddressThatIsTakenIsNotShared) {
  v1::SmsChannel config = Config();
  config.set_callback_listen(absl::StrCat("127.0.0.1:", callbacks->port()));
  EXPECT_EQ(Callbacks::Start(*link, auto_replies, config, "clinics/-").status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace aftercare::gateway
