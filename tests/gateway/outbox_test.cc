#include "services/gateway/outbox.h"

#include <gtest/gtest.h>

#include "absl/status/status.h"

namespace aftercare::gateway {
namespace {

v1::DeliveryReport Report(const std::string& lease, v1::DeliveryOutcome outcome = v1::DELIVERY_OUTCOME_SENT) {
  v1::DeliveryReport report;
  report.set_lease_id(lease);
  report.set_outcome(outcome);
  return report;
}

v1::DeliveryResult Result(const std::string& lease, absl::StatusCode code = absl::StatusCode::kOk) {
  v1::DeliveryResult result;
  result.set_lease_id(lease);
  result.mutable_status()->set_code(static_cast<int>(code));
  return result;
}

TEST(OutboxTest, AReportStaysUntilItIsAnswered) {
  Outbox outbox;
  outbox.Add(Report("a"));
  outbox.Add(Report("b", v1::DELIVERY_OUTCOME_RELEASED));
  ASSERT_EQ(outbox.Take(1).size(), 1u);
  EXPECT_EQ(outbox.size(), 2u);
  EXPECT_EQ(outbox.sent(), 1u);
  EXPECT_TRUE(outbox.Settle(Result("a")));
  EXPECT_EQ(outbox.size(), 1u);
  EXPECT_EQ(outbox.sent(), 0u);
}

TEST(OutboxTest, WhatWasUnderWayWhenTheWayBrokeComesFirst) {
  Outbox outbox;
  outbox.Add(Report("a"));
  outbox.Take(10);
  outbox.Add(Report("b"));
  outbox.Return();
  const auto taken = outbox.Take(10);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].lease_id(), "a");
  EXPECT_FALSE(outbox.waiting());
}

TEST(OutboxTest, WhatTheServerCannotTakeNowWaitsAndWhatItRefusesIsDone) {
  Outbox outbox;
  outbox.Add(Report("a"));
  outbox.Add(Report("b"));
  outbox.Take(10);
  EXPECT_FALSE(outbox.Settle(Result("a", absl::StatusCode::kUnavailable)));
  EXPECT_TRUE(outbox.Settle(Result("b", absl::StatusCode::kFailedPrecondition)));
  EXPECT_TRUE(outbox.waiting());
  EXPECT_EQ(outbox.size(), 1u);
  outbox.Take(10);
  EXPECT_FALSE(outbox.Settle(Result("a", absl::StatusCode::kPermissionDenied))) << "the role may come back";
  EXPECT_TRUE(outbox.Settle(Result("unheard-of")));
}

}  // namespace
}  // namespace aftercare::gateway
