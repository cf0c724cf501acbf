// The pathway that ships: that it says of each phase, each factor and each message what the timeline of the knee asks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/answers/questionnaires.h"
#include "scheduler/plan/answers/reactions.h"
#include "scheduler/plan/message_check.h"
#include "scheduler/plan/series_check.h"
#include "tests/plan/knee.h"

namespace aftercare::plan {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

// How many reminders of each `phase/category` those factors make.
std::map<std::string, int> CountsWith(const Factors& factors) {
  std::map<std::string, int> counts;
  for (const Occurrence& occurrence : PlanWith(factors)) {
    const v1::Rule& rule = Knee().rule_source(occurrence.rule);
    ++counts[absl::StrCat(rule.phase(), "/", rule.category())];
  }
  return counts;
}

// Ids of the rules that apply with those factors.
std::set<std::string> RulesWith(const Factors& factors) {
  std::set<std::string> ids;
  for (const Occurrence& occurrence : PlanWith(factors)) ids.insert(Knee().rule_source(occurrence.rule).id());
  return ids;
}

// What of `a` is not in `b`.
std::vector<std::string> Less(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::vector<std::string> rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest));
  return rest;
}

// Ids of the rules whose messages are due at the enrollment, if that is at this local time. All that is of one rule
// counts as one: what comes once a day has no other of its rule then, and `when-to-call` supersedes itself.
std::set<std::string> DueAtEnrollment(absl::CivilHour local) {
  PatientFacts facts = FactsWith({{"cell_source", "autologous"}, {"cell_tissue", "adipose"}, {"smoker", "true"}});
  facts.enroll_time = absl::FromCivil(local, facts.zone);
  std::set<std::string> ids;
  for (const Occurrence& occurrence : WholePlan(Knee(), facts)) {
    const bool is_message = Knee().rule(occurrence.rule).audience == v1::AUDIENCE_PATIENT;
    const bool is_due = occurrence.missed == v1::REMINDER_REASON_UNSPECIFIED && occurrence.due == facts.enroll_time;
    if (is_message && is_due) ids.insert(Knee().rule_source(occurrence.rule).id());
  }
  return ids;
}

// Nominal times of the reminders of one rule, in order.
std::vector<std::string> TimesOf(const std::string& rule, const Factors& factors = {}) {
  std::vector<std::string> times;
  for (const Occurrence& occurrence : PlanWith(factors)) {
    if (Knee().rule_source(occurrence.rule).id() == rule) times.push_back(FormatMinute(occurrence.nominal));
  }
  return times;
}

TEST(KneeTest, PhasesRunOnTheDaysOfTheTimeline) {
  std::vector<std::string> phases;
  for (int i = 0; i < Knee().phase_count(); ++i) {
    const DateRange dates = PhaseDates(Knee(), i, absl::CivilDay(2026, 6, 1));
    phases.push_back(
        absl::StrCat(Knee().phase_source(i).id(), " ", FormatDate(dates.first), " ", FormatDate(dates.last)));
  }
  EXPECT_THAT(phases, ElementsAre("procedure-day 2026-06-01 2026-06-01",            // Day 0.
                                  "initial-reaction 2026-06-02 2026-06-04",         // Days 1-3.
                                  "early-recovery 2026-06-02 2026-06-15",           // Weeks 1-2.
                                  "initial-improvements 2026-06-16 2026-07-13",     // Weeks 3-6.
                                  "gradual-progress 2026-07-01 2026-08-31",         // Months 1-3.
                                  "continued-improvement 2026-09-01 2026-11-30",    // Months 3-6.
                                  "maximum-benefits 2026-12-01 2027-05-31"));       // Months 6-12.
}

