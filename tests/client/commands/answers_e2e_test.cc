// Questions with choices and rules that react to answers, from the command line.
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kAnswers[] = R"pb(
  display_name: "Answers" default_locale: "en"
  factors { id: "severity" values: "mild" values: "severe" default_value: "mild" }
  phases { id: "all" display_name: "All" span { days { first: 1 last: 2 } } }
  word_lists { id: "danger" display_name: "Signs of danger" words { locale: "en" words: "chest pain" } }
  rules {
    id: "swelling" phase: "all" category: "c" answer: ANSWER_KIND_CHOICE schedule { daily {} times: "10:00" }
    texts { key: "en" value: "Better, the same or worse?" }
    choices { labels { key: "en" value: "better" } labels { key: "es" value: "mejor" } }
    choices { labels { key: "en" value: "the same" } labels { key: "es" value: "igual" } }
    choices { labels { key: "en" value: "worse" } labels { key: "es" value: "peor" } }
  }
  rules { id: "call" phase: "all" category: "c" audience: AUDIENCE_CARE_TEAM urgency: URGENCY_URGENT
          reaction { rules: "swelling" choice: 3 } schedule {} texts { key: "en" value: "Call {first_name}." } }
  rules { id: "ice" phase: "all" category: "c" reaction { word_list: "danger" }
          conditions { factor: "severity" values: "severe" }
          schedule { on { days: 1 } times: "09:00" } texts { key: "en" value: "Get help." } }
)pb";

class AnswersE2eTest : public ServerFixture {
 protected:
  AnswersE2eTest() { WriteFile(Path("answers.textproto"), kAnswers); }
};

TEST_F(AnswersE2eTest, TheCheckOfAPathwayListsChoicesAndWhatAnswersSetOff) {
  const std::string checked = Must({"pathway", "check", Path("answers.textproto")});
  EXPECT_THAT(checked, HasSubstr("reminders in the first year: 2; and what answers set off\n"));
  EXPECT_THAT(checked, HasSubstr("  choices of swelling: 1 better, 2 the same, 3 worse\n"
                                 "After an answer\n"
                                 "  call  task for the care team, urgent\n"
                                 "       choice 3 (worse) to swelling; at once\n"
                                 "  ice  message\n"
                                 "       a word of \"Signs of danger\", whatever it answers; 1 day later at 09:00\n"));
}

TEST_F(AnswersE2eTest, TheCheckOfAPathwayListsScalesAndQuestionnaires) {
  WriteFile(Path("scores.textproto"), R"pb(
    display_name: "Scores" default_locale: "en"
    phases { id: "all" display_name: "All" span { days { first: 1 last: 2 } } }
    rules { id: "walk" phase: "all" category: "c" answer: ANSWER_KIND_SCORE score_range { max: 4 }
            schedule { daily {} times: "10:00" } texts { key: "en" value: "Walking, 0 to 4?" } }
    rules { id: "stairs" phase: "all" category: "c" answer: ANSWER_KIND_SCORE score_range { max: 6 }
            reaction { rules: "walk" answered: true } schedule {} texts { key: "en" value: "Stairs, 0 to 6?" } }
    rules { id: "call" phase: "all" category: "c" audience: AUDIENCE_CARE_TEAM
            reaction { questionnaire: "function" score_at_most: 40 } schedule {}
            texts { key: "en" value: "Call {first_name}." } }
    questionnaires { id: "function" rules: "walk" rules: "stairs" linear { offset: 100 factor: -10 } }
  )pb");
  EXPECT_THAT(Must({"pathway", "check", Path("scores.textproto")}),
              HasSubstr("  scores of walk: 0-4\n"
                        "  scores of stairs: 0-6\n"
                        "  questionnaire function: walk, stairs; score 0-100\n"
                        "After an answer\n"
                        "  stairs  message\n"
                        "       any answer to walk; at once\n"
                        "  call  task for the care team\n"
                        "       a score of 40 or less in \"function\"; at once\n"));
}

TEST_F(AnswersE2eTest, APreviewListsWhatAnswersOfThePatientSetOff) {
  std::vector<std::string> preview = {"preview",          "--pathway", Path("answers.textproto"),
                                      "--procedure-date", "2026-03-02", "--zone",
                                      "UTC"};
  const std::string mild = Must(preview);
  EXPECT_THAT(mild, HasSubstr("swelling.2026-03-04\n"));
  EXPECT_THAT(mild, HasSubstr("\nAfter an answer\n  call  task for the care team, urgent\n"));
  EXPECT_THAT(mild, Not(HasSubstr("  ice  ")));
  preview.insert(preview.end(), {"--factor", "severity=severe"});
  EXPECT_THAT(Must(preview), HasSubstr("  ice  message\n"));
  preview.push_back("--picture");
  EXPECT_THAT(Must(preview), Not(HasSubstr("After an answer")));
}

TEST_F(AnswersE2eTest, AChoiceIsShownByItsNumberAndItsLabel) {
  MakeSandbox();
  Must({"pathway", "put", Path("answers.textproto")});
  Must({"enroll", "--id", "zoe", "--patient", "P-9", "--first-name", "Zoe", "--pathway", "answers", "--procedure-date",
        "2026-03-02", "--consent", "granted", "--zone", "America/New_York", "--sms", "+15550109"});
  Must({"clock", "advance", "--to", "2026-03-03T11:00"});
  Must({"deliver", "--once"});
  const std::string name = "zoe/swelling.2026-03-03";
  const std::string dry = Must({"reply", "--channel", "sms", "--from", "+15550109", "Igual", "--dry-run"});
  EXPECT_THAT(dry, HasSubstr("understood as    answer choice 2 (the same)\nanswers          " + name));
  EXPECT_THAT(Must({"reply", "--channel", "sms", "--from", "+15550109", "1"}),
              HasSubstr("understood as    answer choice 1 (better)\n"));
  EXPECT_THAT(Must({"replies"}), HasSubstr("answer choice 1  " + name));
  EXPECT_THAT(Must({"why", name}), HasSubstr("the patient answered it with choice 1 (better)"));
  EXPECT_THAT(Must({"due", "--all", "--from", "2026-03-01"}), HasSubstr("completed (answered choice 1)"));
}

}  // namespace
}  // namespace aftercare::client
