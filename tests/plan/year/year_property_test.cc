// The walk over a year against a slow one, on random pathways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/year/year_walk.h"
#include "tests/plan/random_plan.h"
#include "tests/plan/year/slow_year.h"
#include "tests/plan/year/year_testing.h"

namespace aftercare::plan {
namespace {

// By the name of a broken promise, the combinations that share it.
using Shared = std::map<std::string, std::set<SlowFactors>>;

// Returns a random pathway with factors, caps, groups and conditions on answers. It has no spreads.
v1::Pathway RandomYearPathway(Random* random) {
  v1::Pathway pathway = RandomPathway(random);
  *pathway.add_factors() = FromText<v1::Factor>("id: 'f' values: ['a', 'b', 'c'] default_value: 'b'");
  *pathway.add_factors() = FromText<v1::Factor>("id: 'g' values: ['x', 'y']");
  *pathway.add_factors() = FromText<v1::Factor>("id: 'unused' values: ['u', 'v']");
  if (random->OneIn(2)) pathway.mutable_message_cap()->set_per_day(random->Between(1, 6));
  if (random->OneIn(2)) pathway.mutable_message_cap()->set_per_week(random->Between(1, 20));
  *pathway.add_rules() = FromText<v1::Rule>(
      "id: 'ask' phase: 'year' category: 'c' answer: ANSWER_KIND_SCORE "
      "schedule { on { days: 3 } on { months: 4 } times: '09:00' } texts { key: 'en' value: 'Text' }");
  const bool with_group = random->OneIn(2);
  bool is_first = true;
  for (v1::Rule& rule : *pathway.mutable_rules()) {
    rule.clear_spread();
    if (random->OneIn(3)) *rule.add_conditions() = FromText<v1::Condition>("factor: 'f' values: ['a', 'b']");
    if (random->OneIn(4)) *rule.add_conditions() = FromText<v1::Condition>("factor: 'g' values: 'x'");
    if (random->OneIn(8)) *rule.add_conditions() = FromText<v1::Condition>("factor: 'g' values: 'y'");
    if (random->OneIn(5)) {
      *rule.add_observed() = FromText<v1::ObservedCondition>("answers { rules: 'ask' score_at_least: 3 }");
    }
    if (!with_group || rule.has_visit() || rule.on_never_told() || rule.audience() == v1::AUDIENCE_CARE_TEAM) continue;
    rule.set_group("q");
    if (!is_first && random->OneIn(2)) rule.set_follow_up(true);
    is_first = false;
  }
  if (with_group) pathway.add_groups()->set_id("q");
  return pathway;
}

// Walks as YearOptions say, one patient after the other.
class SlowWalk {
 public:
  SlowWalk(const CompiledPathway& pathway, const YearOptions& options, const v1::ContactHours& hours)
      : pathway_(pathway), options_(options), combinations_(SlowCombinations(pathway.source())) {
    for (int i = 0; i < pathway.rule_count(); ++i) walks_visits_ |= pathway.rule_source(i).has_visit();
    for (int day = 0; day < options.dates; ++day) {
      for (const std::string& zone : options.zones) {
        for (int story = 0; story < (walks_visits_ ? 4 : 1); ++story) {
          const auto date = options.first_date + day;
          const SlowYear year(pathway, date, zone, VisitStory(story), hours);
          ExamineMessages(year);
          for (const SlowFactors& factors : combinations_) Count(year, factors);
        }
      }
    }
    CheckRulesAndVisits();
  }

  size_t combinations() const { return combinations_.size(); }
  int day = 0, week = 0, year = 0, silent_weeks = 0;
  std::map<int, int> silence, least_of_phase;
  Shared broken;

 private:
  void Break(Promise promise, const std::string& subject, const SlowFactors& factors) {
    broken[absl::StrCat(NameOf(promise), subject.empty() ? "" : " ", subject)].insert(factors);
  }

  void BreakForRule(Promise promise, int rule) {
    for (const SlowFactors& factors : combinations_) {
      if (!SlowApplies(pathway_.source(), pathway_.rule_source(rule), factors)) continue;
      Break(promise, pathway_.rule_source(rule).id(), factors);
    }
  }