// As long as no visit is booked.
TEST(KneeTest, AnOrdinaryPatientIsSentWhatEachPhaseAsksFor) {
  EXPECT_THAT(CountsWith({}), ElementsAre(Pair("continued-improvement/check-in", 7),     // Every other Tuesday.
                                          Pair("continued-improvement/expectation", 1),  //
                                          Pair("continued-improvement/score", 1),        // After three months.
                                          Pair("early-recovery/activity", 11),           // Each day from the fourth.
                                          Pair("early-recovery/expectation", 1),         //
                                          Pair("early-recovery/preparation", 1),         // That therapy is near.
                                          Pair("early-recovery/safety", 6),              // Two things, three times.
                                          Pair("early-recovery/score", 1),               //
                                          Pair("gradual-progress/check-in", 7),          // Each Tuesday.
                                          Pair("gradual-progress/lifestyle", 5),         // Every other Thursday.
                                          Pair("gradual-progress/therapy", 6),           // Each Sunday.
                                          Pair("initial-improvements/progress", 4),      // Each of four weeks.
                                          Pair("initial-improvements/therapy", 24),      // Three a week, and once more.
                                          Pair("initial-improvements/therapy-support", 5),  // If little is done.
                                          Pair("initial-reaction/ice", 8),               // Three a day, two on day 1.
                                          Pair("initial-reaction/pain-check", 3),        // Each evening.
                                          Pair("maximum-benefits/check-in", 12),         // Each month, and once more.
                                          Pair("maximum-benefits/closing", 1),           //
                                          Pair("maximum-benefits/expectation", 1),       //
                                          Pair("maximum-benefits/function", 3),          // After six, nine, twelve.
                                          Pair("maximum-benefits/score", 2),             // After six and twelve.
                                          Pair("maximum-benefits/visit", 18),            // Six a visit.
                                          Pair("procedure-day/score", 1),                //
                                          Pair("procedure-day/welcome", 1)));
  EXPECT_EQ(PlanWith({}).size(), 130u);
}

// `rule time` of what is due on a day after the procedure.
std::vector<std::string> DueOnDay(int day, const Factors& factors = {}) {
  std::vector<std::string> due;
  for (const Occurrence& occurrence : PlanWith(factors)) {
    if (absl::CivilDay(occurrence.nominal) != absl::CivilDay(2026, 6, 1) + day) continue;
    due.push_back(Knee().rule_source(occurrence.rule).id() + FormatMinute(occurrence.nominal).substr(10));
  }
  return due;
}

TEST(KneeTest, OnTheDayOfTheProcedureThePatientIsWelcomedAndAskedForTheScoreToCompareWith) {
  EXPECT_THAT(DueOnDay(0), ElementsAre("welcomeT15:00", "baselineT17:00"));
  EXPECT_THAT(TimesOf("last-score"), ElementsAre("2027-06-01T12:00"));
  EXPECT_THAT(TimesOf("closing"), ElementsAre("2027-06-01T17:00"));
}

TEST(KneeTest, IceAndRestComeSeveralTimesADayAndThePainCheckInTheEvening) {
  EXPECT_THAT(DueOnDay(1), ElementsAre("ice-amT08:00", "when-to-callT10:30", "ice-noonT13:00", "pain-reliefT15:30",
                                       "pain-checkT19:30"));
  EXPECT_THAT(DueOnDay(2), ElementsAre("ice-amT08:00", "ice-noonT13:00", "ice-pmT18:00", "pain-checkT19:30"));
  EXPECT_THAT(DueOnDay(3), ElementsAre("ice-amT08:00", "ice-noonT13:00", "pain-reliefT15:30", "ice-pmT18:00",
                                       "pain-checkT19:30"));
  EXPECT_THAT(DueOnDay(4), ElementsAre("limited-activityT09:30", "baseline-againT11:30"));
}

TEST(KneeTest, OnEachOfTheFirstFourteenDaysThePatientIsToldToRest) {
  for (int day = 1; day <= 14; ++day) {
    std::vector<std::string> texts;
    for (const Occurrence& occurrence : PlanWith({})) {
      if (absl::CivilDay(occurrence.nominal) != absl::CivilDay(2026, 6, 1) + day) continue;
      texts.push_back(Knee().rule_source(occurrence.rule).texts().at("en"));
    }
    EXPECT_THAT(texts, Contains(AllOf(HasSubstr("rest"), HasSubstr("walks")))) << "day " << day;
  }
  EXPECT_THAT(TimesOf("therapy-prepare"), ElementsAre("2026-06-13T12:00"));
}

