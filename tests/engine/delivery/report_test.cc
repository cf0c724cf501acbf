#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/engine/lifecycle/retry_policy.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr v1::DeliveryOutcome kSent = v1::DELIVERY_OUTCOME_SENT;
constexpr v1::DeliveryOutcome kTemporary = v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE;
constexpr v1::DeliveryOutcome kPermanent = v1::DELIVERY_OUTCOME_PERMANENT_FAILURE;
constexpr v1::DeliveryOutcome kReleased = v1::DELIVERY_OUTCOME_RELEASED;
constexpr char kIce[] = "clinics/box/enrollments/e/reminders/ice.2029-03-02-0900";
constexpr char kVisit[] = "clinics/box/enrollments/e/reminders/visit.2029-09-01";

// A patient whose first message is due; the one in September has a window of a week.
class ReportTest : public SandboxFixture {
 protected:
  ReportTest() {
    world_.Enrol("box", "e", KneePatient("box"));
    world_.Advance("box", At("2029-03-02T09:00"));
  }

  v1::Lease LeaseOne() {
    const std::vector<v1::Lease> leases = world_.Lease("box");
    EXPECT_THAT(leases, SizeIs(1));
    return leases.empty() ? v1::Lease() : leases[0];
  }

  // What a report is answered and where the reminder then stands: `OK SENT`.
  std::string Report(const v1::Lease& lease, v1::DeliveryOutcome outcome) {
    const v1::DeliveryResult result = world_.Report(lease.lease_id(), outcome);
    EXPECT_EQ(result.lease_id(), lease.lease_id());
    const v1::Reminder reminder = Good(world_.Get(lease.reminder()));
    EXPECT_EQ(result.state(), reminder.state());
    return absl::StrCat(ErrorOf(result.status()), " ", StateAndReason(reminder));
  }
};

TEST_F(ReportTest, WhatWasSentIsNeverLeasedAgain) {
  EXPECT_EQ(Report(LeaseOne(), kSent), "OK SENT");
  for (const char* now : {"2029-03-02T09:01", "2029-03-02T12:59", "2029-03-02T13:00"}) {
    world_.Advance("box", At(now));
    EXPECT_THAT(world_.Lease("box"), IsEmpty());
  }
  EXPECT_EQ(world_.StateOf(kIce), "SENT");
}

TEST_F(ReportTest, SentIsAcceptedFromAnOlderLeaseAndStopsRedelivery) {
  const v1::Lease older = LeaseOne();
  world_.Advance("box", At("2029-03-02T09:01"));
  const v1::Lease newer = LeaseOne();
  EXPECT_EQ(Report(older, kSent), "OK SENT");
  EXPECT_EQ(Report(newer, kTemporary), "FAILED_PRECONDITION/LEASE_LOST SENT");
  EXPECT_EQ(Report(newer, kSent), "OK SENT");
  world_.Advance("box", At("2029-03-02T09:05"));
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
}

TEST_F(ReportTest, SentIsAcceptedAfterTheLeaseRanOutAndNobodyTookTheNext) {
  const v1::Lease lease = LeaseOne();
  world_.Advance("box", At("2029-03-02T09:30"));
  EXPECT_EQ(Report(lease, kSent), "OK SENT");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
}

TEST_F(ReportTest, FailuresAndReleasesOfAFormerHolderChangeNothing) {
  const v1::Lease older = LeaseOne();
  world_.Advance("box", At("2029-03-02T09:01"));
  for (const v1::DeliveryOutcome outcome : {kTemporary, kPermanent, kReleased}) {
    EXPECT_EQ(Report(older, outcome), "FAILED_PRECONDITION/LEASE_LOST LEASED") << "it ran out at this instant";
  }
  const v1::Lease newer = LeaseOne();
  for (const v1::DeliveryOutcome outcome : {kTemporary, kPermanent, kReleased}) {
    EXPECT_EQ(Report(older, outcome), "FAILED_PRECONDITION/LEASE_LOST LEASED");
  }
  EXPECT_EQ(newer.contact_point().address(), "+15550100");
  EXPECT_EQ(Report(newer, kSent), "OK SENT");
}

