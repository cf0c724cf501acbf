// What the gateway posts to a clinic's own system, and how it takes the answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "aftercare/v1/webhook_message.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/gateway/gateway.h"
#include "services/gateway/signature.h"
#include "tests/gateway/fake_delivery.h"
#include "tests/gateway/receiver.h"

namespace aftercare::gateway {
namespace {

constexpr char kSecret[] = "0123456789abcdef";

class WebhookTest : public ::testing::Test {
 protected:
  void Begin(const std::string& url, const std::string& more = "") {
    auto started = Gateway::Start(Configured(absl::StrCat("server: '", server.address(), "' webhook { url: '", url,
                                                          "' secret: '", kSecret, "' ", more, " }")));
    ASSERT_TRUE(started.ok()) << started.status();
    gateway = *std::move(started);
  }

  void Offer(const std::string& id) { server.Offer(MakeLease(id, v1::CHANNEL_WEBHOOK, "patient-7")); }

  // What becomes of a message that is answered so.
  v1::DeliveryReport ReportOn(const std::string& id, int status, const httplib::Headers& headers = {}) {
    receiver.Answer(status, "", headers);
    Offer(id);
    return server.AwaitReport(id);
  }

  FakeDelivery server;
  Receiver receiver;
  std::unique_ptr<Gateway> gateway;
};

TEST_F(WebhookTest, AMessageIsPostedOnceSignedAndReportedAsSent) {
  Begin(receiver.url());
  Offer("one");
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_SENT);
  const auto requests = receiver.Await(1);
  ASSERT_EQ(requests.size(), 1u);
  const httplib::Request& request = requests[0];
  EXPECT_EQ(request.get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(request.get_header_value("Idempotency-Key"), "key-of-one");
  v1::WebhookMessage message;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(request.body, &message).ok()) << request.body;
  EXPECT_EQ(message.name(), "clinics/riverside/enrollments/ana/reminders/ice.one");
  EXPECT_EQ(message.recipient(), "patient-7");
  EXPECT_EQ(message.text(), "Ice pack now, says one");
  EXPECT_EQ(message.audience(), v1::AUDIENCE_PATIENT);
  EXPECT_EQ(message.attempt(), 1);
  EXPECT_EQ(message.idempotency_key(), "key-of-one");
  EXPECT_GT(message.expire_time().seconds(), 0);

  const std::string signature = request.get_header_value("Aftercare-Signature");
  const std::vector<std::string> parts = absl::StrSplit(signature, absl::ByAnyChar("=,"));
  ASSERT_EQ(parts.size(), 4u) << signature;
  EXPECT_NEAR(static_cast<double>(std::stoll(parts[1])), static_cast<double>(time(nullptr)), 300);
  EXPECT_EQ(signature, Signature(kSecret, std::stoll(parts[1]), request.body));
}

TEST_F(WebhookTest, AnswersDecideWhatIsReported) {
  Begin(receiver.url());
  EXPECT_EQ(ReportOn("accepted", 202).outcome(), v1::DELIVERY_OUTCOME_SENT);
  const v1::DeliveryReport refused = ReportOn("refused", 410);
  EXPECT_EQ(refused.outcome(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
  EXPECT_EQ(refused.error_code(), "HTTP_410");
  const v1::DeliveryReport failed = ReportOn("failed", 503);
  EXPECT_EQ(failed.outcome(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE);
  EXPECT_EQ(failed.error_code(), "HTTP_503");
  EXPECT_EQ(ReportOn("redirected", 302).outcome(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
  EXPECT_EQ(server.AwaitStreams(1).size(), 1u) << "none of these is a reason to stop taking messages";
}

TEST_F(WebhookTest, AReceiverThatAsksForTimeIsLeftAloneThatLong) {
  Begin(receiver.url());
  EXPECT_EQ(ReportOn("busy", 429, {{"Retry-After", "1"}}).outcome(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE);
  ASSERT_TRUE(server.AwaitClosed(1));
  receiver.Answer(200);
  Offer("later");
  EXPECT_EQ(server.AwaitReport("later").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(server.AwaitStreams(2)[1].max_outstanding(), 4) << "it works: no need to try with one";
}

TEST_F(WebhookTest, AWrongSecretIsNobodysFaultButIsTriedWithOneMessageUntilItWorks) {
  Begin(receiver.url());
  receiver.Answer(401);
  Offer("one");
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_RELEASED);
  EXPECT_EQ(server.AwaitReport("one+").outcome(), v1::DELIVERY_OUTCOME_RELEASED) << "it is still so";
  receiver.Answer(200);
  EXPECT_EQ(server.AwaitReport("one++", v1::DELIVERY_OUTCOME_SENT).outcome(), v1::DELIVERY_OUTCOME_SENT);
  const auto streams = server.AwaitStreams(4);
  ASSERT_EQ(streams.size(), 4u);
  Offer("two");
  EXPECT_EQ(server.AwaitReport("two").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(streams[0].max_outstanding(), 4);
  EXPECT_EQ(streams[1].max_outstanding(), 1);
  EXPECT_EQ(streams[2].max_outstanding(), 1);
  EXPECT_EQ(streams[3].max_outstanding(), 4);
}

TEST_F(WebhookTest, WhereNobodyListensMessagesAreGivenBack) {
  Begin(absl::StrCat("http://127.0.0.1:", FreePort(), "/hook"));
  Offer("one");
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_RELEASED);
  EXPECT_EQ(server.AwaitStreams(2)[1].max_outstanding(), 1);
}

TEST_F(WebhookTest, AReceiverThatNeverAnswersIsGivenUpInTime) {
  Begin(receiver.url(), "timeout: '3s'");  // enough to post the message on a loaded machine
  receiver.Hold();
  Offer("one");
  const v1::DeliveryReport report = server.AwaitReport("one");
  EXPECT_EQ(report.outcome(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE);
  EXPECT_EQ(report.error_code(), "TIMEOUT");
}

}  // namespace
}  // namespace aftercare::gateway