// Whom no message reached on day 1, because the patient was enrolled later, is told at once.
TEST(KneeTest, WhenToCallIsToldThreeTimesAndAtOnceToWhoIsEnrolledLate) {
  EXPECT_THAT(TimesOf("when-to-call"), ElementsAre("2026-06-02T10:30", "2026-06-06T10:30", "2026-06-11T10:30"));
  for (int day = 1; day <= 30; ++day) {
    EXPECT_THAT(DueAtEnrollment(absl::CivilHour(2026, 6, 1, 20) + 24 * day), Contains("when-to-call")) << day;
  }
}

TEST(KneeTest, AtMostFiveMessagesADayComeToWhomever) {
  EXPECT_THAT(FindBusyDays(Knee(), 100), IsEmpty());
  int most = 0;
  for (const Factors& factors : AllPatients()) {
    std::map<absl::CivilDay, int> messages;
    for (const Occurrence& occurrence : PlanWith(factors)) {
      if (Knee().rule(occurrence.rule).audience != v1::AUDIENCE_PATIENT) continue;
      most = std::max(most, ++messages[absl::CivilDay(occurrence.nominal)]);
    }
  }
  EXPECT_EQ(most, 5);
}

TEST(KneeTest, ALateEnrollmentBringsFewMessagesAtOnce) {
  const absl::CivilHour procedure(2026, 6, 1, 0);
  for (int hour = 0; hour < 24 * 366; ++hour) {
    const std::set<std::string> due = DueAtEnrollment(procedure + hour);
    ASSERT_LE(due.size(), hour < 4 * 24 ? 3u : 4u) << hour << ": " << testing::PrintToString(due);
  }
}

TEST(KneeTest, NobodyIsAskedTheSameTwiceWhileTherapyIsThreeTimesAWeek) {
  for (const Factors& factors : {Factors{}, Factors{{"severity", "severe"}}}) {
    const std::vector<std::string> progress = TimesOf("progress-check", factors);
    const char* weekly = factors.empty() ? "check-in-weekly" : "check-in-twice-weekly";
    EXPECT_LT(progress.back(), TimesOf(weekly, factors).front());
    EXPECT_LT(TimesOf("therapy", factors).back(), TimesOf("therapy-weekly", factors).front());
  }
}

TEST(KneeTest, NoMonthOfTheLastSixIsSilent) {
  EXPECT_THAT(TimesOf("expect-full"), ElementsAre("2026-12-01T12:00"));
  EXPECT_THAT(TimesOf("check-in-monthly"),
              ElementsAre("2026-12-01T17:00", "2027-01-01T17:00", "2027-02-01T17:00", "2027-03-01T17:00",
                          "2027-04-01T17:00", "2027-05-01T17:00"));
  EXPECT_EQ(TimesOf("check-in-monthly-again").back(), "2027-05-04T17:00");
}

TEST(KneeTest, OnlyWhatAsksAgainFollowsUpAQuestion) {
  std::vector<std::string> follow_ups, safety;
  for (int i = 0; i < Knee().rule_count(); ++i) {
    if (Knee().rule(i).follow_up) follow_ups.push_back(Knee().rule_source(i).id());
    if (Knee().rule(i).is_safety) safety.push_back(Knee().rule_source(i).id());
  }
  EXPECT_THAT(follow_ups, ElementsAre("therapy-again", "check-in-monthly-again"));
  EXPECT_THAT(safety, ElementsAre("when-to-call", "pain-relief"));
}

TEST(KneeTest, TherapyIsOnMondaysWednesdaysAndFridays) {
  const std::vector<std::string> times = TimesOf("therapy");
  ASSERT_EQ(times.size(), 12u);
  EXPECT_THAT((std::vector<std::string>(times.begin(), times.begin() + 4)),
              ElementsAre("2026-06-17T09:00", "2026-06-19T09:00", "2026-06-22T09:00", "2026-06-24T09:00"));
  EXPECT_EQ(times.back(), "2026-07-13T09:00");  // The last day of week 6 is a Monday.
}

TEST(KneeTest, WhatToExpectIsSaidAsThePhaseBegins) {
  EXPECT_THAT(TimesOf("expect-later"), ElementsAre("2026-09-01T12:00"));
}