TEST_F(ReportTest, TheHolderMayFailUntilTheLastInstantOfItsLease) {
  const v1::Lease lease = LeaseOne();
  world_.Advance("box", At("2029-03-02T09:01") - absl::Microseconds(1));
  EXPECT_EQ(Report(lease, kTemporary), "OK DUE");
}

TEST_F(ReportTest, WhatIsReleasedCanBeLeasedAtOnce) {
  const v1::Lease first = LeaseOne();
  EXPECT_EQ(Report(first, kReleased), "OK DUE");
  const v1::Lease second = LeaseOne();
  EXPECT_EQ(second.attempt(), 2);
  EXPECT_EQ(second.idempotency_key(), first.idempotency_key());
  EXPECT_EQ(Report(first, kReleased), "FAILED_PRECONDITION/LEASE_LOST LEASED");
}

TEST_F(ReportTest, TemporaryFailuresPauseLongerAndLongerAndEndAfterEight) {
  absl::Time now = At("2029-09-01T09:00");
  world_.Advance("box", now);
  absl::Duration before = absl::ZeroDuration();
  for (int failure = 1; failure <= kMaxFailures; ++failure) {
    const v1::Lease lease = LeaseOne();
    EXPECT_EQ(lease.reminder(), kVisit);
    EXPECT_EQ(lease.attempt(), failure);
    if (failure == kMaxFailures) {
      EXPECT_EQ(Report(lease, kTemporary), "OK FAILED/ATTEMPTS_EXHAUSTED");
      break;
    }
    EXPECT_EQ(Report(lease, kTemporary), "OK DUE");
    const absl::Duration pause = RetryPause(failure, StableHash(kVisit));
    EXPECT_GT(pause, before);
    world_.Advance("box", now + pause - absl::Milliseconds(1));
    EXPECT_THAT(world_.Lease("box"), IsEmpty()) << "still pausing after failure " << failure;
    world_.Advance("box", now += absl::Ceil(pause, absl::Milliseconds(1)));
    before = pause / 2;
  }
  world_.Advance("box", At("2029-09-08T00:00"));
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
}

TEST_F(ReportTest, LeasesThatRunOutOrAreReleasedAreNoFailures) {
  world_.Advance("box", At("2029-09-01T09:00"));
  for (int i = 1; i <= 20; ++i) {
    const v1::Lease lease = LeaseOne();
    EXPECT_EQ(lease.attempt(), i);
    if (i % 2 == 0) {
      EXPECT_EQ(Report(lease, kReleased), "OK DUE");
    } else {
      world_.Advance("box", plan::ToTime(lease.expire_time()));
    }
  }
  EXPECT_EQ(Report(LeaseOne(), kSent), "OK SENT");
}

TEST_F(ReportTest, APermanentFailureMovesToTheNextContactPointThenEnds) {
  EXPECT_EQ(Report(LeaseOne(), kPermanent), "OK DUE");
  EXPECT_EQ(Good(world_.Get(kIce)).channel(), v1::CHANNEL_EMAIL);
  const v1::Lease second = LeaseOne();
  EXPECT_EQ(second.contact_point().address(), "ana@example.com");
  EXPECT_EQ(Report(second, kPermanent), "OK FAILED/REJECTED_BY_CHANNEL");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
}

TEST_F(ReportTest, ANewContactPointBeginsWithoutFailures) {
  world_.Advance("box", At("2029-09-01T09:00"));
  absl::Time now = At("2029-09-01T09:00");
  for (int failure = 1; failure < kMaxFailures; ++failure) {
    EXPECT_EQ(Report(LeaseOne(), kTemporary), "OK DUE");
    world_.Advance("box", now += absl::Hours(2));
  }
  EXPECT_EQ(Report(LeaseOne(), kPermanent), "OK DUE");
  EXPECT_EQ(Report(LeaseOne(), kTemporary), "OK DUE");
  world_.Advance("box", now += absl::Minutes(1));
  EXPECT_EQ(LeaseOne().contact_point().address(), "ana@example.com");
}