  void ExamineMessages(const SlowYear& slow) {
    for (const SlowMessage& message : slow.all()) {
      const Occurrence& occurrence = message.occurrence;
      const CompiledRule& rule = pathway_.rule(occurrence.rule);
      const bool is_task = rule.audience == v1::AUDIENCE_CARE_TEAM;
      const bool booked_late =
          rule.visit_state == v1::VISIT_STATE_BOOKED && occurrence.missed == v1::REMINDER_REASON_VISIT_CHANGED;
      if (message.is_sent || booked_late) occurring_.insert(occurrence.rule);
      if (is_task) continue;
      if (occurrence.missed == v1::REMINDER_REASON_WINDOW_CLOSED) {
        BreakForRule(Promise::kBeforeVisit, occurrence.rule);
      } else if (occurrence.missed == v1::REMINDER_REASON_UNSPECIFIED && !message.is_sent) {
        BreakForRule(Promise::kContactHours, occurrence.rule);
      } else if (message.is_sent && slow.OpenMinutes(occurrence) < 60) {
        BreakForRule(Promise::kOpenWindow, occurrence.rule);
      }
    }
  }

  void Count(const SlowYear& slow, const SlowFactors& factors) {
    const SlowPatientYear patient = SlowPatientYearOf(pathway_, slow, factors);
    day = std::max(day, patient.day);
    week = std::max(week, patient.week);
    year = std::max(year, patient.year);
    silent_weeks = std::max(silent_weeks, patient.silent_weeks);
    const MessageCaps& caps = pathway_.caps();
    if (caps.per_day > 0 && patient.day > caps.per_day) Break(Promise::kDailyCap, "", factors);
    if (caps.per_week > 0 && patient.week > caps.per_week) Break(Promise::kWeeklyCap, "", factors);
    for (const auto& [phase, messages] : patient.phases) {
      const auto [place, is_new] = least_of_phase.try_emplace(phase, messages);
      place->second = std::min(place->second, messages);
      if (messages == 0) Break(Promise::kPhase, pathway_.phase_source(phase).id(), factors);
    }
    for (const auto& [phase, days] : patient.silence) {
      silence[phase] = std::max(silence[phase], days);
      if (days > options_.most_silent_days) Break(Promise::kSilence, pathway_.phase_source(phase).id(), factors);
    }
    for (const int rule : patient.without_a_question) {
      Break(Promise::kQuestion, pathway_.rule_source(rule).id(), factors);
    }
  }

  void CheckRulesAndVisits() {
    for (const SlowFactors& factors : combinations_) {
      for (const v1::PathwayVisit& visit : pathway_.source().visits()) {
        bool asked = false, reminded = false;
        for (const v1::Rule& rule : pathway_.source().rules()) {
          if (rule.visit().visit() != visit.id() || rule.audience() == v1::AUDIENCE_CARE_TEAM) continue;
          if (!SlowApplies(pathway_.source(), rule, factors)) continue;
          asked = asked || rule.visit().state() == v1::VISIT_STATE_UNBOOKED;
          for (const v1::Offset& on : rule.schedule().on()) {
            reminded = reminded || (rule.visit().state() == v1::VISIT_STATE_BOOKED && on.days() >= -7);
          }
        }
        if (!asked) Break(Promise::kVisitAskedFor, visit.id(), factors);
        if (!reminded) Break(Promise::kVisitReminder, visit.id(), factors);
      }
    }
    for (int i = 0; i < pathway_.rule_count(); ++i) {
      const v1::Rule& rule = pathway_.rule_source(i);
      const bool applies = std::any_of(combinations_.begin(), combinations_.end(), [&](const SlowFactors& factors) {
        return SlowApplies(pathway_.source(), rule, factors);
      });
      if (!applies) broken[absl::StrCat("applies ", rule.id())].insert(combinations_.begin(), combinations_.end());
      const bool says_why =
          broken.contains("contact hours " + rule.id()) || broken.contains("before visit " + rule.id());
      if (applies && !rule.on_never_told() && !occurring_.contains(i) && !says_why) BreakForRule(Promise::kOccurs, i);
    }
  }

