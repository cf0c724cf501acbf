#include "services/client/render/year_answers.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/testing.h"

namespace aftercare::client {
namespace {

// The pathway of the tests: a tip, a question whether something was done, and a group of a question and its follow-up.
Questions AskingPathway() {
  return QuestionsOf(R"pb(
    rules { id: "tip" }
    rules { id: "walk" answer: ANSWER_KIND_DONE }
    rules { id: "ask" answer: ANSWER_KIND_SCORE group: "pain" }
    rules { id: "nudge" answer: ANSWER_KIND_SCORE group: "pain" }
  )pb");
}

class YearAnswersTest : public testing::Test {
 protected:
  // Adds a message of 3 March or another day, at 9:00, that was leased once.
  v1::Reminder& Add(const std::string& rule, v1::ReminderState state, int day = 3, int hour = 9) {
    const absl::CivilMinute due(2026, 3, day, hour, 0);
    v1::Reminder& reminder = maker_.Add(absl::StrCat(rule, ".", absl::FormatCivilTime(absl::CivilDay(due))), "p", rule,
                                        due, state);
    reminder.set_nominal_local_time(absl::FormatCivilTime(due));
    reminder.set_attempts(1);
    return reminder;
  }

  // Returns a letter for each reminder: A for answered, U for unanswered, - for neither.
  std::string Letters(const Questions& questions = AskingPathway()) {
    const auto answering = AnsweringOf(maker_.timeline, questions);
    std::string letters;
    for (const v1::Reminder& reminder : maker_.timeline.reminders()) {
      const auto found = answering.find(&reminder);
      letters += found == answering.end() ? "-" : found->second == Answering::kAnswered ? "A" : "U";
    }
    return letters;
  }