TEST(KneeTest, OnlyVisitsDonorCellsTherapyAnswersAndWhatIsNeverToldMakeTasksForTheCareTeam) {
  std::vector<std::string> tasks;
  for (int i = 0; i < Knee().rule_count(); ++i) {
    if (Knee().rule(i).audience == v1::AUDIENCE_CARE_TEAM) tasks.push_back(Knee().rule_source(i).id());
  }
  std::vector<std::string> expected = {"never-told-task", "allogeneic-check", "therapy-low-task"};
  for (const char* visit : {"visit-6", "visit-9", "visit-12"}) {
    for (const char* task : {"check-booked", "overdue-task", "outside-window", "outcome-task", "missed-task",
                             "cancelled-task"}) {
      expected.push_back(absl::StrCat(visit, "-", task));
    }
  }
  for (const char* task : {"danger-task", "bad-pain-task", "worse-task", "worse-twice-task", "no-answer-task"}) {
    expected.push_back(task);
  }
  EXPECT_EQ(tasks, expected);
}

// The rules that react to an answer, by id.
std::vector<std::string> SetOffBy(const std::vector<int>& rules) {
  std::vector<std::string> ids;
  for (const int rule : rules) ids.push_back(Knee().rule_source(rule).id());
  return ids;
}

TEST(KneeTest, BadPainAWorseKneeAndAMissingAnswerReachTheCareTeam) {
  const auto score = [](const char* rule, int score) {
    return SetOffBy(ReactionsTo(Knee(), {Knee().FindRule(rule), std::nullopt, score, std::nullopt}));
  };
  EXPECT_THAT(score("pain-check", 7), ElementsAre("bad-pain-task"));
  EXPECT_THAT(score("last-score", 10), ElementsAre("bad-pain-task"));
  EXPECT_THAT(score("pain-check", 6), IsEmpty());
  EXPECT_THAT(score("baseline", 10), IsEmpty());  // How it was before.
  const auto choice = [](const char* rule, int choice) {
    return SetOffBy(ReactionsTo(Knee(), {Knee().FindRule(rule), std::nullopt, std::nullopt, choice}));
  };
  // Which of the two comes due depends on the answer before.
  EXPECT_THAT(choice("check-in-monthly", 3), ElementsAre("worse-task", "worse-twice-task"));
  EXPECT_THAT(choice("check-in-every-week", 2), IsEmpty());
  EXPECT_THAT(SetOffBy(ReactionsToSilence(Knee(), Knee().FindRule("check-in-monthly-again"))),
              ElementsAre("no-answer-task"));
}

TEST(KneeTest, WordsThatMayBeSignsOfDangerReachTheCareTeamAtOnceInBothLanguages) {
  for (const char* text : {"I have a fever", "My CALF hurts and is swollen", "there is blood", "chest pain!!",
                           "I can't breathe", "i cant breathe", "Tengo fiebre", "me duele el pecho",
                           "tengo la pantorrilla hinchada", "no puedo respirar"}) {
    const std::vector<int> lists = WordListsIn(Knee(), text);
    EXPECT_THAT(SetOffBy(ReactionsToWords(Knee(), lists, -1)), ElementsAre("danger-task")) << text;
  }
  for (const char* text : {"7", "Done, thanks", "It is a bit sore", "Hecho", "Me duele la rodilla", "Can I walk?"}) {
    EXPECT_THAT(WordListsIn(Knee(), text), IsEmpty()) << text;
  }
  const CompiledRule& task = Knee().rule(Knee().FindRule("danger-task"));
  EXPECT_EQ(task.urgency, v1::URGENCY_EMERGENCY);
  EXPECT_EQ(task.escalation.size(), 2u);
}

