#include "services/client/render/year_text.h"

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