  TimelineMaker maker_;
};

TEST_F(YearAnswersTest, AQuestionThatWasSentIsAnsweredOrNot) {
  Add("walk", v1::REMINDER_STATE_COMPLETED).set_done(false);
  Add("walk", v1::REMINDER_STATE_SENT);
  Add("walk", v1::REMINDER_STATE_DELIVERED);
  Add("walk", v1::REMINDER_STATE_EXPIRED);
  Add("walk", v1::REMINDER_STATE_CANCELLED);
  Add("tip", v1::REMINDER_STATE_SENT);
  EXPECT_EQ(Letters(), "AUU---");
}

TEST_F(YearAnswersTest, AQuestionIsUnansweredOnceItsWindowHasClosed) {
  Add("walk", v1::REMINDER_STATE_SENT, 12, 8);  // It is 10:00, and the window has two hours.
  Add("walk", v1::REMINDER_STATE_SENT, 12, 9);
  EXPECT_EQ(Letters(), "U-");
}

TEST_F(YearAnswersTest, WhatTheClinicRecordedIsAnAnswerIfTheQuestionWasSent) {
  Add("walk", v1::REMINDER_STATE_COMPLETED);
  Add("walk", v1::REMINDER_STATE_COMPLETED).set_attempts(0);
  maker_.Add("walk.2026-03-05", "p", "walk", absl::CivilMinute(2026, 3, 5, 9, 0), v1::REMINDER_STATE_COMPLETED,
             v1::AUDIENCE_CARE_TEAM);
  EXPECT_EQ(Letters(), "A--");
}

TEST_F(YearAnswersTest, OneAnswerAnswersTheMessagesOfItsInstance) {
  Add("nudge", v1::REMINDER_STATE_SENT, 2, 18);  // Before the first instance: a question of its own.
  Add("ask", v1::REMINDER_STATE_SENT, 3);
  Add("nudge", v1::REMINDER_STATE_COMPLETED, 3, 18).set_score(4);
  Add("ask", v1::REMINDER_STATE_SENT, 5);
  Add("nudge", v1::REMINDER_STATE_SENT, 5, 18);
  Add("ask", v1::REMINDER_STATE_COMPLETED, 7).set_score(2);
  Add("nudge", v1::REMINDER_STATE_CANCELLED, 7, 18);
  EXPECT_EQ(Letters(), "UAAUUA-");
}

TEST_F(YearAnswersTest, OfAnUnknownRuleOnlyAnswersShow) {
  Add("gone", v1::REMINDER_STATE_COMPLETED).set_choice(2);
  Add("gone", v1::REMINDER_STATE_SENT);
  EXPECT_EQ(Letters({}), "A-");
}

TEST_F(YearAnswersTest, ScoresOfACategoryAndScaleAreACurve) {
  const Questions questions = QuestionsOf(R"pb(
    rules { id: "koos" answer: ANSWER_KIND_SCORE score_range { max: 100 } }
    rules { id: "ask" answer: ANSWER_KIND_SCORE }
    rules { id: "nudge" answer: ANSWER_KIND_SCORE }
  )pb");
  maker_.Add("koos.2026-03-03", "p", "knee", absl::CivilMinute(2026, 3, 3, 9, 0));
  maker_.Add("ask.2026-03-03", "p", "pain", absl::CivilMinute(2026, 3, 3, 9, 0));
  maker_.Add("nudge.2026-03-04", "p", "pain", absl::CivilMinute(2026, 3, 4, 9, 0));
  maker_.Score("koos.2026-03-03", absl::CivilMinute(2026, 3, 3, 10, 0), 70)
      .Score("ask.2026-03-03", absl::CivilMinute(2026, 3, 3, 11, 0), 7)
      .Score("nudge.2026-03-04", absl::CivilMinute(2026, 3, 4, 22, 0), 4);
  absl::TimeZone tokyo = absl::FixedTimeZone(9 * 3600);
  const std::vector<YearCurve> curves = CurvesOf(maker_.timeline, questions, tokyo);
  ASSERT_EQ(curves.size(), 2u);
  EXPECT_EQ(curves[0].label, "pain");
  EXPECT_EQ(curves[0].scale, (ScoreScale{0, 10}));
  ASSERT_EQ(curves[0].scores.size(), 2u);
  EXPECT_EQ(curves[0].scores[1].score, 4);
  EXPECT_EQ(curves[0].scores[1].reminder, "nudge.2026-03-04");
  EXPECT_EQ(curves[0].scores[1].time, absl::CivilSecond(2026, 3, 5, 7, 0, 0));
  EXPECT_EQ(TrendLabel(curves[0]), "7 → 4");
  EXPECT_EQ(curves[1].label, "knee");
  EXPECT_EQ(ScaleLabel(curves[1].scale), "scores 0-100");
  EXPECT_EQ(TrendLabel(curves[1]), "70");
}

TEST_F(YearAnswersTest, AScoreOutsideItsScaleWidensIt) {
  maker_.Score("gone.2026-03-03", absl::CivilMinute(2026, 3, 3, 10, 0), 55);
  const std::vector<YearCurve> curves = CurvesOf(maker_.timeline, {}, absl::UTCTimeZone());
  ASSERT_EQ(curves.size(), 1u);
  EXPECT_EQ(curves[0].label, "gone");  // No reminder of the timeline tells its category.
  EXPECT_EQ(curves[0].scale, (ScoreScale{0, 55}));
}

TEST_F(YearAnswersTest, EachQuestionnaireIsACurveOnItsOwnScale) {
  const Questions questions = QuestionsOf(R"pb(
    rules { id: "stairs" answer: ANSWER_KIND_SCORE score_range { max: 4 } }
    rules { id: "socks" answer: ANSWER_KIND_SCORE score_range { max: 4 } }
    questionnaires { id: "koos" rules: "stairs" rules: "socks" linear { offset: 100 factor: -12.5 } }
  )pb");
  maker_.Score("stairs.2026-03-03", absl::CivilMinute(2026, 3, 3, 9, 0), 3)
      .Round("koos", "socks.2026-03-03", absl::CivilMinute(2026, 3, 3, 10, 0), 37.5)
      .Round("gone", "other.2026-03-04", absl::CivilMinute(2026, 3, 4, 10, 0), 12.5)
      .Round("koos", "socks.2026-03-10", absl::CivilMinute(2026, 3, 10, 10, 0), 62.5);
  const std::vector<YearCurve> curves = CurvesOf(maker_.timeline, questions, absl::UTCTimeZone());
  ASSERT_EQ(curves.size(), 3u);
  EXPECT_EQ(curves[0].label, "stairs");
  EXPECT_EQ(curves[1].label, "gone");
  EXPECT_EQ(curves[1].scale, (ScoreScale{0, 12.5}));
  EXPECT_EQ(curves[2].label, "koos");
  EXPECT_EQ(ScaleLabel(curves[2].scale), "scores 0-100");
  EXPECT_EQ(TrendLabel(curves[2]), "37.5 → 62.5");
  EXPECT_EQ(curves[2].scores[1].reminder, "socks.2026-03-10");
  EXPECT_EQ(curves[2].scores[1].time, absl::CivilSecond(2026, 3, 10, 10, 0, 0));
}

TEST_F(YearAnswersTest, TheNoteCountsTheWholeTime) {
  v1::Adherence adherence;
  EXPECT_EQ(AnswersNote(adherence), "");
  adherence.set_end_date("2026-03-11");
  v1::CategoryAdherence& all = *adherence.add_categories();
  all.add_periods()->set_days(7);
  v1::AdherencePeriod& whole = *all.add_periods();
  EXPECT_EQ(AnswersNote(adherence), "");
  whole.set_asked(20);
  whole.set_answered(12);
  EXPECT_EQ(AnswersNote(adherence), "To the end of Wed 11 Mar 2026: 12 of 20 questions answered.");
  whole.set_days_asked(12);
  whole.set_days_done(8);
  whole.set_rate(2.0 / 3);
  EXPECT_EQ(AnswersNote(adherence),
            "To the end of Wed 11 Mar 2026: 12 of 20 questions answered, all done on 8 of 12 days (66%).");
}

}  // namespace
}  // namespace aftercare::client
