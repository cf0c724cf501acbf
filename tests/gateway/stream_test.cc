// What the gateway does when leases end, streams break and servers go away, and how it stops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "services/gateway/gateway.h"
#include "services/gateway/route.h"
#include "tests/gateway/fake_delivery.h"
#include "tests/gateway/receiver.h"

namespace aftercare::gateway {
namespace {

// One message at a time, to a receiver that can hold it.
class StreamTest : public ::testing::Test {
 protected:
  StreamTest() {
    server.IgnoreLimits();
    auto started = Gateway::Start(
        Configured(absl::StrCat("server: '", server.address(), "' webhook { url: '", receiver.url(),
                                "' secret: '0123456789abcdef' concurrency: 1 timeout: '20s' }")));
    EXPECT_TRUE(started.ok()) << started.status();
    gateway = *std::move(started);
  }

  static v1::Lease Message(const std::string& id) { return MakeLease(id, v1::CHANNEL_WEBHOOK, "patient-7"); }

  void Offer(const std::string& id) { server.Offer(Message(id)); }

  // `first` is being sent, and `other`, which came with it, waits for its turn.
  void Occupy(const std::string& first, const std::string& other = "") {
    receiver.Hold();
    std::vector<v1::Lease> leases = {Message(first)};
    if (!other.empty()) leases.push_back(Message(other));
    server.OfferAll(leases);
    receiver.Await(1);
  }

  FakeDelivery server;
  Receiver receiver;
  std::unique_ptr<Gateway> gateway;
};

TEST_F(StreamTest, ItAsksForItsChannelAndForLeasesThatOutlastASending) {
  const v1::StreamConfiguration configuration = server.AwaitStreams(1)[0];
  EXPECT_EQ(configuration.parent(), "clinics/-");
  EXPECT_EQ(configuration.filter().channel(), v1::CHANNEL_WEBHOOK);
  EXPECT_EQ(configuration.max_outstanding(), 1);
  EXPECT_EQ(configuration.lease_duration().seconds(), 35);
}

TEST_F(StreamTest, AMessageWhoseLeaseEndedWhileItWaitedIsNotSent) {
  Occupy("first");
  server.OfferEnded(Message("ended"));
  Offer("last");  // behind the news that it ended
  receiver.Release();
  EXPECT_EQ(server.AwaitReport("last").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(receiver.CountOf("ended"), 0);
  for (const v1::DeliveryReport& report : server.reports()) EXPECT_NE(report.lease_id(), "ended");
}

TEST_F(StreamTest, AMessageWhoseLeaseIsOverWhenItComesIsNotSent) {
  v1::Lease late = Message("late");
  late.mutable_expire_time()->set_seconds(late.due_time().seconds() - 1);
  server.Offer(late);
  Offer("last");
  EXPECT_EQ(server.AwaitReport("last").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(receiver.CountOf("late"), 0);
}

TEST_F(StreamTest, WhatIsSentWhileTheStreamBreaksIsReportedAllTheSame) {
  Occupy("first");
  server.BreakStreams();
  server.RefuseCalls(2);
  receiver.Release();
  EXPECT_EQ(server.AwaitReport("first").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(receiver.CountOf("first"), 1);
}

TEST_F(StreamTest, WhatWaitsWhenTheStreamBreaksIsGivenBackAndSentUnderAnotherLease) {
  Occupy("first", "waits");
  server.BreakStreams();
  const v1::DeliveryReport report = server.AwaitReport("waits");
  EXPECT_EQ(report.outcome(), v1::DELIVERY_OUTCOME_RELEASED);
  receiver.Release();
  EXPECT_EQ(server.AwaitReport("waits+", v1::DELIVERY_OUTCOME_SENT).outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(receiver.CountOf("waits"), 1);
}

TEST_F(StreamTest, SendingIsReportedAfterAServerRestart) {
  Occupy("first");
  server.Stop();
  receiver.Release();
  receiver.Await(1);
  server.Start();
  EXPECT_EQ(server.AwaitReport("first").outcome(), v1::DELIVERY_OUTCOME_SENT);
  Offer("next");
  EXPECT_EQ(server.AwaitReport("next").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(receiver.CountOf("first"), 1);
}

TEST_F(StreamTest, AStopEndsWhatIsBeingSentAndGivesBackTheRest) {
  Occupy("first", "waits");
  auto drained = std::async(std::launch::async, [&] { return gateway->Drain(); });
  EXPECT_EQ(server.AwaitReport("waits").outcome(), v1::DELIVERY_OUTCOME_RELEASED);
  EXPECT_TRUE(server.AwaitClosed(1));
  receiver.Release();
  EXPECT_EQ(drained.get(), 0u);
  EXPECT_EQ(server.AwaitReport("first").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(receiver.CountOf("waits"), 0);
}

TEST_F(StreamTest, AStopWithoutAServerSaysWhatItCouldNotTell) {
  Occupy("first");
  server.Stop();
  receiver.Release();
  EXPECT_EQ(gateway->Drain(), 1u);
}

TEST(UsableForTest, ALeaseIsUsedForItsDurationButNotBeyondItsEnd) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const auto ending = [&](absl::Duration in) {
    v1::Lease lease;
    lease.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(now + in));
    return lease;
  };
  EXPECT_EQ(UsableFor(ending(absl::Seconds(60)), absl::Seconds(45), now), absl::Seconds(45));
  EXPECT_EQ(UsableFor(ending(absl::Seconds(10)), absl::Seconds(45), now), absl::Seconds(10)) << "its window closes";
  EXPECT_EQ(UsableFor(ending(absl::Seconds(-1)), absl::Seconds(45), now), absl::ZeroDuration());
  EXPECT_EQ(UsableFor(ending(-absl::Hours(500)), absl::Seconds(45), now), absl::Seconds(45)) << "another clock";
}

}  // namespace
}  // namespace aftercare::gateway
