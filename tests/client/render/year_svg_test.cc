#include "services/client/render/year_svg.h"

#include <regex>
#include <set>

#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/testing.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

int CountOf(const std::string& text, const std::string& what) {
  int count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// Whether every element is closed, in order.
bool IsWellFormed(const std::string& xml) {
  static const std::regex kTag("<(/?)([a-z]+)((?:[^<>\"]|\"[^\"<]*\")*?)(/?)>");
  std::vector<std::string> open;
  for (std::sregex_iterator tag(xml.begin(), xml.end(), kTag), end; tag != end; ++tag) {
    const std::string name = (*tag)[2];
    if ((*tag)[4].length() > 0) continue;
    if ((*tag)[1].length() == 0) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return false;
    } else {
      open.pop_back();
    }
  }
  return open.empty() && CountOf(xml, "<") == CountOf(xml, ">");
}

TEST(YearSvgTest, TheDocumentIsWellFormedAndSelfContained) {
  const v1::GetTimelineResponse timeline = WholeYear();
  const std::string svg = RenderYearSvg(YearOf(timeline));
  EXPECT_THAT(svg, testing::StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns="));
  EXPECT_THAT(svg, testing::EndsWith("</svg>\n"));
  EXPECT_TRUE(IsWellFormed(svg.substr(svg.find("<svg"))));
  for (const char* foreign : {"<script", "<image", "href", "url(", "@import"})
    EXPECT_THAT(svg, Not(HasSubstr(foreign)));
}

TEST(YearSvgTest, ScreenReadersGetATitleAndDescription) {
  const v1::GetTimelineResponse timeline = WholeYear();
  const std::string svg = RenderYearSvg(YearOf(timeline));
  EXPECT_THAT(svg, HasSubstr("role=\"img\""));
  EXPECT_THAT(svg, HasSubstr("<title id=\"title\">Ana · P-17 · ana</title>"));
  EXPECT_THAT(svg, HasSubstr("67 reminders. Now: Thu 12 Mar 2026"));
}

TEST(YearSvgTest, EveryReminderIsAMarkWithATooltipAndEveryPhaseABar) {
  const v1::GetTimelineResponse timeline = WholeYear();
  const std::string svg = RenderYearSvg(YearOf(timeline));
  EXPECT_EQ(CountOf(svg, "<g><title>"), timeline.reminders_size());
  EXPECT_THAT(svg, HasSubstr("<title>ice.2026-03-03-0800, 2026-03-03T08:00: sent</title>"));
  EXPECT_THAT(svg, HasSubstr("<title>First days: 2026-03-03 to 2026-03-05</title>"));
  EXPECT_EQ(CountOf(svg, "class=\"past\""), 1);
  EXPECT_EQ(CountOf(svg, "class=\"current\""), 1);
  EXPECT_EQ(CountOf(svg, "class=\"today\""), 1);
}

TEST(YearSvgTest, TheLegendNamesEveryStateThatOccurs) {
  TimelineMaker all;
  const Questions questions = QuestionsOf("rules { id: 'ask' answer: ANSWER_KIND_SCORE }");
  for (int rank = 0; rank < kMarkLooks; ++rank) {
    const MarkLook& look = MarkLooks()[rank];
    const std::string rule = look.answering == Answering::kNothing ? "r" : "ask";
    all.Add(absl::StrCat(rule, ".", rank), "p", "mixed", absl::CivilMinute(2026, 3, 3, 8, rank), look.state)
        .set_attempts(1);
  }
  all.Score("ask.7", absl::CivilMinute(2026, 3, 3, 9, 0), 7);
  const std::string svg = RenderYearSvg(YearOf(all.timeline, questions));
  for (const MarkLook& look : MarkLooks()) EXPECT_THAT(svg, HasSubstr(absl::StrCat(">", look.label, " 1<")));
  EXPECT_THAT(svg, HasSubstr(">scores by time of answer<"));
  TimelineMaker maker;
  maker.Add("ice.2026-03-03", "p", "ice", absl::CivilMinute(2026, 3, 3, 8, 0));
  EXPECT_THAT(RenderYearSvg(YearOf(maker.timeline)), Not(HasSubstr(">sent ")));
  EXPECT_THAT(RenderYearSvg(YearOf(maker.timeline)), Not(HasSubstr(">scores")));
}

// Texts of one line, by where they begin and end: those anchored at their end reach to the left.
struct Placed {
  double left;
  double right;
  double y;
  std::string text;
};

std::vector<Placed> TextsOf(const std::string& svg) {
  static const std::regex kText("<text x=\"([0-9.]+)\" y=\"([0-9.]+)\"(?: class=\"([a-z ]+)\")?>([^<]*)</text>");
  std::vector<Placed> texts;
  for (std::sregex_iterator found(svg.begin(), svg.end(), kText), end; found != end; ++found) {
    const double x = std::stod((*found)[1]);
    // A little less than what a browser takes, so that only real overlaps count.
    const double width = 6.2 * DisplayWidth((*found)[4].str());
    const bool at_end = (*found)[3].str().find("end") != std::string::npos;
    texts.push_back({at_end ? x - width : x, at_end ? x : x + width, std::stod((*found)[2]), (*found)[4]});
  }
  return texts;
}

void ExpectNoOverlap(const std::string& svg) {
  const std::vector<Placed> texts = TextsOf(svg);
  ASSERT_GT(texts.size(), 5u);
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_GE(texts[i].left, 0) << texts[i].text;
    EXPECT_LE(texts[i].right, 1200) << texts[i].text;
    for (size_t j = i + 1; j < texts.size(); ++j) {
      if (std::abs(texts[i].y - texts[j].y) > 9) continue;
      EXPECT_TRUE(texts[i].right <= texts[j].left || texts[j].right <= texts[i].left)
          << texts[i].text << " lies on " << texts[j].text;
    }
  }
}

