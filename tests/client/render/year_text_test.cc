#include "services/client/render/year_text.h"

#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/testing.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(YearTextTest, NoLineIsWiderThanAskedInAnyWidth) {
  const v1::GetTimelineResponse timeline = WholeYear();
  const Year year = YearOf(timeline);
  for (int width = kLeastPictureWidth; width <= 220; ++width) ExpectFits(RenderYearText(year, width, false), width);
  ExpectFits(RenderYearText(year, 10, false), kLeastPictureWidth);
}

TEST(YearTextTest, AShortYearIsDrawnDayByDay) {
  TimelineMaker maker;
  maker.Now(absl::CivilMinute(2026, 3, 4, 12, 0));
  maker.Phase("p", "Ice days", "2026-03-03", "2026-03-05");
  maker.Add("ice.2026-03-03", "p", "ice", absl::CivilMinute(2026, 3, 3, 8, 0), v1::REMINDER_STATE_SENT);
  maker.Add("ice.2026-03-04", "p", "ice", absl::CivilMinute(2026, 3, 4, 8, 0), v1::REMINDER_STATE_EXPIRED);
  maker.Add("ice.2026-03-05", "p", "ice", absl::CivilMinute(2026, 3, 5, 8, 0));
  EXPECT_EQ(RenderYearText(YearOf(maker.timeline), 60, false),
            "Ana · P-17 · ana\n"
            "knee revision 2 · procedure Mon 2 Mar 2026 · UTC\n"
            "\n"
            "           2 Mar\n"
            "day        d0 d1    d3\n"
            "           ┬──┬───▼─┬──\n"
            "              ━━━━┿━━━━ Ice days\n"
            "                  │\n"
            "ice            ●  ✗  ·   1/3\n"
            "\n"
            "▼ now Wed 4 Mar 2026, 12:00 · day 2 · week 1\n"
            "· scheduled 1   ● sent 1   ✗ expired 1\n"
            "One column is 8 hours.\n");
}

TEST(YearTextTest, PhasesAreBarsAndRowsAreMarks) {
  const v1::GetTimelineResponse timeline = WholeYear();
  const std::string picture = RenderYearText(YearOf(timeline), 100, false);
  EXPECT_THAT(picture, HasSubstr("━━━━━ First days"));
  EXPECT_THAT(picture, HasSubstr("Rest of the year"));
  EXPECT_THAT(LineOf(picture, "ice"), HasSubstr("●●"));
  EXPECT_THAT(LineOf(picture, "therapy"), HasSubstr("····"));
  EXPECT_THAT(picture, HasSubstr("\ncare team "));
  EXPECT_THAT(LineOf(picture, "·"), HasSubstr("scheduled 51"));
}

TEST(YearTextTest, OfSeveralInOneColumnTheMostPressingShows) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-05");
  maker.Add("a.2026-03-03", "p", "row", absl::CivilMinute(2026, 3, 3, 8, 0), v1::REMINDER_STATE_SENT);
  maker.Add("a.2026-03-03", "p", "row", absl::CivilMinute(2026, 3, 3, 8, 30), v1::REMINDER_STATE_DUE);
  maker.Add("a.2026-03-03", "p", "row", absl::CivilMinute(2026, 3, 3, 8, 40));
  const std::string picture = RenderYearText(YearOf(maker.timeline), 60, false);
  EXPECT_THAT(LineOf(picture, "row"), HasSubstr("◆"));
  EXPECT_THAT(LineOf(picture, "row"), Not(HasSubstr("●")));
}

TEST(YearTextTest, TodayIsALineUnlessItIsOutside) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-25");
  EXPECT_THAT(RenderYearText(YearOf(maker.timeline), 80, false), HasSubstr("▼"));
  maker.Now(absl::CivilMinute(2026, 2, 1, 9, 0));
  const std::string before = RenderYearText(YearOf(maker.timeline), 80, false);
  EXPECT_THAT(before, Not(HasSubstr("▼")));
  EXPECT_THAT(before, HasSubstr("(not in the picture)"));
}

TEST(YearTextTest, WithoutColourThereAreNoControlCharacters) {
  const v1::GetTimelineResponse timeline = WholeYear();
  const Year year = YearOf(timeline);
  EXPECT_THAT(RenderYearText(year, 100, false), Not(HasSubstr("\033")));
  EXPECT_THAT(RenderYearText(year, 100, true), HasSubstr("\033["));
}

TEST(YearTextTest, NamesCannotSteerTheTerminal) {
  TimelineMaker maker;
  maker.timeline.mutable_enrollment()->set_first_name("A\033[2Jna");
  EXPECT_THAT(RenderYearText(YearOf(maker.timeline), 100, false), Not(HasSubstr("\033")));
}

