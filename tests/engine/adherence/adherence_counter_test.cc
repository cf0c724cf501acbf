// Adherence is counted in the background: what is counted, when, and again.
#include "scheduler/engine/adherence/adherence_counter.h"

#include "absl/strings/str_format.h"
#include "tests/engine/adherence/following.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AdherenceCounterTest : public Following {
 protected:
  // Returns what is stored, as `e to 2029-03-02: 1/1`, by id.
  std::vector<std::string> Stored(const std::string& clinic = "box") {
    std::vector<std::string> lines;
    world_.Read([&](store::ReadTransaction& tx) {
      return tx.ForEachAdherence(clinic, [&](const store::AdherenceRow& row) {
        lines.push_back(absl::StrCat(row.enrollment, " to ", plan::FormatDate(plan::DayOf(row.last_day)), ": ",
                                     absl::Hex(row.done), "/", absl::Hex(row.asked)));
      });
    });
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  // Returns when enrollments must be counted, by the clinic's clock.
  std::vector<std::string> Marks(const std::string& clinic = "box", const std::string& clock = "box") {
    std::vector<std::string> times;
    world_.Read([&](store::ReadTransaction& tx) {
      auto marks = tx.AdherenceMarks(clock, clinic, At("2099-01-01T00:00"), 100);
      if (!marks.ok()) return marks.status();
      for (const store::AdherenceMark& mark : *marks) {
        times.push_back(mark.count_after == store::kCountAtOnce
                            ? "at once"
                            : absl::FormatTime("%m-%dT%H:%M", mark.count_after, absl::UTCTimeZone()));
      }
      return absl::OkStatus();
    });
    return times;
  }
};

TEST_F(AdherenceCounterTest, AQuestionIsCountedWhenThePatientsDayIsOver) {
  Enrol("e", "America/New_York");
  CountAll();
  EXPECT_THAT(Marks(), IsEmpty());
  SendUntil("2029-03-02T14:00");
  EXPECT_THAT(Marks(), ElementsAre("03-03T05:00"));
  SendUntil("2029-03-02T17:00");
  ReplyOf("e", "done");
  EXPECT_THAT(Marks(), ElementsAre("03-03T05:00"));
  CountAll();
  EXPECT_THAT(Stored(), IsEmpty());
  Until("2029-03-03T05:00");
  CountAll();
  EXPECT_THAT(Stored(), ElementsAre("e to 2029-03-02: 1/1"));
  EXPECT_THAT(Marks(), IsEmpty());
}

TEST_F(AdherenceCounterTest, WhatAsksForNothingIsNotCounted) {
  world_.CreatePathway("box", "knee", KneePathway());
  Enrol("e", "UTC", "knee");
  SendUntil("2029-03-02T09:00");
  EXPECT_THAT(Marks(), IsEmpty());
}

TEST_F(AdherenceCounterTest, ABounceCountsAtOnce) {
  Enrol("e");
  SendUntil("2029-03-02T09:00");
  Until("2029-03-02T12:00");
  const std::vector<v1::Lease> leases = world_.Lease("box");
  for (const v1::Lease& lease : leases) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
  Until("2029-03-03T00:00");
  CountAll();
  EXPECT_THAT(Stored(), ElementsAre("e to 2029-03-02: 0/1"));
  for (const v1::Lease& lease : leases) {
    if (IdOf(lease.reminder()) == "walk.2029-03-02") world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_BOUNCED);
  }
  EXPECT_THAT(Marks(), testing::Contains("at once"));
  EXPECT_THAT(Enrollments("adherence {}"), ElementsAre("e 0/0 silent 1"));
  CountAll();
  EXPECT_THAT(Stored(), ElementsAre("e to 2029-03-02: 0/0"));
}

TEST_F(AdherenceCounterTest, OfACorrectedAnswerTheLastCounts) {
  Enrol("e");
  SendUntil("2029-03-02T12:00");
  EXPECT_EQ(ReplyOf("e", "done"), "ANSWER of walk.2029-03-02 in e");
  EXPECT_EQ(ReplyOf("e", "no"), "ANSWER NO of walk.2029-03-02 in e");
  Until("2029-03-03T00:00");
  CountAll();
  EXPECT_THAT(Stored(), ElementsAre("e to 2029-03-02: 0/1"));
  EXPECT_THAT(Marks(), IsEmpty());
}

TEST_F(AdherenceCounterTest, AnAnswerToAQuestionOfTheDayBeforeCountsTomorrow) {
  Enrol("e");
  SendUntil("2029-03-02T12:00");
  Until("2029-03-03T00:00");
  CountAll();
  EXPECT_THAT(Stored(), ElementsAre("e to 2029-03-02: 0/1"));
  ReplyOf("e", "done");
  EXPECT_THAT(Marks(), ElementsAre("03-04T00:00"));
  Until("2029-03-04T00:00");
  CountAll();
  EXPECT_THAT(Stored(), ElementsAre("e to 2029-03-03: 2/2"));
}

TEST_F(AdherenceCounterTest, AfterAJumpManyAreCountedWithoutFurtherCalls) {
  constexpr int kPatients = 330;
  for (int i = 0; i < kPatients; ++i) Enrol(absl::StrFormat("e%03d", i));
  Until("2029-03-02T12:00");
  while (!world_.SendAll("box").empty()) {
  }
  Until("2029-03-05T00:00");
  // So many are not counted by the list itself. Some may have been counted by now.
  EXPECT_LE(Good(TryEnrollments("order: ENROLLMENT_ORDER_SILENCE page_size: 1000")).enrollments_size(), kPatients);
  CountAll();
  EXPECT_EQ(Stored().size(), static_cast<size_t>(kPatients));
  EXPECT_THAT(Marks(), IsEmpty());
  const auto list = Good(TryEnrollments("order: ENROLLMENT_ORDER_SILENCE page_size: 1000"));
  ASSERT_EQ(list.enrollments_size(), kPatients);
  EXPECT_EQ(list.summaries(0).silent_days(), 3);
  EXPECT_EQ(list.summaries(kPatients - 1).end_date(), "2029-03-04");
}

TEST_F(AdherenceCounterTest, WhatWasMarkedIsCountedAfterARestart) {
  Enrol("e");
  SendUntil("2029-03-02T12:00");
  Until("2029-03-03T00:00");
  world_.Stop();
  world_.Start();
  CountAll();
  EXPECT_THAT(Stored(), ElementsAre("e to 2029-03-02: 0/1"));
}

class RealTimeCounterTest : public AdherenceCounterTest {};

TEST_F(RealTimeCounterTest, InRealTimeADayIsCountedAMinuteAfterItsEnd) {
  world_.CreateClinic("north");
  world_.CreatePathway("north", "asks", AsksPathway());
  v1::Enrollment patient = Patient();
  patient.set_pathway("clinics/north/pathways/asks");
  patient.set_time_zone("UTC");
  world_.Enrol("north", "e", patient);
  world_.MoveTo(At("2029-03-02T12:00"));
  world_.SendAll("north");
  EXPECT_THAT(Marks("north", ""), ElementsAre("03-03T00:00"));
  world_.MoveTo(At("2029-03-03T00:00"));
  CountAll();
  EXPECT_THAT(Stored("north"), IsEmpty());
  const uint64_t seen = world_.engine().context.wakeups().Seen(kAdherenceCountedTopic);
  world_.MoveTo(At("2029-03-03T00:01"));
  world_.AwaitTopic(kAdherenceCountedTopic, seen);
  EXPECT_THAT(Stored("north"), ElementsAre("e to 2029-03-02: 0/1"));
}

}  // namespace
}  // namespace aftercare::engine
