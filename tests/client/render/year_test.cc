#include "services/client/render/year.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/testing.h"

namespace aftercare::client {
namespace {

TEST(YearTest, TheHeadingSaysWhoWhatAndWhen) {
  TimelineMaker maker;
  const Year year = YearOf(maker.timeline);
  EXPECT_EQ(year.title, "Ana · P-17 · ana");
  EXPECT_EQ(year.subtitle, "knee revision 2 · procedure Mon 2 Mar 2026 · UTC");
  EXPECT_EQ(year.today, "Thu 12 Mar 2026, 10:00 · day 10 · week 2");
}

TEST(YearTest, AnEndedYearSaysSo) {
  TimelineMaker maker;
  v1::Enrollment* enrollment = maker.timeline.mutable_enrollment();
  enrollment->set_state(v1::ENROLLMENT_STATE_ENDED);
  enrollment->set_end_reason(v1::END_REASON_WITHDRAWN);
  *enrollment->mutable_end_time() = maker.timeline.current_time();
  EXPECT_THAT(YearOf(maker.timeline).subtitle, testing::HasSubstr("ended 2026-03-12 10:00, withdrawn"));
}

TEST(YearTest, HeldMessagesAndContactPointsAreToldInWords) {
  TimelineMaker maker;
  v1::ContactPoint* point = maker.timeline.mutable_enrollment()->add_contact_points();
  point->set_channel(v1::CHANNEL_SMS);
  EXPECT_EQ(HeldNote(YearOf(maker.timeline)), "");
  point->set_state(v1::CONTACT_POINT_STATE_HELD);
  maker.Add("ice.2026-03-12", "p", "ice", absl::CivilMinute(2026, 3, 12, 9, 0), v1::REMINDER_STATE_DUE)
      .set_reason(v1::REMINDER_REASON_HELD);
  EXPECT_EQ(HeldNote(YearOf(maker.timeline)),
            "1 message is held until the care team decides about a reply: aftercare replies --held");
  maker.Add("ice.2026-03-13", "p", "ice", absl::CivilMinute(2026, 3, 13, 9, 0)).set_reason(v1::REMINDER_REASON_HELD);
  EXPECT_THAT(HeldNote(YearOf(maker.timeline)), testing::StartsWith("2 messages are held"));
  EXPECT_THAT(YearOf(maker.timeline).subtitle, testing::EndsWith(" · UTC · sms held"));
}

TEST(YearTest, DatesAndTimesAreThoseOfThePatient) {
  TimelineMaker maker;
  maker.timeline.mutable_enrollment()->set_time_zone("Asia/Tokyo");
  maker.Add("ice.2026-03-03", "p", "ice", absl::CivilMinute(2026, 3, 3, 20, 0));
  const Year year = YearOf(maker.timeline);
  EXPECT_EQ(year.rows[0].marks[0].due, absl::CivilSecond(2026, 3, 4, 5, 0, 0));
  EXPECT_EQ(year.now, absl::CivilSecond(2026, 3, 12, 19, 0, 0));
}

TEST(YearTest, ARowIsACategoryAndTheCareTeamComesLast) {
  TimelineMaker maker;
  maker.Add("check.2026-03-03", "p", "visit", absl::CivilMinute(2026, 3, 3, 8, 0), v1::REMINDER_STATE_COMPLETED,
            v1::AUDIENCE_CARE_TEAM);
  maker.Add("ice.2026-03-03", "p", "ice", absl::CivilMinute(2026, 3, 3, 9, 0), v1::REMINDER_STATE_SENT);
  maker.Add("visit.2026-03-03", "p", "visit", absl::CivilMinute(2026, 3, 3, 10, 0), v1::REMINDER_STATE_EXPIRED);
  maker.Add("ice.2026-03-04", "p", "ice", absl::CivilMinute(2026, 3, 4, 9, 0));
  const Year year = YearOf(maker.timeline);
  ASSERT_EQ(year.rows.size(), 3u);
  EXPECT_EQ(year.rows[0].label, "ice");
  EXPECT_EQ(year.rows[0].marks.size(), 2u);
  EXPECT_EQ(year.rows[0].done, 1);
  EXPECT_EQ(year.rows[1].label, "visit");
  EXPECT_FALSE(year.rows[1].care_team);
  EXPECT_EQ(year.rows[1].done, 0);
  EXPECT_TRUE(year.rows[2].care_team);
  EXPECT_EQ(year.rows[2].done, 1);
  EXPECT_EQ(year.counts[RankOf(v1::REMINDER_STATE_EXPIRED)], 1);
}

TEST(YearTest, AMarkShowsWhatBecameOfItsQuestion) {
  TimelineMaker maker;
  maker.Add("walk.2026-03-03", "p", "walk", absl::CivilMinute(2026, 3, 3, 9, 0), v1::REMINDER_STATE_COMPLETED)
      .set_done(true);
  maker.Add("walk.2026-03-04", "p", "walk", absl::CivilMinute(2026, 3, 4, 9, 0), v1::REMINDER_STATE_DELIVERED);
  maker.Score("walk.2026-03-03", absl::CivilMinute(2026, 3, 3, 10, 0), 3);
  v1::AdherencePeriod& whole = *maker.timeline.mutable_adherence()->add_categories()->add_periods();
  whole.set_asked(2);
  const Year year = YearOf(maker.timeline, QuestionsOf("rules { id: 'walk' answer: ANSWER_KIND_DONE }"));
  EXPECT_EQ(year.rows[0].marks[0].rank, RankOf(v1::REMINDER_STATE_COMPLETED, Answering::kAnswered));
  EXPECT_EQ(year.rows[0].marks[1].rank, RankOf(v1::REMINDER_STATE_DELIVERED, Answering::kUnanswered));
  EXPECT_EQ(year.rows[0].done, 2);
  EXPECT_EQ(year.counts[RankOf(v1::REMINDER_STATE_SENT, Answering::kUnanswered)], 1);
  EXPECT_EQ(year.counts[RankOf(v1::REMINDER_STATE_DELIVERED)], 0);
  EXPECT_EQ(year.curves.size(), 1u);
  EXPECT_THAT(year.answers, testing::HasSubstr("0 of 2 questions answered"));
  // Without the pathway nobody knows that the second asks.
  EXPECT_EQ(YearOf(maker.timeline).rows[0].marks[1].rank, RankOf(v1::REMINDER_STATE_DELIVERED));
}

TEST(YearTest, TheYearEndsWithItsLastPhaseOrMark) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-20");
  EXPECT_EQ(YearOf(maker.timeline).last, absl::CivilDay(2026, 3, 20));
  maker.Add("late.2026-04-01", "p", "c", absl::CivilMinute(2026, 4, 1, 9, 0));
  EXPECT_EQ(YearOf(maker.timeline).last, absl::CivilDay(2026, 4, 1));
}

TEST(YearTest, PhasesStandInOrderAndThoseWithoutDatesAreLeftOut) {
  TimelineMaker maker;
  maker.Phase("b", "", "2026-04-01", "2026-04-02").Phase("a", "A", "2026-03-03", "2026-03-05").Phase("x", "X", "", "");
  const Year year = YearOf(maker.timeline);
  ASSERT_EQ(year.phases.size(), 2u);
  EXPECT_EQ(year.phases[0].label, "A");
  EXPECT_EQ(year.phases[1].label, "b");  // Its id, for want of a name.
}

TEST(YearTest, EveryStateOfTheApiHasALookOfItsOwn) {
  const auto& type = *v1::ReminderState_descriptor();
  for (int i = 1; i < type.value_count(); ++i) {
    const auto state = static_cast<v1::ReminderState>(type.value(i)->number());
    EXPECT_EQ(LookOf(state).state, state) << type.value(i)->name();
  }
  EXPECT_EQ(LookOf(static_cast<v1::ReminderState>(77)).state, v1::REMINDER_STATE_SCHEDULED);
}

}  // namespace
}  // namespace aftercare::client