// Ten days of a question, answered on all but the third, and of a test with another scale.
Year AnsweredDays(TimelineMaker* maker) {
  maker->Phase("p", "P", "2026-03-03", "2026-03-20");
  for (int day = 3; day <= 10; ++day) {
    const std::string id = absl::StrFormat("ask.2026-03-%02d", day);
    const bool answered = day != 5;
    maker->Add(id, "p", "pain", absl::CivilMinute(2026, 3, day, 9, 0),
               answered ? v1::REMINDER_STATE_COMPLETED : v1::REMINDER_STATE_SENT)
        .set_attempts(1);
    if (answered) maker->Score(id, absl::CivilMinute(2026, 3, day, 10, 0), 10 - (day - 3));
  }
  maker->Score("koos.2026-03-03", absl::CivilMinute(2026, 3, 4, 9, 30), 100);
  v1::AdherencePeriod& whole = *maker->timeline.mutable_adherence()->add_categories()->add_periods();
  maker->timeline.mutable_adherence()->set_end_date("2026-03-11");
  whole.set_asked(8);
  whole.set_answered(7);
  return YearOf(maker->timeline, QuestionsOf(R"pb(
                  rules { id: "ask" answer: ANSWER_KIND_SCORE }
                  rules { id: "koos" answer: ANSWER_KIND_SCORE score_range { max: 100 } }
                )pb"));
}

TEST(YearTextTest, WhatWasAnsweredAndWhatWasNotLookDifferent) {
  TimelineMaker maker;
  const std::string picture = RenderYearText(AnsweredDays(&maker), 80, false);
  EXPECT_THAT(LineOf(picture, "pain"), HasSubstr("✓  ✓  ○  ✓"));
  EXPECT_THAT(picture, HasSubstr("✓ answered 7   ○ not answered 1   ▁▄█ scores by time of answer\n"));
  EXPECT_THAT(picture, HasSubstr("\nTo the end of Wed 11 Mar 2026: 7 of 8 questions answered.\n"));
}

TEST(YearTextTest, ScoresAreBarsOnTheAxisByScale) {
  TimelineMaker maker;
  const std::string picture = RenderYearText(AnsweredDays(&maker), 80, false);
  EXPECT_THAT(picture, HasSubstr("\nscores 0-10"));
  EXPECT_THAT(picture.substr(picture.find("\nscores 0-10")),
              HasSubstr("\npain           █  ▇     ▆  ▅  ▅  ▄  ▃"));
  EXPECT_THAT(LineOf(picture.substr(picture.find("\nscores 0-10")), "pain"), testing::EndsWith(" 10 → 3"));
  EXPECT_LT(picture.find("\nscores 0-10 "), picture.find("\nscores 0-100"));
  EXPECT_THAT(LineOf(picture, "koos"), HasSubstr("█"));
}

TEST(YearTextTest, TheScoresOfAQuestionnaireAreBarsToo) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-20");
  maker.Round("koos", "stairs.2026-03-03", absl::CivilMinute(2026, 3, 3, 10, 0), 33.333333)
      .Round("koos", "stairs.2026-03-10", absl::CivilMinute(2026, 3, 10, 10, 0), 100);
  const Questions questions = QuestionsOf(R"pb(
    rules { id: "stairs" answer: ANSWER_KIND_SCORE score_range { max: 3 } }
    questionnaires { id: "koos" rules: "stairs" linear { factor: 33.333333 } }
  )pb");
  const std::string picture = RenderYearText(YearOf(maker.timeline, questions), 80, false);
  EXPECT_THAT(picture, HasSubstr("\nscores 0-100"));
  EXPECT_THAT(LineOf(picture, "koos"),
              testing::AllOf(HasSubstr("▃"), HasSubstr("█"), testing::EndsWith(" 33.3 → 100")));
}

TEST(YearTextTest, AYearWithScoresFitsInAnyWidth) {
  TimelineMaker maker;
  const Year year = AnsweredDays(&maker);
  for (int width = kLeastPictureWidth; width <= 220; ++width) ExpectFits(RenderYearText(year, width, false), width);
}

TEST(YearTextTest, HeldMessagesAreCountedBelowTheLegend) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-20");
  maker.Add("ice.2026-03-12", "p", "ice", absl::CivilMinute(2026, 3, 12, 9, 0), v1::REMINDER_STATE_DUE)
      .set_reason(v1::REMINDER_REASON_HELD);
  const Year year = YearOf(maker.timeline);
  EXPECT_NE(RenderYearText(year, 80, false).find("1 message is held until the care team decides"), std::string::npos);
}

}  // namespace
}  // namespace aftercare::client
