// The pathway that ships: that it says of each phase, each factor and each message what the timeline of the knee asks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/series_check.h"
#include "scheduler/plan/input/text_validation.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

using Factors = std::map<std::string, std::string>;

const CompiledPathway& Knee() {
  static const auto* const pathway = [] {
    std::ifstream file(AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto");
    std::stringstream text;
    text << file.rdbuf();
    auto compiled = CompileGood(FromText<v1::Pathway>(text.str()));
    if (compiled == nullptr) std::abort();  // What is wrong has been printed; no test of it can go on.
    return new std::shared_ptr<const CompiledPathway>(std::move(compiled));
  }();
  return **pathway;
}

v1::Enrollment PatientWith(const Factors& factors) {
  auto patient = FromText<v1::Enrollment>(R"(
      patient: "p1" first_name: "Isabella" last_name: "Martinez" procedure_date: "2026-06-01"
      time_zone: "America/New_York" locale: "en" consent: CONSENT_GRANTED)");
  for (const auto& [factor, value] : factors) (*patient.mutable_factors())[factor] = value;
  return patient;
}

PatientFacts FactsWith(const Factors& factors) {
  FieldErrors errors;
  const auto facts = FactsOf(PatientWith(factors), Knee(), &errors);
  for (const std::string& line : LinesOf(errors)) ADD_FAILURE() << line;
  return facts.value_or(PatientFacts());
}

// ReadTransaction of a patient whose visits all stand in that state, with appointments two days after their targets at
// 14:30.
PatientFacts FactsWithVisits(v1::VisitState state, const std::string& since) {
  record::v1::PlanHistory history;
  for (const auto& [visit, start] : {std::pair("month-6", "2026-12-03T19:30Z"), {"month-9", "2027-03-03T19:30Z"},
                                     {"month-12", "2027-06-03T18:30Z"}}) {
    record::v1::VisitRecord* record = history.add_visits();
    record->set_visit(visit);
    record->set_state(state);
    record->set_appointment(1);
    record->set_start_micros(absl::ToUnixMicros(Instant(start)));
    record->set_since_micros(absl::ToUnixMicros(Instant(since)));
  }
  return TrustedFactsOf(PatientWith({}), Knee(), {}, history);
}

std::vector<Occurrence> PlanWith(const Factors& factors) { return WholePlan(Knee(), FactsWith(factors)); }

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

// Nominal times of the reminders of one rule, in order.
std::vector<std::string> TimesOf(const std::string& rule, const Factors& factors = {}) {
  std::vector<std::string> times;
  for (const Occurrence& occurrence : PlanWith(factors)) {
    if (Knee().rule_source(occurrence.rule).id() == rule) times.push_back(FormatMinute(occurrence.nominal));
  }
  return times;
}

// Every combination of the pathway's factors, each also left out.
std::vector<Factors> AllPatients() {
  std::vector<Factors> patients = {{}};
  for (const v1::Factor& factor : Knee().source().factors()) {
    for (size_t i = patients.size(); i-- > 0;) {
      for (const std::string& value : factor.values()) {
        patients.push_back(patients[i]);
        patients.back()[factor.id()] = value;
      }
    }
  }
  return patients;
}

TEST(KneeTest, PhasesRunOnTheDaysOfTheTimeline) {
  std::vector<std::string> phases;
  for (int i = 0; i < Knee().phase_count(); ++i) {
    const DateRange dates = PhaseDates(Knee(), i, absl::CivilDay(2026, 6, 1));
    phases.push_back(
        absl::StrCat(Knee().phase_source(i).id(), " ", FormatDate(dates.first), " ", FormatDate(dates.last)));
  }
  EXPECT_THAT(phases, ElementsAre("initial-reaction 2026-06-02 2026-06-04",         // Days 1-3.
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
                                          Pair("early-recovery/activity", 14),           // Each day of two weeks.
                                          Pair("early-recovery/expectation", 1),         //
                                          Pair("gradual-progress/check-in", 8),          // Each Tuesday.
                                          Pair("gradual-progress/lifestyle", 5),         // Every other Thursday.
                                          Pair("gradual-progress/therapy", 9),           // Each Sunday.
                                          Pair("initial-improvements/progress", 4),      // Each of four weeks.
                                          Pair("initial-improvements/therapy", 12),      // Three in each of them.
                                          Pair("initial-reaction/ice", 9),               // Three a day.
                                          Pair("initial-reaction/pain-check", 3),        // Each evening.
                                          Pair("initial-reaction/rest", 6),              // Two a day.
                                          Pair("initial-reaction/safety", 1),            //
                                          Pair("maximum-benefits/visit", 9)));           // Three a visit.
  EXPECT_EQ(PlanWith({}).size(), 89u);
}

TEST(KneeTest, IceAndRestComeSeveralTimesADayAndThePainCheckInTheEvening) {
  std::vector<std::string> second_day;
  for (const Occurrence& occurrence : PlanWith({})) {
    const v1::Rule& rule = Knee().rule_source(occurrence.rule);
    const std::string time = FormatMinute(occurrence.nominal);
    if (rule.phase() != "initial-reaction" || !absl::StartsWith(time, "2026-06-03")) continue;
    second_day.push_back(absl::StrCat(rule.category(), time.substr(10)));
  }
  EXPECT_THAT(second_day,
              ElementsAre("iceT08:00", "restT10:30", "iceT13:00", "restT15:30", "iceT18:00", "pain-checkT19:30"));
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

// `rule nominal` of what is planned about visits.
std::vector<std::string> AboutVisits(const PatientFacts& facts) {
  std::vector<std::string> lines;
  for (const Occurrence& occurrence : WholePlan(Knee(), facts)) {
    const v1::Rule& rule = Knee().rule_source(occurrence.rule);
    if (rule.category() == "visit") lines.push_back(absl::StrCat(rule.id(), " ", FormatMinute(occurrence.nominal)));
  }
  return lines;
}

TEST(KneeTest, ThePatientIsAskedToBookEachVisitAndTheCareTeamGetsATaskAsItsWindowNears) {
  EXPECT_THAT(AboutVisits(FactsWith({})),
              ElementsAre("visit-6-book 2026-11-03T10:00", "visit-6-check-booked 2026-11-17T09:00",
                          "visit-6-book 2026-11-17T10:00", "visit-9-book 2027-02-01T10:00",
                          "visit-9-check-booked 2027-02-15T09:00", "visit-9-book 2027-02-15T10:00",
                          "visit-12-book 2027-05-04T10:00", "visit-12-check-booked 2027-05-18T09:00",
                          "visit-12-book 2027-05-18T10:00"));
}

TEST(KneeTest, WhatIsBookedIsRemindedOfAWeekAndADayBeforeAndOnTheMorning) {
  EXPECT_THAT(AboutVisits(FactsWithVisits(v1::VISIT_STATE_BOOKED, "2026-10-01T12:00Z")),
              ElementsAre("visit-6-week-before 2026-11-26T10:00", "visit-6-day-before 2026-12-02T10:00",
                          "visit-6-morning 2026-12-03T07:00", "visit-9-week-before 2027-02-24T10:00",
                          "visit-9-day-before 2027-03-02T10:00", "visit-9-morning 2027-03-03T07:00",
                          "visit-12-week-before 2027-05-27T10:00", "visit-12-day-before 2027-06-02T10:00",
                          "visit-12-morning 2027-06-03T07:00"));
}

// What is due at once, by rule, where all visits came to that state after the first appointment, at 21:00Z.
std::vector<std::string> DueAtOnce(v1::VisitState state) {
  std::vector<std::string> lines;
  for (const Occurrence& occurrence : WholePlan(Knee(), FactsWithVisits(state, "2026-12-03T21:00Z"))) {
    const v1::Rule& rule = Knee().rule_source(occurrence.rule);
    if (rule.category() == "visit" && occurrence.due == Instant("2026-12-03T21:00Z")) lines.push_back(rule.id());
  }
  return lines;
}

TEST(KneeTest, WhatIsMissedOrCancelledBringsAMessageAndATaskAtOnce) {
  EXPECT_THAT(DueAtOnce(v1::VISIT_STATE_MISSED), ElementsAre("visit-6-missed", "visit-6-missed-task"));
  // An appointment may be cancelled long before.
  EXPECT_THAT(DueAtOnce(v1::VISIT_STATE_CANCELLED), ElementsAre("visit-6-cancelled", "visit-6-cancelled-task",
                                                                "visit-9-cancelled", "visit-9-cancelled-task"));
  EXPECT_THAT(AboutVisits(FactsWithVisits(v1::VISIT_STATE_ATTENDED, "2026-12-03T21:00Z")), IsEmpty());
}

TEST(KneeTest, OnlyVisitsDonorCellsAndWhatIsNeverToldMakeTasksForTheCareTeam) {
  std::vector<std::string> tasks;
  for (int i = 0; i < Knee().rule_count(); ++i) {
    if (Knee().rule(i).audience == v1::AUDIENCE_CARE_TEAM) tasks.push_back(Knee().rule_source(i).id());
  }
  EXPECT_THAT(tasks, ElementsAre("never-told-task", "allogeneic-check",  //
                                 "visit-6-check-booked", "visit-6-outside-window", "visit-6-missed-task",
                                 "visit-6-cancelled-task",  //
                                 "visit-9-check-booked", "visit-9-outside-window", "visit-9-missed-task",
                                 "visit-9-cancelled-task",  //
                                 "visit-12-check-booked", "visit-12-outside-window", "visit-12-missed-task",
                                 "visit-12-cancelled-task"));
}

TEST(KneeTest, VisitsHaveTheWindowsOfThePathway) {
  std::vector<std::string> visits;
  const PatientFacts facts = FactsWith({});
  for (int i = 0; i < Knee().visit_count(); ++i) {
    const VisitFacts& visit = facts.visits[i];
    visits.push_back(absl::StrCat(Knee().visit_source(i).id(), " ", FormatDate(visit.target), " from ",
                                  FormatDate(visit.window.first), " to ", FormatDate(visit.window.last)));
  }
  EXPECT_THAT(visits, ElementsAre("month-6 2026-12-01 from 2026-11-24 to 2026-12-22",
                                  "month-9 2027-03-01 from 2027-02-22 to 2027-03-22",
                                  "month-12 2027-06-01 from 2027-05-25 to 2027-06-22"));
}

TEST(KneeTest, ASevereSmokerIsSentOtherThingsThanAMildPatient) {
  const auto mild = RulesWith({{"severity", "mild"}});
  const auto severe = RulesWith({{"severity", "severe"}, {"smoker", "true"}});
  EXPECT_THAT(Less(severe, mild), ElementsAre("check-in-every-week", "check-in-twice-weekly", "expect-early-severe",
                                              "expect-later-severe", "lifestyle-stop-smoking"));
  EXPECT_THAT(Less(mild, severe),
              ElementsAre("check-in-fortnightly", "check-in-weekly", "expect-early", "expect-later"));
}

TEST(KneeTest, SevereDamageDoublesTheCheckIns) {
  std::map<std::string, int> mild = CountsWith({{"severity", "mild"}});
  std::map<std::string, int> severe = CountsWith({{"severity", "severe"}});
  EXPECT_EQ(mild["gradual-progress/check-in"], 8);         // Tuesdays from 1 July to 31 August,
  EXPECT_EQ(severe["gradual-progress/check-in"], 17);      // and the nine Fridays there.
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

// Whether the character takes one place in an SMS: GSM-7 without its escapes. Any other would halve what a part holds.
bool IsGsm7(char32_t c) {
  constexpr char32_t kOthers[] = U"@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c != 0 && std::find(std::begin(kOthers), std::end(kOthers), c) != std::end(kOthers));
}

// The characters of valid UTF-8.
std::u32string Characters(const std::string& text) {
  std::u32string characters;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) {
      characters.back() = characters.back() << 6 | (byte & 0x3F);
    } else {
      characters.push_back(byte < 0x80 ? byte : byte < 0xE0 ? byte & 0x1F : byte < 0xF0 ? byte & 0x0F : byte & 0x07);
    }
  }
  return characters;
}

TEST(KneeTest, EveryTextFitsOneSmsPart) {
  // With dates in September, the longest.
  PatientFacts facts = FactsWith({});
  facts.rules.set();
  for (VisitFacts& visit : facts.visits) {
    visit.target = visit.anchor = absl::CivilDay(2027, 9, 30);
    visit.appointment = 1;
    visit.start = Instant("2027-09-30T16:30Z");
  }
  Plan plan(Knee(), facts);
  for (int i = 0; i < Knee().rule_count(); ++i) {
    for (const char* locale : {"en", "es"}) {
      Occurrence first;
      ASSERT_TRUE(plan.Find(i, 1, &first));
      v1::Enrollment patient = PatientWith({});
      patient.set_locale(locale);
      const std::string text = RenderText(Knee(), facts, patient, {"North Clinic", "555-0100"}, first);
      const std::u32string characters = Characters(text);
      EXPECT_LE(characters.size(), 160u) << text;
      EXPECT_TRUE(std::all_of(characters.begin(), characters.end(), IsGsm7)) << text;
      EXPECT_EQ(text.find("  "), std::string::npos) << text;
    }
  }
}

// A clinic may have no telephone number, which must not leave a sentence without its end.
TEST(KneeTest, TheTelephoneNumberStandsOnlyAtTheEndOfATextAfterTheClinicsName) {
  int numbers = 0;
  for (const v1::Rule& rule : Knee().source().rules()) {
    for (const auto& [locale, text] : rule.texts()) {
      if (!absl::StrContains(text, "{clinic_phone}")) continue;
      ++numbers;
      EXPECT_TRUE(absl::EndsWith(text, "{clinic_name} {clinic_phone}")) << text;
    }
  }
  EXPECT_GT(numbers, 0);
}

TEST(KneeTest, ItSaysThatItsWordsAreSamplesForAClinician) {
  EXPECT_THAT(Knee().source().description(), HasSubstr("sample for a clinician to review"));
}

}  // namespace
}  // namespace aftercare::plan