TEST(KneeTest, TheQuestionsOnFunctionComeOnDaysOfTheirOwnAndMakeAScoreFromZeroToAHundred) {
  EXPECT_THAT(TimesOf("function-walk"), ElementsAre("2026-12-06T12:00", "2027-03-06T12:00", "2027-05-22T12:00"));
  for (const std::string& time : TimesOf("function-walk")) {
    for (const Occurrence& occurrence : PlanWith({})) {
      const v1::Rule& rule = Knee().rule_source(occurrence.rule);
      const bool is_of_day = FormatMinute(occurrence.nominal).substr(0, 10) == time.substr(0, 10);
      if (!is_of_day || rule.id() == "function-walk") continue;
      EXPECT_EQ(rule.answer(), v1::ANSWER_KIND_UNSPECIFIED) << rule.id();  // No number may be meant for another.
    }
  }
  ASSERT_EQ(Knee().questionnaire_count(), 1);
  EXPECT_EQ(ScoreRound(Knee(), 0, {1, 1, 1})->score, 100);
  EXPECT_EQ(ScoreRound(Knee(), 0, {3, 3, 3})->score, 50);
  EXPECT_EQ(ScoreRound(Knee(), 0, {5, 5, 5})->score, 0);
  const auto next = [](const char* rule) {
    return SetOffBy(ReactionsTo(Knee(), {Knee().FindRule(rule), std::nullopt, std::nullopt, 4}));
  };
  EXPECT_THAT(next("function-walk"), ElementsAre("function-carry"));
  EXPECT_THAT(next("function-carry"), ElementsAre("function-seat"));
  EXPECT_THAT(next("function-seat"), IsEmpty());
}

TEST(KneeTest, ASevereSmokerIsSentOtherThingsThanAMildPatient) {
  const auto mild = RulesWith({{"severity", "mild"}});
  const auto severe = RulesWith({{"severity", "severe"}, {"smoker", "true"}});
  EXPECT_THAT(Less(severe, mild),
              ElementsAre("check-in-every-week", "check-in-twice-weekly", "expect-early-severe", "expect-later-severe",
                          "lifestyle-stop-smoking", "progress-check-severe"));
  EXPECT_THAT(Less(mild, severe),
              ElementsAre("check-in-fortnightly", "check-in-weekly", "expect-early", "expect-later"));
}

TEST(KneeTest, SevereDamageDoublesTheCheckIns) {
  std::map<std::string, int> mild = CountsWith({{"severity", "mild"}});
  std::map<std::string, int> severe = CountsWith({{"severity", "severe"}});
  EXPECT_EQ(mild["initial-improvements/progress"], 4);     // A Saturday a week,
  EXPECT_EQ(severe["initial-improvements/progress"], 6);   // and from week 5 on a Tuesday.
  EXPECT_EQ(mild["gradual-progress/check-in"], 7);         // Tuesdays from 14 July to 28 August,
  EXPECT_EQ(severe["gradual-progress/check-in"], 14);      // and the seven Fridays there.
  EXPECT_EQ(mild["continued-improvement/check-in"], 7);    // Every other of 13 Tuesdays, from the first,
  EXPECT_EQ(severe["continued-improvement/check-in"], 13);  // and all of them.
}

TEST(KneeTest, EachFactorSelectsItsOwnMessages) {
  const auto added = [](const Factors& with, const Factors& without) {
    return Less(RulesWith(with), RulesWith(without));
  };
  EXPECT_THAT(added({{"age_band", "under-40"}}, {{"age_band", "60-plus"}}), ElementsAre("expect-later-younger"));
  EXPECT_THAT(added({{"diet", "unhealthy"}}, {{"diet", "healthy"}}), ElementsAre("lifestyle-diet"));
  EXPECT_THAT(added({{"exercise", "irregular"}}, {{"exercise", "regular"}}), ElementsAre("lifestyle-exercise"));
  EXPECT_THAT(added({{"diet", "unhealthy"}, {"exercise", "irregular"}}, {}), ElementsAre("lifestyle-diet-exercise"));
  EXPECT_THAT(added({{"smoker", "true"}}, {{"smoker", "false"}}), ElementsAre("lifestyle-stop-smoking"));
  EXPECT_THAT(added({{"smoker", "false"}}, {{"smoker", "true"}}), ElementsAre("lifestyle-smoke-free"));
  EXPECT_THAT(added({{"cell_source", "autologous"}}, {}), ElementsAre("expect-early-autologous"));
  EXPECT_THAT(added({{"cell_source", "allogeneic"}}, {}), ElementsAre("allogeneic-check", "expect-early-allogeneic"));
  EXPECT_THAT(added({{"cell_source", "autologous"}, {"cell_tissue", "adipose"}}, {{"cell_source", "autologous"}}),
              ElementsAre("harvest-site-adipose"));
  EXPECT_THAT(added({{"cell_source", "autologous"}, {"cell_tissue", "bone-marrow"}}, {{"cell_source", "autologous"}}),
              ElementsAre("harvest-site-marrow"));
}