TEST_F(ReportTest, APauseBeyondTheWindowEndsWithTheWindow) {
  world_.Advance("box", At("2029-03-02T12:59:59"));
  EXPECT_EQ(Report(LeaseOne(), kTemporary), "OK DUE");
  world_.Advance("box", At("2029-03-02T13:00"));
  EXPECT_EQ(world_.StateOf(kIce), "EXPIRED/WINDOW_CLOSED");
}

TEST_F(ReportTest, SentIsAcceptedWhateverEndedTheReminderMeanwhile) {
  const v1::Lease expired = LeaseOne();
  world_.Advance("box", At("2029-03-02T15:00"));
  EXPECT_EQ(Report(expired, kSent), "OK SENT");

  const v1::Lease failed = LeaseOne();
  EXPECT_EQ(Report(failed, kPermanent), "OK DUE");
  EXPECT_EQ(Report(LeaseOne(), kPermanent), "OK FAILED/REJECTED_BY_CHANNEL");
  EXPECT_EQ(Report(failed, kSent), "OK SENT");

  world_.Advance("box", At("2029-03-03T09:00"));
  const v1::Lease completed = LeaseOne();
  ASSERT_TRUE(world_.Complete(completed.reminder()).ok());
  EXPECT_EQ(Report(completed, kSent), "OK COMPLETED");
}

TEST_F(ReportTest, ABadReportHarmsNoOther) {
  v1::ReportDeliveriesRequest request;
  request.add_reports()->set_lease_id("nonsense");
  request.mutable_reports(0)->set_outcome(kSent);
  const v1::Lease lease = LeaseOne();
  request.add_reports()->set_lease_id(lease.lease_id());
  request.add_reports()->set_lease_id(lease.lease_id());
  request.mutable_reports(2)->set_outcome(kSent);
  request.add_reports()->set_lease_id(lease.lease_id());
  request.mutable_reports(3)->set_outcome(kTemporary);
  const auto response = Good(world_.Call(&Engine::deliveries, &Deliveries::Report, request));
  std::vector<std::string> results;
  for (const auto& result : response.results()) results.push_back(ErrorOf(result.status()));
  EXPECT_THAT(results, ElementsAre("INVALID_ARGUMENT/INVALID_LEASE_ID", "INVALID_ARGUMENT/INVALID_FIELDS", "OK",
                                   "FAILED_PRECONDITION/LEASE_LOST"));
  EXPECT_EQ(world_.StateOf(kIce), "SENT");
}

TEST_F(ReportTest, ALeaseOfAnotherClinicIsRefused) {
  const v1::DeliveryResult result =
      world_.Report(LeaseOne().lease_id(), kSent,
                    {.principal = "gateway", .role = Role::kGateway, .clinics = {"south"}});
  EXPECT_EQ(ErrorOf(result.status()), "PERMISSION_DENIED/CLINIC_NOT_YOURS");
  EXPECT_EQ(world_.StateOf(kIce), "LEASED");
}

TEST_F(ReportTest, ALeaseOfAnotherDatabaseIsRefused) {
  World other(At("2029-03-01T08:00"));
  other.CreateSandbox("box", At("2029-03-01T08:00"));
  EXPECT_EQ(ErrorOf(other.Report(LeaseOne().lease_id(), kSent).status()), "INVALID_ARGUMENT/INVALID_LEASE_ID");
}

TEST_F(ReportTest, ACallBringsOneToAThousandReports) {
  v1::ReportDeliveriesRequest request;
  EXPECT_THAT(BadFields(world_.Call(&Engine::deliveries, &Deliveries::Report, request).status()),
              ElementsAre("reports"));
  for (int i = 0; i < 1001; ++i) request.add_reports();
  EXPECT_THAT(BadFields(world_.Call(&Engine::deliveries, &Deliveries::Report, request).status()),
              ElementsAre("reports"));
}

}  // namespace
}  // namespace aftercare::engine
