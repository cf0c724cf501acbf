// Mistakes in the knee pathway, each made by hand, and the broken promise by which the walk over a year finds it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scheduler/plan/year/year_walk.h"
#include "tests/plan/knee.h"
#include "tests/plan/year/year_testing.h"

namespace aftercare::plan {
namespace {

using testing::Contains;
using testing::IsEmpty;

using Ids = std::vector<std::string>;

v1::Rule* RuleOf(v1::Pathway* pathway, const std::string& id) {
  for (v1::Rule& rule : *pathway->mutable_rules()) {
    if (rule.id() == id) return &rule;
  }
  ADD_FAILURE() << "no rule " << id;
  return pathway->add_rules();
}

// Removes rules, and what refers to them.
void Drop(v1::Pathway* pathway, const Ids& ids) {
  const auto drop = [&](const std::string& id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); };
  auto& rules = *pathway->mutable_rules();
  rules.erase(std::remove_if(rules.begin(), rules.end(), [&](const v1::Rule& rule) { return drop(rule.id()); }),
              rules.end());
  for (v1::Rule& rule : rules) {
    for (v1::ObservedCondition& condition : *rule.mutable_observed()) {
      auto& observed = *condition.mutable_answers()->mutable_rules();
      observed.erase(std::remove_if(observed.begin(), observed.end(), drop), observed.end());
    }
    auto& conditions = *rule.mutable_observed();
    conditions.erase(std::remove_if(conditions.begin(), conditions.end(),
                                    [](const v1::ObservedCondition& condition) {
                                      return condition.has_answers() && condition.answers().rules().empty();
                                    }),
                     conditions.end());
    if (!rule.has_reaction()) continue;
    auto& asked = *rule.mutable_reaction()->mutable_rules();
    asked.erase(std::remove_if(asked.begin(), asked.end(), drop), asked.end());
  }
  auto& groups = *pathway->mutable_groups();
  groups.erase(std::remove_if(groups.begin(), groups.end(),
                              [&](const v1::Group& group) {
                                return std::none_of(rules.begin(), rules.end(), [&](const v1::Rule& rule) {
                                  return rule.group() == group.id();
                                });
                              }),
               groups.end());
}

// Returns the ids of a phase's rules for patients.
Ids MessagesOf(const v1::Pathway& pathway, const std::string& phase) {
  Ids ids;
  for (const v1::Rule& rule : pathway.rules()) {
    if (rule.phase() == phase && rule.audience() != v1::AUDIENCE_CARE_TEAM) ids.push_back(rule.id());
  }
  return ids;
}

void SetSchedule(v1::Pathway* pathway, const std::string& id, const std::string& schedule) {
  *RuleOf(pathway, id)->mutable_schedule() = FromText<v1::Schedule>(schedule);
}

// Sets the only time of day and the end of the window.
void SetTime(v1::Pathway* pathway, const std::string& id, const std::string& time, const std::string& until) {
  v1::Schedule* const schedule = RuleOf(pathway, id)->mutable_schedule();
  schedule->clear_times();
  schedule->add_times(time);
  schedule->mutable_window()->set_until(until);
}

// Adds a condition to rules.
void OnlyFor(v1::Pathway* pathway, const Ids& ids, const std::string& condition) {
  for (const std::string& id : ids) *RuleOf(pathway, id)->add_conditions() = FromText<v1::Condition>(condition);
}

void AddMessage(v1::Pathway* pathway, const std::string& rule) {
  v1::Rule* const added = pathway->add_rules();
  *added = FromText<v1::Rule>(rule);
  (*added->mutable_texts())["en"] = (*added->mutable_texts())["es"] = "Text";
}

struct Mutant {
  const char* name;
  std::function<void(v1::Pathway*)> edit;
  // How BrokenLines names the broken promise.
  const char* broken;
};

void PrintTo(const Mutant& mutant, std::ostream* out) { *out << mutant.name; }

// Caps: the file promises at most 5 messages a day and 25 a week.
const Mutant kCaps[] = {
    {"ADailyCapOfFour", [](v1::Pathway* p) { p->mutable_message_cap()->set_per_day(4); }, "daily cap"},
    {"AWeeklyCapOfTwenty", [](v1::Pathway* p) { p->mutable_message_cap()->set_per_week(20); },
     "weekly cap for cell_source=autologous cell_tissue=bone-marrow"},
    {"EveningIceOnTheFirstDayToo",
     [](v1::Pathway* p) { SetSchedule(p, "ice-pm", "daily {} times: '18:00' window { until: '19:30' }"); },
     "daily cap"},
    {"NoonIceTwice",
     [](v1::Pathway* p) { SetSchedule(p, "ice-noon", "daily {} times: ['13:00', '14:00'] window { until: '16:30' }"); },
     "daily cap"},
    {"LimitedActivityADayEarly",
     [](v1::Pathway* p) {
       SetSchedule(p, "limited-activity",
                   "span { days { first: 3 last: 14 } } daily {} times: '09:30' window { until: '20:00' }");
     },
     "daily cap"},
    {"TherapyFourTimesADay",
     [](v1::Pathway* p) {
       SetSchedule(p, "therapy", "daily {} times: ['09:00', '11:00', '13:00', '15:00'] window { until: '20:00' }");
     },
     "weekly cap for severity=severe smoker=true"},
    {"SevereCasesAskedSixTimes",
     [](v1::Pathway* p) {
       SetSchedule(p, "progress-check-severe",
                   "span { weeks { first: 5 last: 6 } } weekly { weekdays: WEEKDAY_TUESDAY } "
                   "times: ['09:00', '11:00', '13:00', '15:00', '17:00', '18:00'] window { days: 1 }");
     },
     "daily cap for severity=severe"},
    {"WhenToCallOnTheDayOfTheHarvestSite",
     [](v1::Pathway* p) {
       SetSchedule(p, "when-to-call",
                   "on { days: 1 } on { days: 2 } on { days: 10 } times: '10:30' window { days: 20 }");
     },
     "daily cap for cell_source=autologous cell_tissue=bone-marrow"},
    {"ALateMessageThatMovesToAFullDay",
     [](v1::Pathway* p) {
       AddMessage(p, "id: 'late' phase: 'initial-reaction' category: 'ice' "
                     "schedule { on { days: 2 } times: '22:00' window { days: 1 } }");
     },
     "daily cap"},
};

// Windows, with contact hours from 08:00 to 21:00.
const Mutant kWindows[] = {
    {"IceBeforeTheHours", [](v1::Pathway* p) { SetTime(p, "ice-am", "06:00", "07:30"); }, "contact hours ice-am"},
    {"PainCheckAfterTheHours", [](v1::Pathway* p) { SetTime(p, "pain-check", "21:30", "22:30"); },
     "contact hours pain-check"},
    {"LastScoreAfterTheHours", [](v1::Pathway* p) { SetTime(p, "last-score", "22:00", "23:00"); },
     "contact hours last-score"},
    {"CheckInThatEndsAtMidnight",
     [](v1::Pathway* p) { SetSchedule(p, "check-in-monthly", "monthly {} times: '23:30' window { days: 0 }"); },
     "contact hours check-in-monthly"},
    {"SevereProgressCheckAtDawn", [](v1::Pathway* p) { SetTime(p, "progress-check-severe", "05:00", "07:00"); },
     "contact hours progress-check-severe for severity=severe"},
    {"EveningIceForAQuarterOfAnHour", [](v1::Pathway* p) { SetTime(p, "ice-pm", "18:00", "18:15"); },
     "open window ice-pm"},
    {"PainCheckForHalfAnHour", [](v1::Pathway* p) { SetTime(p, "pain-check", "19:30", "20:00"); },
     "open window pain-check"},
    {"TherapyForHalfAnHour", [](v1::Pathway* p) { SetTime(p, "therapy", "09:00", "09:30"); }, "open window therapy"},
    {"BaselineCutByTheHours", [](v1::Pathway* p) { SetTime(p, "baseline", "20:30", "23:00"); },
     "open window baseline"},
    {"IceThatClosesSoonAfterTheHoursOpen", [](v1::Pathway* p) { SetTime(p, "ice-am", "07:00", "08:30"); },
     "open window ice-am"},
    {"MorningOfTheVisitAtItsStart", [](v1::Pathway* p) { SetTime(p, "visit-9-morning", "10:00", "12:00"); },
     "before visit visit-9-morning"},
    {"MorningOfTheVisitJustBeforeIt", [](v1::Pathway* p) { SetTime(p, "visit-6-morning", "09:30", "12:00"); },
     "open window visit-6-morning"},
    {"DayBeforeTheVisitIsTheDayAfter",
     [](v1::Pathway* p) { RuleOf(p, "visit-12-day-before")->mutable_schedule()->mutable_on(0)->set_days(1); },
     "before visit visit-12-day-before"},
};

// Phases without a message, and silences.
const Mutant kPhases[] = {
    {"NothingOnTheDayOfTheProcedure", [](v1::Pathway* p) { Drop(p, MessagesOf(*p, "procedure-day")); },
     "phase procedure-day"},
    {"NothingInTheFirstDays", [](v1::Pathway* p) { Drop(p, MessagesOf(*p, "initial-reaction")); },
     "phase initial-reaction"},
    {"NothingInTheFirstWeeks",
     [](v1::Pathway* p) {
       Drop(p, MessagesOf(*p, "early-recovery"));
       p->clear_safety_categories();
     },
     "phase early-recovery"},
    {"NothingInWeeksThreeToSix", [](v1::Pathway* p) { Drop(p, MessagesOf(*p, "initial-improvements")); },
     "phase initial-improvements"},
    {"NothingInMonthsOneToThree", [](v1::Pathway* p) { Drop(p, MessagesOf(*p, "gradual-progress")); },
     "phase gradual-progress"},
    {"NothingInMonthsThreeToSix", [](v1::Pathway* p) { Drop(p, MessagesOf(*p, "continued-improvement")); },
     "phase continued-improvement"},
    {"NothingForSevereCasesAtTheEnd",
     [](v1::Pathway* p) {
       OnlyFor(p, MessagesOf(*p, "maximum-benefits"), "factor: 'severity' values: ['mild', 'moderate']");
     },
     "phase maximum-benefits for severity=severe"},
    {"NothingForMildCasesInWeeksThreeToSix",
     [](v1::Pathway* p) { OnlyFor(p, {"therapy", "progress-check"}, "factor: 'severity' values: 'severe'"); },
     "phase initial-improvements for severity=mild"},
    {"NothingForWhomSmokingIsNotKnown",
     [](v1::Pathway* p) {
       OnlyFor(p, MessagesOf(*p, "gradual-progress"), "factor: 'smoker' values: ['true', 'false']");
     },
     "phase gradual-progress for smoker=?"},
    {"NothingForOlderPatientsOnTheFirstDay",
     [](v1::Pathway* p) { OnlyFor(p, {"welcome", "baseline"}, "factor: 'age_band' values: 'under-40'"); },
     "phase procedure-day for age_band=40-59"},
    {"MonthsThreeToSixDependOnAnswers",
     [](v1::Pathway* p) {
       for (const std::string& id : MessagesOf(*p, "continued-improvement")) {
         *RuleOf(p, id)->add_observed() =
             FromText<v1::ObservedCondition>("answers { rules: 'pain-check' score_at_least: 3 }");
       }
     },
     "phase continued-improvement"},
    {"TheFirstDayOnlyOnMondays",
     [](v1::Pathway* p) {
       for (const char* id : {"welcome", "baseline"}) {
         SetSchedule(p, id, "weekly { weekdays: WEEKDAY_MONDAY } times: '15:00' window { until: '21:00' }");
       }
     },
     "phase procedure-day"},
    {"NoCheckInsAtTheEnd", [](v1::Pathway* p) { Drop(p, {"check-in-monthly", "check-in-monthly-again"}); },
     "silence maximum-benefits"},
    {"CheckInsEachThirdMonth",
     [](v1::Pathway* p) { RuleOf(p, "check-in-monthly")->mutable_schedule()->mutable_monthly()->set_interval(3); },
     "silence maximum-benefits"},
    {"CheckInsEachEighthWeek",
     [](v1::Pathway* p) { RuleOf(p, "check-in-fortnightly")->mutable_schedule()->mutable_weekly()->set_interval(8); },
     "silence continued-improvement for severity=mild"},
};

// Texts, questions, reactions, visits, and rules that do nothing.
const Mutant kRules[] = {
    {"NoonIceIsNotTranslated", [](v1::Pathway* p) { RuleOf(p, "ice-noon")->mutable_texts()->erase("es"); },
     "text ice-noon"},
    {"FarewellIsNotTranslated", [](v1::Pathway* p) { RuleOf(p, "closing")->mutable_texts()->erase("es"); },
     "text closing"},
    {"DiscreetWelcomeIsNotTranslated",
     [](v1::Pathway* p) { (*RuleOf(p, "welcome")->mutable_discreet_texts())["en"] = "Hello."; }, "text welcome"},
    {"WelcomeIsInMexicanSpanishOnly",
     [](v1::Pathway* p) {
       auto& texts = *RuleOf(p, "welcome")->mutable_texts();
       texts["es-MX"] = texts["es"];
       texts.erase("es");
     },
     "text welcome"},
    {"ASecondCallWithoutAFirst",
     [](v1::Pathway* p) { OnlyFor(p, {"check-in-monthly"}, "factor: 'severity' values: 'severe'"); },
     "question check-in-monthly-again for severity=mild"},
    {"ASecondCallBeforeTheFirst",
     [](v1::Pathway* p) {
       SetSchedule(p, "check-in-monthly-again", "on { months: 6 } on { months: 7 } times: '16:00'");
     },
     "question check-in-monthly-again"},
    {"AReactionForOthersThanAreAsked",
     [](v1::Pathway* p) {
       OnlyFor(p, {"pain-check"}, "factor: 'severity' values: 'severe'");
       OnlyFor(p, {"bad-pain-task"}, "factor: 'severity' values: ['mild', 'moderate']");
     },
     "reaction bad-pain-task for severity=mild"},
    {"ATaskForMildCasesThatSevereCasesAnswer",
     [](v1::Pathway* p) { OnlyFor(p, {"worse-task"}, "factor: 'severity' values: 'mild'"); },
     "reaction worse-task for severity=mild"},
    {"AQuestionnaireThatBreaksOff",
     [](v1::Pathway* p) {
       AddMessage(p, "id: 'q1' phase: 'maximum-benefits' category: 'q' answer: ANSWER_KIND_SCORE "
                     "schedule { on { months: 8 } times: '12:00' }");
       AddMessage(p, "id: 'q2' phase: 'maximum-benefits' category: 'q' answer: ANSWER_KIND_SCORE schedule {} "
                     "conditions { factor: 'smoker' values: 'true' } reaction { rules: 'q1' answered: true }");
       *p->add_questionnaires() = FromText<v1::Questionnaire>("id: 'knee-score' rules: ['q1', 'q2']");
     },
     "questionnaire knee-score for smoker=false"},
    {"NobodyAsksToBookMonthSix", [](v1::Pathway* p) { Drop(p, {"visit-6-book", "visit-6-overdue"}); },
     "asked for month-6"},
    {"NobodyRemindsOfMonthNine",
     [](v1::Pathway* p) { Drop(p, {"visit-9-week-before", "visit-9-day-before", "visit-9-morning"}); },
     "visit reminder month-9"},
    {"OnlySevereCasesAreRemindedOfMonthTwelve",
     [](v1::Pathway* p) {
       OnlyFor(p, {"visit-12-week-before", "visit-12-day-before", "visit-12-morning"},
               "factor: 'severity' values: 'severe'");
     },
     "visit reminder month-12 for severity=mild"},
    {"AVisitOfWhichNobodyHears",
     [](v1::Pathway* p) {
       *p->add_visits() = FromText<v1::PathwayVisit>("id: 'month-3' display_name: 'Visit' target { months: 3 }");
     },
     "asked for month-3"},
    {"ConditionsThatContradict",
     [](v1::Pathway* p) { OnlyFor(p, {"lifestyle-diet"}, "factor: 'exercise' values: 'irregular'"); },
     "applies lifestyle-diet"},
    {"ACancelledVisitIsRecordedAfterItsMessageHasClosed",
     [](v1::Pathway* p) { SetTime(p, "visit-9-cancelled", "08:00", "12:00"); }, "occurs visit-9-cancelled"},
    {"AMissedVisitIsRecordedAfterItsMessageHasClosed",
     [](v1::Pathway* p) { SetTime(p, "visit-6-missed", "08:00", "12:00"); }, "occurs visit-6-missed"},
};

// Four months of dates in two zones, north and south. What is found in them is found in a whole year.
YearOptions Options() {
  YearOptions options;
  options.first_date = absl::CivilDay(2027, 1, 1);
  options.dates = 120;
  options.zones = {"America/New_York", "America/Santiago"};
  options.hours = HoursOf("08:00", "21:00");
  return options;
}

class KneeMutantsTest : public testing::TestWithParam<Mutant> {};

TEST_P(KneeMutantsTest, IsFound) {
  v1::Pathway source = KneeSource();
  GetParam().edit(&source);
  const auto pathway = CompileGood(source);
  ASSERT_NE(pathway, nullptr);
  EXPECT_THAT(BrokenLines(*pathway, WalkYear(*pathway, Options())), Contains(GetParam().broken));
}

const auto kNameOfMutant = [](const testing::TestParamInfo<Mutant>& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(Caps, KneeMutantsTest, testing::ValuesIn(kCaps), kNameOfMutant);
INSTANTIATE_TEST_SUITE_P(Windows, KneeMutantsTest, testing::ValuesIn(kWindows), kNameOfMutant);
INSTANTIATE_TEST_SUITE_P(Phases, KneeMutantsTest, testing::ValuesIn(kPhases), kNameOfMutant);
INSTANTIATE_TEST_SUITE_P(Rules, KneeMutantsTest, testing::ValuesIn(kRules), kNameOfMutant);

TEST(KneeYearTest, TheShippedPathwayKeepsEveryPromise) {
  YearOptions options;
  options.first_date = absl::CivilDay(2027, 1, 1);
  options.hours = HoursOf("08:00", "21:00");
  EXPECT_THAT(BrokenLines(Knee(), WalkYear(Knee(), options)), IsEmpty());
  options.first_date = absl::CivilDay(2027, 6, 1);  // Into a leap year.
  options.hours = ContactHours();
  EXPECT_THAT(BrokenLines(Knee(), WalkYear(Knee(), options)), IsEmpty());
}

}  // namespace
}  // namespace aftercare::plan