TEST(KneeTest, TheCareTeamChecksInOnDonorCellsInTheFirstTwoWeeks) {
  EXPECT_THAT(TimesOf("allogeneic-check", {{"cell_source", "allogeneic"}}), ElementsAre("2026-06-08T09:00"));
}

// Variants exclude each other and leave nobody out.
TEST(KneeTest, WhoeverThePatientIsEachPhaseHasItsMessages) {
  const std::vector<Factors> patients = AllPatients();
  ASSERT_GT(patients.size(), 5000u);
  for (const Factors& factors : patients) {
    std::map<std::string, int> rules;  // By phase and category, how many rules apply.
    const PatientFacts facts = FactsWith(factors);
    for (int i = 0; i < Knee().rule_count(); ++i) {
      const v1::Rule& rule = Knee().rule_source(i);
      if (facts.rules[i]) ++rules[absl::StrCat(rule.phase(), "/", rule.category())];
    }
    for (const char* once : {"early-recovery/expectation", "continued-improvement/expectation",
                             "gradual-progress/check-in", "continued-improvement/check-in"}) {
      ASSERT_EQ(rules[once], 1) << once << " for " << testing::PrintToString(factors);
    }
    // One on diet and exercise; one on smoking where that is known.
    ASSERT_EQ(rules["gradual-progress/lifestyle"], factors.count("smoker") > 0 ? 2 : 1)
        << testing::PrintToString(factors);
    ASSERT_EQ(rules["early-recovery/care-team-check"],
              factors.count("cell_source") > 0 && factors.at("cell_source") == "allogeneic" ? 1 : 0)
        << testing::PrintToString(factors);
  }
}

TEST(KneeTest, NoPatientIsToldTheSameTwiceAtOneTime) { EXPECT_THAT(FindSeriesOverlaps(Knee(), 100), IsEmpty()); }

// Who is found to be worse off, or to have another age or other habits, is not told again what was told.
TEST(KneeTest, TheVariantsOfAMessageAreOneSeries) {
  std::map<std::string, std::vector<std::string>> series;
  for (int i = 0; i < Knee().rule_count(); ++i) series[Knee().series(i)].push_back(Knee().rule_source(i).id());
  for (auto it = series.begin(); it != series.end();) it = it->second.size() == 1 ? series.erase(it) : std::next(it);
  EXPECT_THAT(
      series,
      ElementsAre(
          Pair("check-in-fortnightly", ElementsAre("check-in-fortnightly", "check-in-every-week")),
          Pair("check-in-weekly", ElementsAre("check-in-weekly", "check-in-twice-weekly")),
          Pair("expect-early", ElementsAre("expect-early", "expect-early-autologous", "expect-early-allogeneic",
                                           "expect-early-severe", "expect-early-severe-allogeneic")),
          Pair("expect-later", ElementsAre("expect-later", "expect-later-younger", "expect-later-severe")),
          Pair("lifestyle",
               ElementsAre("lifestyle", "lifestyle-diet", "lifestyle-exercise", "lifestyle-diet-exercise"))));
}

TEST(KneeTest, EveryRuleSpeaksEnglishAndSpanish) {
  for (int i = 0; i < Knee().rule_count(); ++i) {
    const auto& texts = Knee().rule_source(i).texts();
    ASSERT_EQ(texts.size(), 2u) << Knee().rule_source(i).id();
    EXPECT_EQ(Knee().TextFor(i, "en-US").locale, "en");
    EXPECT_EQ(Knee().TextFor(i, "es-MX").locale, "es");
    EXPECT_NE(texts.at("en"), texts.at("es")) << Knee().rule_source(i).id();
  }
  EXPECT_EQ(Knee().source().default_locale(), "en");
}

TEST(KneeTest, ItSaysThatItsWordsAreSamplesForAClinician) {
  EXPECT_THAT(Knee().source().description(), HasSubstr("sample for a clinician to review"));
}

}  // namespace
}  // namespace aftercare::plan
