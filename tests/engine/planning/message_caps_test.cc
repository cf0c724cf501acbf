// Caps on how many messages a patient gets a day and a week.
#include <map>

#include "absl/time/civil_time.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/planning/message_caps_fixture.h"
#include "tests/support/random.h"

namespace aftercare::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MessageCapsTest : public MessageCapsFixture {};

class LateCapsTest : public RealTimeFixture {
 protected:
  LateCapsTest() : RealTimeFixture({.pathway_id = "many", .pathway = CappedPathway("message_cap { per_day: 2 }")}) {
    v1::Enrollment patient = KneePatient("north", "p-1");
    patient.set_pathway("clinics/north/pathways/many");
    world_.Enrol("north", "e", patient);
  }
};

TEST_F(LateCapsTest, WhatComesDueLateCountsOnThatDay) {
  world_.MoveTo(At("2029-03-03T08:00"));  // As after two days without the service.
  EXPECT_EQ(Of("a.2029-03-02"), "DUE 2029-03-02T09:00");
  EXPECT_EQ(Of("b.2029-03-02"), "DUE 2029-03-02T10:00");
  EXPECT_EQ(StateOf("c.2029-03-02"), "SUPPRESSED/DAILY_CAP");
  world_.MoveTo(At("2029-03-03T09:30"));
  EXPECT_EQ(Of("a.2029-03-03"), "SCHEDULED/DAILY_CAP 2029-03-04T09:00");
}

TEST_F(MessageCapsTest, WhatExceedsTheCapIsDueOnTheNextDay) {
  EXPECT_THAT(SendUntil("2029-03-02T11:30"), ElementsAre("a.2029-03-02", "b.2029-03-02"));
  const v1::Reminder c = Good(world_.Get(Name("c.2029-03-02")));
  EXPECT_EQ(StateOf("c.2029-03-02"), "SCHEDULED/DAILY_CAP");
  EXPECT_EQ(plan::ToTime(c.due_time()), At("2029-03-03T11:00"));
  EXPECT_EQ(plan::ToTime(c.expire_time()), At("2029-03-04T00:00"));
  EXPECT_EQ(c.steps().rbegin()->kind(), v1::TIME_STEP_KIND_MESSAGE_CAP);
  world_.ExpectListsAgree("box");
}

TEST_F(MessageCapsTest, TheCapIsAppliedAgainOnTheNextDay) {
  SendUntil("2029-03-02T23:00");
  EXPECT_THAT(SendUntil("2029-03-03T23:00"), ElementsAre("a.2029-03-03", "b.2029-03-03"));
  EXPECT_EQ(StateOf("c.2029-03-02"), "SUPPRESSED/DAILY_CAP") << "its window closes before the day after";
  EXPECT_EQ(StateOf("c.2029-03-03"), "SCHEDULED/DAILY_CAP");
  world_.ExpectListsAgree("box");
}

TEST_F(MessageCapsTest, WhatWasPutOffIsSentWhereThereIsRoom) {
  SendUntil("2029-03-02T23:00");
  ASSERT_TRUE(world_.Cancel(Name("a.2029-03-03")).ok());
  EXPECT_THAT(SendUntil("2029-03-03T23:00"), ElementsAre("b.2029-03-03", "c.2029-03-02"));
  EXPECT_EQ(StateOf("c.2029-03-02"), "SENT");
}

TEST_F(MessageCapsTest, WhatCannotWaitIsSuppressed) {
  SendUntil("2029-03-02T12:00");
  EXPECT_EQ(StateOf("brief.2029-03-02"), "SUPPRESSED/DAILY_CAP");
}

TEST_F(MessageCapsTest, SafetyIsNeverHeldBackAndTasksDoNotCount) {
  EXPECT_THAT(SendUntil("2029-03-02T13:00"), ElementsAre("a.2029-03-02", "b.2029-03-02", "warn.2029-03-02"));
  EXPECT_EQ(StateOf("task.2029-03-02"), "DUE");
}

TEST_F(MessageCapsTest, AllEnrollmentsOfThePatientCount) {
  v1::Enrollment other = Patient();
  other.set_procedure_date("2029-03-01");
  v1::CreateEnrollmentRequest request;
  request.set_parent("clinics/box");
  request.set_enrollment_id("f");
  request.set_allow_concurrent(true);
  *request.mutable_enrollment() = other;
  Good(world_.Call(&Engine::enrollments, &Enrollments::Create, request));
  EXPECT_THAT(SendUntil("2029-03-02T09:00").size(), 2u) << "one of each enrollment";
  EXPECT_THAT(SendUntil("2029-03-02T11:30"), IsEmpty());
  EXPECT_EQ(StateOf("b.2029-03-02"), "SCHEDULED/DAILY_CAP");
  EXPECT_EQ(StateOf("b.2029-03-02", "f"), "SCHEDULED/DAILY_CAP");
  world_.ExpectListsAgree("box");
}

