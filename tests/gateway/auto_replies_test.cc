// What the gateway sends to patients who wrote a stop, start or help word.
#include "services/gateway/auto_replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <future>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/gateway.h"
#include "tests/gateway/fake_delivery.h"
#include "tests/gateway/receiver.h"

namespace aftercare::gateway {
namespace {

constexpr char kToken[] = "token-of-16-characters";
constexpr char kText[] = "No more messages. Grüße!";

// A gateway whose Kannel is the receiver, and the calls that Kannel would make.
class AutoRepliesTest : public ::testing::Test {
 protected:
  AutoRepliesTest() {
    server.AutoReply(kText);
    auto started = Gateway::Start(Configured(absl::StrCat(
        "server: '", server.address(), "' sms { url: '", receiver.url(),
        "' username: 'aftercare' password: 'secret' from: '+15550100' concurrency: 1 callback_listen: '127.0.0.1:0' ",
        "callback_token: '", kToken, "' default_clinic: 'clinics/lakeside' ",
        "numbers { number: '+15550100' clinic: 'clinics/riverside' } ",
        "numbers { number: '+15550200' clinic: 'clinics/bayside' } }")));
    EXPECT_TRUE(started.ok()) << started.status();
    gateway = *std::move(started);
  }

  // The status of the answer to a reply with this id, from +15550111.
  int Reply(const std::string& id, const std::string& to = "15550100") {
    httplib::Client client("127.0.0.1", gateway->callback_port());
    client.set_read_timeout(std::chrono::minutes(5));
    const auto answer = client.Post(
        absl::StrCat("/kannel/", kToken, "/reply?from=%2B15550111&to=", to, "&id=", id, "&coding=0"), "stop",
        "text/plain");
    return answer ? answer->status : 0;
  }

  FakeDelivery server;
  Receiver receiver;
  std::unique_ptr<Gateway> gateway;
};

TEST_F(AutoRepliesTest, TheTextGoesToThePatientFromTheNumberWrittenTo) {
  EXPECT_EQ(Reply("one"), 200);
  const httplib::Request request = receiver.Await(1)[0];
  EXPECT_EQ(request.body, kText);
  EXPECT_EQ(request.get_header_value("X-Kannel-To"), "+15550111");
  EXPECT_EQ(request.get_header_value("X-Kannel-From"), "+15550100");
  EXPECT_EQ(request.get_header_value("X-Kannel-Username"), "aftercare");
  EXPECT_FALSE(request.has_header("X-Kannel-DLR-Url"));
  EXPECT_FALSE(request.has_header("X-Kannel-DLR-Mask"));
  EXPECT_EQ(Reply("two", "0015550200"), 200);
  EXPECT_EQ(receiver.Await(2)[1].get_header_value("X-Kannel-From"), "+15550200");
  EXPECT_EQ(Reply("three", "15550999"), 200);
  EXPECT_EQ(receiver.Await(3)[2].get_header_value("X-Kannel-From"), "+15550100") << "a number of nobody";
}

TEST_F(AutoRepliesTest, AReplyThatComesAgainIsNotAnsweredAgain) {
  EXPECT_EQ(Reply("one"), 200);
  EXPECT_EQ(Reply("one"), 200);
  const auto replies = server.AwaitReplies(2);
  EXPECT_EQ(replies[0].request_id(), replies[1].request_id());
  gateway->Drain();
  EXPECT_EQ(receiver.Await(1).size(), 1u);
}

TEST_F(AutoRepliesTest, WithoutATextNothingIsSent) {
  server.AutoReply("");
  EXPECT_EQ(Reply("one"), 200);
  gateway->Drain();
  EXPECT_TRUE(receiver.Await(0).empty());
}

TEST_F(AutoRepliesTest, TheCallbackDoesNotWaitForIt) {
  receiver.Hold();
  EXPECT_EQ(Reply("one"), 200);
  EXPECT_EQ(receiver.Await(1).size(), 1u);
  EXPECT_EQ(receiver.CountOfTaken(), 0);
  receiver.Release();
}

TEST_F(AutoRepliesTest, WhatKannelDoesNotTakeForNowIsTriedAgain) {
  receiver.Answer(503, "Temporal failure, try again later.");
  EXPECT_EQ(Reply("one"), 200);
  receiver.Await(1);
  receiver.Answer(202, "0: Accepted for delivery");
  const auto requests = receiver.Await(2);
  EXPECT_EQ(requests[1].body, kText);
  EXPECT_EQ(requests[1].get_header_value("X-Kannel-To"), "+15550111");
  gateway->Drain();
  EXPECT_EQ(receiver.CountOfTaken(), 1) << "nothing follows the one that was taken";
}

TEST_F(AutoRepliesTest, WhatMayHaveBeenSentIsNotTriedAgain) {
  receiver.Answer(504);
  EXPECT_EQ(Reply("one"), 200);
  receiver.Await(1);
  gateway->Drain();
  EXPECT_EQ(receiver.Await(1).size(), 1u);
}

TEST_F(AutoRepliesTest, WhatIsRefusedForGoodIsNotTriedAgain) {
  receiver.Answer(400);
  EXPECT_EQ(Reply("one"), 200);
  receiver.Await(1);
  gateway->Drain();
  EXPECT_EQ(receiver.Await(1).size(), 1u);
}

TEST_F(AutoRepliesTest, LeasedMessagesDoNotWaitForThem) {
  receiver.Hold();
  for (const char* id : {"one", "two", "three"}) EXPECT_EQ(Reply(id), 200);
  receiver.Await(2);
  server.Offer(MakeLease("lease", v1::CHANNEL_SMS, "+15550112"));
  const auto requests = receiver.Await(3);
  EXPECT_EQ(requests[2].body, "Ice pack now, says lease");
  receiver.Release();
}

TEST_F(AutoRepliesTest, AStopWaitsForThem) {
  receiver.Hold();
  for (const char* id : {"one", "two", "three"}) EXPECT_EQ(Reply(id), 200);
  receiver.Await(2);
  auto drained = std::async(std::launch::async, [&] { return gateway->Drain(); });
  receiver.Release();
  EXPECT_EQ(drained.get(), 0u);
  EXPECT_EQ(receiver.Await(3).size(), 3u);
}

TEST(AutoRepliesQueueTest, ThereIsRoomForAThousand) {
  Receiver receiver;
  receiver.Hold();
  v1::SmsChannel config;
  config.set_url(receiver.url());
  AutoReplies replies(config);
  const SmsMessage message = {.to = "+15550111", .text = kText, .from = "+15550100", .receipt_url = ""};
  for (size_t i = 0; i < AutoReplies::kMost; ++i) EXPECT_TRUE(replies.Add(message));
  EXPECT_FALSE(replies.Add(message));
  receiver.Release();
  replies.Drain(absl::Minutes(5));
  EXPECT_EQ(receiver.Await(AutoReplies::kMost).size(), AutoReplies::kMost);
  EXPECT_FALSE(replies.Add(message)) << "it has stopped";
}

TEST(AutoRepliesQueueTest, AStopDropsWhatHasNoTimeLeft) {
  v1::SmsChannel config;
  config.set_url(absl::StrCat("http://127.0.0.1:", FreePort(), "/"));  // nobody listens
  AutoReplies replies(config);
  EXPECT_TRUE(replies.Add({.to = "+15550111", .text = kText, .from = "+15550100", .receipt_url = ""}));
  replies.Drain(absl::ZeroDuration());
}

}  // namespace
}  // namespace aftercare::gateway