TEST(YearSvgTest, NoTextLiesOnAnother) {
  v1::GetTimelineResponse timeline = WholeYear();
  ExpectNoOverlap(RenderYearSvg(YearOf(timeline)));
  for (const int month : {1, 5, 9, 12}) {  // Where a year begins in the picture depends on the month it starts.
    TimelineMaker maker;
    maker.timeline.mutable_enrollment()->set_procedure_date(absl::StrFormat("2026-%02d-15", month));
    maker.Now(absl::CivilMinute(2026, month, 20, 9, 0));
    maker.Phase("a", "A phase of the year", absl::StrFormat("2026-%02d-16", month), "2027-01-20");
    maker.Add(absl::StrFormat("ice.2026-%02d-16", month), "a", "ice", absl::CivilMinute(2026, month, 16, 8, 0));
    maker.Add("ice.2027-01-18", "a", "a-category-of-forty-characters-in-length", absl::CivilMinute(2027, 1, 18, 8, 0));
    ExpectNoOverlap(RenderYearSvg(YearOf(maker.timeline)));
  }
}

// A year with scores of two scales, answers, and every look in the legend.
std::string AnsweredYear() {
  TimelineMaker maker;
  maker.timeline = WholeYear();
  for (int week = 0; week < 30; ++week) {
    const absl::CivilMinute due = absl::CivilMinute(2026, 3, 5, 18, 0) + week * 7 * 1440;
    const std::string id = absl::StrCat("ask.", absl::FormatCivilTime(absl::CivilDay(due)));
    const bool answered = week % 3 != 2;
    maker.Add(id, "rest", "pain", due, answered ? v1::REMINDER_STATE_COMPLETED : v1::REMINDER_STATE_SENT)
        .set_attempts(1);
    if (answered) maker.Score(id, due + 60, 10 - week / 3);
  }
  maker.Add("koos.2026-03-03", "rest", "knee", absl::CivilMinute(2026, 3, 3, 9, 0), v1::REMINDER_STATE_COMPLETED)
      .set_attempts(1);
  maker.Score("koos.2026-03-03", absl::CivilMinute(2026, 3, 3, 9, 30), 100);
  for (const v1::ReminderState state : {v1::REMINDER_STATE_DELIVERED, v1::REMINDER_STATE_COMPLETED}) {
    maker.Add(absl::StrCat("tip.", state), "rest", "mixed", absl::CivilMinute(2026, 3, 4, 9, state), state);
  }
  maker.Now(absl::CivilMinute(2026, 11, 2, 10, 0));
  v1::AdherencePeriod& whole = *maker.timeline.mutable_adherence()->add_categories()->add_periods();
  maker.timeline.mutable_adherence()->set_end_date("2026-11-01");
  whole.set_asked(31);
  return RenderYearSvg(YearOf(maker.timeline, QuestionsOf(R"pb(
                                rules { id: "ask" answer: ANSWER_KIND_SCORE }
                                rules { id: "koos" answer: ANSWER_KIND_SCORE score_range { max: 100 } }
                              )pb")));
}

TEST(YearSvgTest, AYearWithAnswersIsWellFormedAndNoTextLiesOnAnother) {
  const std::string svg = AnsweredYear();
  EXPECT_TRUE(IsWellFormed(svg.substr(svg.find("<svg"))));
  ExpectNoOverlap(svg);
  EXPECT_THAT(svg, HasSubstr(">To the end of Sun 1 Nov 2026: 0 of 31 questions answered.<"));
}

TEST(YearSvgTest, ScoresAreCurvesByScaleWithATooltipOnEachScore) {
  const std::string svg = AnsweredYear();
  EXPECT_LT(svg.find(">scores 0-10<"), svg.find(">scores 0-100<"));
  EXPECT_THAT(svg, HasSubstr("<title>ask.2026-03-05, 2026-03-05T19:00: 10</title>"));
  EXPECT_THAT(svg, HasSubstr("<title>koos.2026-03-03, 2026-03-03T09:30: 100</title>"));
  EXPECT_THAT(svg, HasSubstr(">10 → 1<"));
}

TEST(YearSvgTest, TheScoresOfAQuestionnaireAreACurveToo) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-20");
  maker.Round("koos", "stairs.2026-03-03", absl::CivilMinute(2026, 3, 3, 9, 0), 33.333333)
      .Round("koos", "stairs.2026-03-10", absl::CivilMinute(2026, 3, 10, 9, 0), 87.5);
  const std::string svg = RenderYearSvg(YearOf(maker.timeline, QuestionsOf(R"pb(
    rules { id: "stairs" answer: ANSWER_KIND_SCORE score_range { max: 4 } }
    questionnaires { id: "koos" rules: "stairs" linear { factor: 25 } }
  )pb")));
  EXPECT_TRUE(IsWellFormed(svg.substr(svg.find("<svg"))));
  ExpectNoOverlap(svg);
  EXPECT_THAT(svg, HasSubstr(">scores 0-100<"));
  EXPECT_THAT(svg, HasSubstr(">koos<"));
  EXPECT_THAT(svg, HasSubstr("<title>stairs.2026-03-10, 2026-03-10T09:00: 87.5</title>"));
  EXPECT_THAT(svg, HasSubstr(">33.3 → 87.5<"));
}

// The heights of the dots of a curve, from left to right.
std::vector<double> DotsOf(const std::string& svg) {
  static const std::regex kDot("<circle cx=\"[0-9.]+\" cy=\"([0-9.]+)\" r=\"2.6\" fill=\"#[0-9a-f]+\"><title>[a-z]");
  std::vector<double> heights;
  for (std::sregex_iterator found(svg.begin(), svg.end(), kDot), end; found != end; ++found) {
    heights.push_back(std::stod((*found)[1]));
  }
  return heights;
}

TEST(YearSvgTest, AHigherScoreStandsHigher) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-20");
  const int scores[] = {0, 5, 10};
  for (int i = 0; i < 3; ++i) {
    maker.Score(absl::StrCat("ask.2026-03-0", 3 + i), absl::CivilMinute(2026, 3, 3 + i, 9, 0), scores[i]);
  }
  const std::vector<double> heights = DotsOf(RenderYearSvg(YearOf(maker.timeline)));
  ASSERT_EQ(heights.size(), 3u);
  EXPECT_DOUBLE_EQ(heights[0] - heights[1], heights[1] - heights[2]);
  EXPECT_GT(heights[0], heights[1]);
}

TEST(YearSvgTest, WhatWasAnsweredAndWhatWasNotLookDifferentAndSaySo) {
  const std::string svg = AnsweredYear();
  EXPECT_THAT(svg, HasSubstr("<title>ask.2026-03-05, 2026-03-05T18:00: answered</title><circle"));
  EXPECT_THAT(svg, HasSubstr("<title>ask.2026-03-19, 2026-03-19T18:00: not answered</title><circle"));
  TimelineMaker maker;
  maker.Add("ask.2026-03-03", "p", "pain", absl::CivilMinute(2026, 3, 3, 9, 0), v1::REMINDER_STATE_COMPLETED)
      .set_score(7);
  EXPECT_THAT(RenderYearSvg(YearOf(maker.timeline)), HasSubstr("T09:00: answered 7</title>"));
}

TEST(YearSvgTest, MarksCloseTogetherStandOnDifferentLevels) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2027-03-01");
  for (int day = 1; day <= 3; ++day) {
    maker.Add(absl::StrCat("walk.", day), "p", "walk", absl::CivilMinute(2026, 6, day, 9, 0), v1::REMINDER_STATE_SENT);
  }
  const std::string svg = RenderYearSvg(YearOf(maker.timeline));
  static const std::regex kMark("</title><circle cx=\"[0-9.]+\" cy=\"([0-9.]+)\"");
  std::set<std::string> levels;
  for (std::sregex_iterator found(svg.begin(), svg.end(), kMark), end; found != end; ++found)
    levels.insert((*found)[1]);
  EXPECT_EQ(levels.size(), 3u);
}

TEST(YearSvgTest, NamesAreTextNotMarkup) {
  TimelineMaker maker;
  maker.timeline.mutable_enrollment()->set_first_name("<script>alert(1)</script>");
  maker.Phase("p", "</rect>", "2026-03-03", "2026-03-05");
  const std::string svg = RenderYearSvg(YearOf(maker.timeline));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_TRUE(IsWellFormed(svg.substr(svg.find("<svg"))));
}

TEST(YearSvgTest, AShortYearAndAnEmptyOneAreDrawnToo) {
  TimelineMaker maker;
  const std::string svg = RenderYearSvg(YearOf(maker.timeline));
  EXPECT_TRUE(IsWellFormed(svg.substr(svg.find("<svg"))));
  maker.Now(absl::CivilMinute(2020, 1, 1, 0, 0));
  EXPECT_THAT(RenderYearSvg(YearOf(maker.timeline)), HasSubstr("(not in the picture)"));
}

TEST(YearSvgTest, HeldMessagesAreCountedBelowTheLegend) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-20");
  maker.Add("ice.2026-03-12", "p", "ice", absl::CivilMinute(2026, 3, 12, 9, 0), v1::REMINDER_STATE_DUE)
      .set_reason(v1::REMINDER_REASON_HELD);
  const Year year = YearOf(maker.timeline);
  EXPECT_NE(RenderYearSvg(year).find("1 message is held until the care team decides"), std::string::npos);
}

}  // namespace
}  // namespace aftercare::client