  const CompiledPathway& pathway_;
  const YearOptions& options_;
  const std::vector<SlowFactors> combinations_;
  bool walks_visits_ = false;
  std::set<int> occurring_;
};

// Every patient with the factors of a counterexample is one.
void ExpectIsExample(const CompiledPathway& pathway, const BrokenPromise& broken, const v1::ContactHours& hours) {
  const YearPatient& patient = broken.patient;
  if (patient.zone.empty() || broken.nominal.has_value()) return;
  const SlowYear year(pathway, patient.procedure_date, patient.zone, patient.story, hours);
  for (const SlowFactors& factors : SlowCombinations(pathway.source())) {
    const bool is_one = std::all_of(patient.factors.begin(), patient.factors.end(), [&](const FactorValue& factor) {
      return factors[factor.factor] == (factor.value < 0 ? "" : pathway.factor(factor.factor).values[factor.value]);
    });
    if (!is_one) continue;
    const SlowPatientYear slow = SlowPatientYearOf(pathway, year, factors);
    if (broken.promise == Promise::kDailyCap) {
      EXPECT_EQ(slow.day, broken.count);
    }
    if (broken.promise == Promise::kWeeklyCap) {
      EXPECT_EQ(slow.week, broken.count);
    }
    if (broken.promise == Promise::kPhase) {
      EXPECT_EQ(slow.phases.at(broken.phase), 0);
    }
    if (broken.promise == Promise::kSilence) {
      EXPECT_EQ(slow.silence.at(broken.phase), broken.count);
    }
  }
}

// Expects the same loads, silences and broken promises of both walks.
void ExpectSame(const CompiledPathway& pathway, const YearReport& report, const SlowWalk& slow) {
  EXPECT_EQ(report.combinations, static_cast<int64_t>(slow.combinations()));
  EXPECT_EQ(report.walked_combinations, report.combinations);
  EXPECT_EQ(report.heaviest_day.messages, slow.day);
  EXPECT_EQ(report.heaviest_week.messages, slow.week);
  EXPECT_EQ(report.heaviest_year.parts, slow.year);
  EXPECT_EQ(static_cast<int>(report.silent_weeks.weeks.size()), slow.silent_weeks);
  for (int i = 0; i < pathway.phase_count(); ++i) {
    const auto silence = slow.silence.find(i);
    EXPECT_EQ(report.phases[i].silent_days, silence == slow.silence.end() ? 0 : silence->second);
    EXPECT_EQ(report.phases[i].least, slow.least_of_phase.at(i));
  }
  std::map<std::string, int64_t> expected, found;
  for (const auto& [name, shared] : slow.broken) expected[name] = static_cast<int64_t>(shared.size());
  for (const BrokenPromise& broken : report.broken) {
    const std::string subject = SubjectOf(pathway, broken);
    found[absl::StrCat(NameOf(broken.promise), subject.empty() ? "" : " ", subject)] = broken.combinations;
  }
  EXPECT_EQ(found, expected);
}

TEST(YearPropertyTest, FindsWhatASlowWalkFinds) {
  const uint64_t seed = SeedOfRun(7);
  const uint64_t rounds = NumberFromEnvironment("AFTERCARE_ROUNDS", 30);
  std::set<std::string> kinds_of_break;
  for (uint64_t round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    Random random(seed * 1000 + round);
    const v1::Pathway source = RandomYearPathway(&random);
    SCOPED_TRACE(absl::StrCat("round ", round, "\n", source.DebugString()));
    const auto pathway = CompileGood(source);
    ASSERT_NE(pathway, nullptr);
    const v1::ContactHours hours = random.OneIn(2) ? RandomHours(&random) : v1::ContactHours();
    FieldErrors errors;
    YearOptions options;
    options.first_date = absl::CivilDay(2027, 1, 1) + random.Between(0, 400);
    options.dates = 2;
    options.zones = {"America/New_York", "Australia/Lord_Howe"};
    options.hours = ContactHours::Read(hours, "hours", &errors);
    ASSERT_TRUE(errors.empty());
    options.most_silent_days = random.Between(5, 80);
    const YearReport report = WalkYear(*pathway, options);
    ExpectSame(*pathway, report, SlowWalk(*pathway, options, hours));
    for (const BrokenPromise& broken : report.broken) {
      kinds_of_break.insert(NameOf(broken.promise));
      ExpectIsExample(*pathway, broken, hours);
    }
  }
  if (rounds >= 30) {
    EXPECT_EQ(kinds_of_break.size(), 12u) << "all but texts, reactions and questionnaires";
  }
}

}  // namespace
}  // namespace aftercare::plan