TEST_F(MessageCapsTest, APauseAndAReplanLeaveWhatWasPutOff) {
  SendUntil("2029-03-02T23:00");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_EQ(StateOf("c.2029-03-02"), "SCHEDULED/DAILY_CAP");
  EXPECT_EQ(plan::ToTime(Good(world_.Get(Name("c.2029-03-02"))).due_time()), At("2029-03-03T11:00"));
  world_.ExpectListsAgree("box");
}

TEST_F(MessageCapsTest, AChangeOfFactsKeepsTheTimeOfDay) {
  SendUntil("2029-03-02T23:00");
  v1::UpdateEnrollmentRequest request;
  request.mutable_enrollment()->set_name("clinics/box/enrollments/e");
  request.mutable_enrollment()->set_time_zone("Europe/London");  // As UTC in March.
  request.mutable_update_mask()->add_paths("time_zone");
  Good(world_.Call(&Engine::enrollments, &Enrollments::Update, request));
  EXPECT_EQ(plan::ToTime(Good(world_.Get(Name("c.2029-03-02"))).due_time()), At("2029-03-03T11:00"));
}

TEST_F(MessageCapsTest, WhatSomebodyMovedIsPutOffFromThere) {
  ASSERT_TRUE(world_.Move(Name("c.2029-03-02"), At("2029-03-02T15:00")).ok());
  SendUntil("2029-03-02T23:00");
  EXPECT_EQ(plan::ToTime(Good(world_.Get(Name("c.2029-03-02"))).due_time()), At("2029-03-03T15:00"));
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_EQ(plan::ToTime(Good(world_.Get(Name("c.2029-03-02"))).due_time()), At("2029-03-03T15:00"));
}

TEST_F(MessageCapsTest, WhatSomebodyMovedAndACapPutOffStaysSoOnTheNextDayToo) {
  ASSERT_TRUE(world_.Move(Name("c.2029-03-02"), At("2029-03-02T15:00")).ok());
  SendUntil("2029-03-02T23:00");
  Until("2029-03-03T05:00");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Of("c.2029-03-02"), "SCHEDULED/DAILY_CAP 2029-03-03T15:00");
}

TEST_F(MessageCapsTest, TheStricterOfTwoCapsHolds) {
  v1::UpdateClinicRequest request;
  request.mutable_clinic()->set_name("clinics/box");
  request.mutable_clinic()->mutable_message_cap()->set_per_day(1);
  request.mutable_update_mask()->add_paths("message_cap");
  Good(world_.Call(&Engine::clinics, &Clinics::Update, request));
  EXPECT_THAT(SendUntil("2029-03-02T11:30"), ElementsAre("a.2029-03-02"));
}

TEST_F(MessageCapsTest, ACapOfNothingIsRefused) {
  v1::UpdateClinicRequest request;
  request.mutable_clinic()->set_name("clinics/box");
  request.mutable_clinic()->mutable_message_cap()->set_per_day(0);
  request.mutable_clinic()->mutable_message_cap()->set_per_week(701);
  request.mutable_update_mask()->add_paths("message_cap");
  const auto response = world_.Call(&Engine::clinics, &Clinics::Update, request);
  EXPECT_THAT(BadFields(response.status()),
              ElementsAre("clinic.message_cap.per_day", "clinic.message_cap.per_week"));
}

TEST_F(MessageCapsTest, WhatFailedOrCameBackDoesNotCount) {
  Until("2029-03-02T09:30");
  for (int contact_point = 0; contact_point < 2; ++contact_point) {
    for (const v1::Lease& lease : world_.Lease("box")) {
      world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
    }
  }
  ASSERT_EQ(StateOf("a.2029-03-02"), "FAILED/REJECTED_BY_CHANNEL");
  Until("2029-03-02T10:00");
  for (const v1::Lease& lease : world_.Lease("box")) {
    world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
    world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_BOUNCED);
  }
  ASSERT_EQ(StateOf("b.2029-03-02"), "FAILED/BOUNCED");
  EXPECT_THAT(SendUntil("2029-03-02T12:00"), ElementsAre("c.2029-03-02", "brief.2029-03-02"));
}

TEST_F(MessageCapsTest, NewContactHoursLeaveWhatWasPutOff) {
  SendUntil("2029-03-02T23:00");
  SetHours("openings { opens: '12:00' closes: '24:00' }");
  EXPECT_EQ(Of("c.2029-03-02"), "SCHEDULED/DAILY_CAP 2029-03-03T11:00");
  world_.ExpectListsAgree("box");
}

