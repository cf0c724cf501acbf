#include "services/client/render/adherence_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/common/terminal.h"
#include "tests/client/testing.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Ana has walked on two days of three in the last week, and on all before. She was asked for two scores.
v1::Adherence Walks() {
  return FromText<v1::Adherence>(R"pb(
    enrollment: "clinics/demo/enrollments/ana" end_date: "2026-03-10"
    categories {
      periods { days: 7 asked: 5 answered: 3 done: 2 unanswered: 2 days_asked: 3 days_done: 2 rate: 0.66666666 }
      periods { asked: 12 answered: 10 done: 9 unanswered: 2 days_asked: 10 days_done: 9 rate: 0.9 }
    }
    categories {
      category: "pain"
      periods { days: 7 asked: 2 answered: 1 unanswered: 1 }
      periods { asked: 2 answered: 1 unanswered: 1 }
    }
    categories {
      category: "walk"
      periods { days: 7 asked: 3 answered: 2 done: 2 unanswered: 1 days_asked: 3 days_done: 2 rate: 0.66666666 }
      periods { asked: 10 answered: 9 done: 9 unanswered: 1 days_asked: 10 days_done: 9 rate: 0.9 }
    }
    phases {
      phase: "early" periods { days: 7 }
      periods { asked: 12 answered: 10 done: 9 unanswered: 2 days_asked: 10 days_done: 9 rate: 0.9 }
    }
    scores {
      reminder: "clinics/demo/enrollments/ana/reminders/ache.2026-03-09" rule: "ache"
      answer_time { seconds: 1773100800 } score: 7
    }
    scores {
      reminder: "clinics/demo/enrollments/ana/reminders/ache.2026-03-10" rule: "ache"
      answer_time { seconds: 1773187200 } score: 0
    }
  )pb");
}

TEST(AdherenceTextTest, RatesAndAnswersStandInColumnsByPeriod) {
  EXPECT_EQ(RenderAdherence(Walks(), {}, {}),
            "ana, to the end of Tue 10 Mar 2026 (UTC)\n"
            "Each period: days on which all that was asked was done, and questions answered/asked.\n"
            "\n"
            "CATEGORY      7 DAYS    ALL TIME\n"
            "all       66%    3/5  90%  10/12\n"
            "pain        -    1/2    -    1/2\n"
            "walk      66%    2/3  90%   9/10\n"
            "\n"
            "PHASE  7 DAYS    ALL TIME\n"
            "early       -  90%  10/12\n"
            "\n"
            "SCORE  ANSWERS  LAST  ANSWERED (UTC)    SCALE  TREND\n"
            "ache         2     0  2026-03-11 00:00  0-10   ▆▁\n");
}

TEST(AdherenceTextTest, AHundredPercentMeansAll) {
  v1::Adherence adherence = Walks();
  v1::AdherencePeriod* period = adherence.mutable_categories(0)->mutable_periods(1);
  period->set_days_asked(1000);
  period->set_days_done(999);
  EXPECT_THAT(RenderAdherence(adherence, {}, {}), HasSubstr("99%  10/12"));
  period->set_days_done(1000);
  EXPECT_THAT(RenderAdherence(adherence, {}, {}), HasSubstr("100%  10/12"));
}

TEST(AdherenceTextTest, WithoutQuestionsThereIsNoTable) {
  v1::Adherence adherence = FromText<v1::Adherence>(R"pb(
    enrollment: "clinics/demo/enrollments/ana" end_date: "2026-03-10"
    categories { periods { days: 7 } periods { days: 0 } }
  )pb");
  EXPECT_EQ(RenderAdherence(adherence, {}, {}),
            "ana, to the end of Tue 10 Mar 2026 (UTC)\nNo message that asks for an answer was sent by then.\n");
  *adherence.add_scores() = Walks().scores(0);  // Answered today.
  EXPECT_THAT(RenderAdherence(adherence, {}, {}), HasSubstr("by then.\n\nSCORE "));
}

TEST(AdherenceTextTest, TimesAreInTheZoneOfThePatient) {
  ListStyle style;
  ASSERT_TRUE(absl::LoadTimeZone("America/New_York", &style.zone));
  EXPECT_THAT(RenderAdherence(Walks(), {}, style), HasSubstr("2026-03-10 20:00 "));
}

TEST(AdherenceTextTest, OfManyScoresTheLastAreDrawnAndAllAreCounted) {
  v1::Adherence adherence = Walks();
  for (int i = 0; i < 100; ++i) {
    *adherence.add_scores() = adherence.scores(0);
    adherence.mutable_scores()->rbegin()->set_score(10);
  }
  const std::string line = LineOf(RenderAdherence(adherence, {}, {}), "ache");
  EXPECT_THAT(line, HasSubstr("ache       102    10"));
  EXPECT_THAT(line, Not(HasSubstr("▆")));
}