// Two enrollments of one patient, a cap a day and one a week, and whatever may happen to their plans.
class RandomCapsTest : public MessageCapsFixture, public ::testing::WithParamInterface<int> {
 protected:
  RandomCapsTest()
      : MessageCapsFixture("message_cap { per_day: 2 per_week: 9 } "
                           "important_categories: 'cb' important_categories: 'ca'") {
    v1::CreateEnrollmentRequest request;
    request.set_parent("clinics/box");
    request.set_enrollment_id("f");
    request.set_allow_concurrent(true);
    *request.mutable_enrollment() = Patient();
    request.mutable_enrollment()->set_procedure_date("2029-03-03");
    Good(world_.Call(&Engine::enrollments, &Enrollments::Create, request));
  }

  void Change(Random& random) {
    const std::string enrollment = absl::StrCat("clinics/box/enrollments/", random.OneIn(2) ? "e" : "f");
    switch (random.Upto(3)) {
      case 0:
        static_cast<void>(world_.Pause(enrollment));
        return;
      case 1:
        static_cast<void>(world_.Resume(enrollment));
        return;
      case 2: {
        v1::UpdateEnrollmentRequest request;
        request.mutable_enrollment()->set_name(enrollment);
        request.mutable_enrollment()->set_procedure_date(absl::StrCat("2029-03-0", 1 + random.Upto(4)));
        request.mutable_update_mask()->add_paths("procedure_date");
        Good(world_.Call(&Engine::enrollments, &Enrollments::Update, request));
        return;
      }
      default:
        return;
    }
  }

  // Notes on which day each message came due that waits to be sent.
  void NoteDue() {
    for (const std::string enrollment : {"e", "f"}) {
      const v1::GetTimelineResponse timeline = world_.Timeline("clinics/box/enrollments/" + enrollment);
      for (const v1::Reminder& reminder : timeline.reminders()) {
        if (reminder.state() != v1::REMINDER_STATE_DUE) continue;
        came_due_[reminder.name()] = absl::ToCivilDay(plan::ToTime(reminder.state_time()), absl::UTCTimeZone());
      }
    }
  }

  std::map<std::string, absl::CivilDay> came_due_;
};

TEST_P(RandomCapsTest, NoDayAndNoWeekHasMoreMessagesWhateverHappens) {
  const uint64_t seed = SeedOfRun() + static_cast<uint64_t>(GetParam());
  SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed));
  Random random(seed);
  for (absl::Time now = At("2029-03-01T09:00"); now < At("2029-03-25T00:00"); now += absl::Hours(1 + random.Upto(9))) {
    Change(random);
    Until(absl::FormatTime("%Y-%m-%dT%H:%M", now, absl::UTCTimeZone()));
    NoteDue();
    SendUntil(absl::FormatTime("%Y-%m-%dT%H:%M", now, absl::UTCTimeZone()));
  }
  std::map<absl::CivilDay, int> by_day;
  int put_off = 0;
  for (const std::string enrollment : {"e", "f"}) {
    const v1::GetTimelineResponse timeline = world_.Timeline("clinics/box/enrollments/" + enrollment);
    for (const v1::Reminder& reminder : timeline.reminders()) {
      const bool is_sent = reminder.state() == v1::REMINDER_STATE_SENT && reminder.category() != "safety";
      if (is_sent) ++by_day[came_due_.at(reminder.name())];
      put_off += reminder.reason() == v1::REMINDER_REASON_DAILY_CAP ||
                 reminder.reason() == v1::REMINDER_REASON_WEEKLY_CAP;
      EXPECT_NE(reminder.state(), v1::REMINDER_STATE_SCHEDULED) << reminder.name() << " is left";
    }
  }
  for (const auto& [day, count] : by_day) {
    EXPECT_LE(count, 2) << absl::FormatCivilTime(day);
    int week = 0;
    for (int i = 0; i < 7; ++i) week += by_day.count(day - i) > 0 ? by_day[day - i] : 0;
    EXPECT_LE(week, 9) << absl::FormatCivilTime(day);
  }
  EXPECT_GT(put_off, 0);
  world_.ExpectListsAgree("box");
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCapsTest, ::testing::Range(0, 10));

class WeeklyCapTest : public MessageCapsFixture {
 protected:
  WeeklyCapTest() : MessageCapsFixture("message_cap { per_week: 5 }") {}
};

TEST_F(WeeklyCapTest, AnySevenDaysInARowHoldTheCap) {
  int sent = 0;
  for (int day = 2; day <= 8; ++day) sent += SendUntil(absl::StrCat("2029-03-0", day, "T23:00")).size();
  EXPECT_EQ(sent, 5);
  EXPECT_EQ(StateOf("c.2029-03-03"), "SUPPRESSED/WEEKLY_CAP");
  EXPECT_THAT(SendUntil("2029-03-09T23:00"), Contains("a.2029-03-09")) << "what was sent on 2 March counts no more";
}

}  // namespace
}  // namespace aftercare::engine