TEST(AdherenceTextTest, ScoresAreDrawnOnTheScaleOfTheirRule) {
  const auto pathway = FromText<v1::Pathway>("rules { id: 'ache' score_range { min: 0 max: 7 } }");
  EXPECT_EQ(LineOf(RenderAdherence(Walks(), pathway, {}), "ache"),
            "ache         2     0  2026-03-11 00:00  0-7    █▁");
}

TEST(AdherenceTextTest, QuestionnairesHaveATableOfTheirOwn) {
  v1::Adherence adherence = Walks();
  adherence.clear_scores();
  for (const double score : {91.666667, 12.5}) {
    v1::QuestionnaireScore* added = adherence.add_questionnaires();
    added->set_questionnaire("function");
    added->set_score(score);
    added->mutable_answer_time()->set_seconds(1773187200);
  }
  const auto pathway = FromText<v1::Pathway>(R"pb(
    rules { id: "walk" choices { points: 0 } choices { points: 4 } }
    rules { id: "stairs" choices { points: 0 } choices { points: 4 } }
    questionnaires { id: "function" rules: "walk" rules: "stairs" linear { offset: 100 factor: -12.5 } }
  )pb");
  const std::string text = RenderAdherence(adherence, pathway, {});
  EXPECT_THAT(text, HasSubstr("\n\nQUESTIONNAIRE  ROUNDS  LAST  ANSWERED (UTC)    SCALE  TREND\n"
                              "function            2  12.5  2026-03-11 00:00  0-100  ▇▂\n"));
  EXPECT_THAT(text, Not(HasSubstr("SCORE ")));
  // The scale is that of the scores themselves if the pathway does not have the questionnaire any more.
  EXPECT_THAT(RenderAdherence(adherence, {}, {}), HasSubstr("12.5-91.6667  █▁\n"));
}

TEST(AdherenceTextTest, TablesFitTheTerminal) {
  for (const int width : {40, 80}) {
    ListStyle style;
    style.width = width;
    const std::string text = RenderAdherence(Walks(), {}, style);
    ExpectFits(text.substr(text.find("CATEGORY")), width);
  }
}

TEST(AdherenceTextTest, ARecordOfTheFileIsACategoryOrPhaseInAPeriod) {
  const auto records = AdherenceRecords(Walks());
  ASSERT_EQ(records.size(), 9u);
  EXPECT_THAT(records[0], ElementsAre("enrollment", "category", "phase", "days", "asked", "answered", "done",
                                      "not_done", "unanswered", "days_asked", "days_done", "rate"));
  EXPECT_THAT(records[1], ElementsAre("ana", "", "", "7", "5", "3", "2", "0", "2", "3", "2", "0.6667"));
  EXPECT_THAT(records[3], ElementsAre("ana", "pain", "", "7", "2", "1", "0", "0", "1", "0", "0", ""));
  EXPECT_THAT(records[8], ElementsAre("ana", "", "early", "0", "12", "10", "9", "0", "2", "10", "9", "0.9000"));
}

TEST(AdherenceTextTest, AScoreIsARecordToo) {
  const auto records = ScoreRecords(Walks());
  ASSERT_EQ(records.size(), 3u);
  EXPECT_THAT(records[0], ElementsAre("enrollment", "rule", "reminder", "answer_time", "score", "questionnaire"));
  EXPECT_THAT(records[1], ElementsAre("ana", "ache", "ache.2026-03-09", "2026-03-10T00:00:00Z", "7", ""));
}

TEST(AdherenceTextTest, TheScoreOfAQuestionnaireIsARecordWithItsFirstQuestion) {
  v1::Adherence adherence = Walks();
  *adherence.add_questionnaires() = FromText<v1::QuestionnaireScore>(R"pb(
    questionnaire: "function" reminders: "clinics/demo/enrollments/ana/reminders/walk.2026-03-10"
    reminders: "clinics/demo/enrollments/ana/reminders/stairs.2026-03-10-0905"
    answer_time { seconds: 1773187200 } sum: 1 score: 91.666667
  )pb");
  EXPECT_THAT(ScoreRecords(adherence).back(),
              ElementsAre("ana", "", "walk.2026-03-10", "2026-03-11T00:00:00Z", "91.6667", "function"));
}

}  // namespace
}  // namespace aftercare::client
