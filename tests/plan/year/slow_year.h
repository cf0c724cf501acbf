#ifndef AFTERCARE_TESTS_PLAN_YEAR_SLOW_YEAR_H_
#define AFTERCARE_TESTS_PLAN_YEAR_SLOW_YEAR_H_

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "scheduler/plan/year/year_report.h"
#include "scheduler/plan/year/year_walk.h"
#include "tests/plan/slow_plan.h"

// A second, slow walk over a year, for tests to compare with. It takes one patient after the other, and follows the
// definitions of year_report.h as plainly as possible. All functions are pure and thread safe.
namespace aftercare::plan {

// A value for each factor; empty for one that is left out.
using SlowFactors = std::vector<std::string>;

// A message of one patient.
struct SlowMessage {
  Occurrence occurrence;
  int day = 0;  // After the procedure.
  bool is_sent = false;
};

// Returns every combination of factors. Only a factor without a default may be left out: else it has the default.
inline std::vector<SlowFactors> SlowCombinations(const v1::Pathway& pathway) {
  std::vector<SlowFactors> all = {{}};
  for (const v1::Factor& factor : pathway.factors()) {
    std::vector<SlowFactors> longer;
    for (const SlowFactors& factors : all) {
      for (const std::string& value : factor.values()) {
        longer.push_back(factors);
        longer.back().push_back(value);
      }
      if (!factor.default_value().empty()) continue;
      longer.push_back(factors);
      longer.back().push_back("");
    }
    all = std::move(longer);
  }
  return all;
}

// Returns whether the conditions of a rule hold.
inline bool SlowApplies(const v1::Pathway& pathway, const v1::Rule& rule, const SlowFactors& factors) {
  return std::all_of(rule.conditions().begin(), rule.conditions().end(), [&](const v1::Condition& condition) {
    for (int i = 0; i < pathway.factors_size(); ++i) {
      if (pathway.factors(i).id() != condition.factor()) continue;
      return std::find(condition.values().begin(), condition.values().end(), factors[i]) != condition.values().end();
    }
    return false;
  });
}

// A change of all visits: days after the target, and hours since midnight there.
struct SlowChange {
  v1::VisitState state;
  int days;
  int hour;
};

inline std::vector<SlowChange> SlowChanges(VisitStory story) {
  if (story == VisitStory::kNotBooked) return {};
  if (story == VisitStory::kAttended) return {{v1::VISIT_STATE_BOOKED, -60, 11}, {v1::VISIT_STATE_ATTENDED, 0, 11}};
  if (story == VisitStory::kMissed) return {{v1::VISIT_STATE_BOOKED, -21, 11}, {v1::VISIT_STATE_MISSED, 0, 17}};
  if (story == VisitStory::kNotRecorded) return {{v1::VISIT_STATE_BOOKED, -60, 11}};
  return {{v1::VISIT_STATE_BOOKED, -21, 11}, {v1::VISIT_STATE_CANCELLED, -3, 12}};
}

// The year of all patients of one date and zone whose visits go one way.
class SlowYear {
 public:
  SlowYear(const CompiledPathway& pathway, absl::CivilDay date, const std::string& zone, VisitStory story,
           const v1::ContactHours& hours)
      : pathway_(pathway), date_(date) {
    facts_.procedure_date = date;
    facts_.zone = FindZone(zone).value();
    facts_.contact_hours = hours;
    facts_.clinic.set_time_zone("UTC");
    // What counts from the procedure, and the visits before anything is agreed.
    const std::vector<SlowChange> changes = SlowChanges(story);
    for (size_t stage = 0; stage <= changes.size(); ++stage) {
      const v1::VisitState state = stage == 0 ? v1::VISIT_STATE_UNBOOKED : changes[stage - 1].state;
      facts_.history = stage == 0 ? record::v1::PlanHistory() : HistoryOf(changes[stage - 1]);
      for (int i = 0; i < pathway.rule_count(); ++i) {
        const v1::Rule& rule = pathway.rule_source(i);
        facts_.rules[i] = rule.has_visit() ? rule.visit().state() == state : stage == 0 && !rule.on_never_told();
      }
      for (const Occurrence& occurrence : SlowPlan(pathway, facts_)) {
        const v1::Rule& rule = pathway.rule_source(occurrence.rule);
        all_.push_back(Message(occurrence));
        const bool goes_on = stage < changes.size() && rule.has_visit();
        if (goes_on && occurrence.due >= TimeOf(rule.visit().visit(), changes[stage])) continue;
        kept_.push_back(all_.back());
      }
    }
  }

  // All occurrences of all stages, also those that come due after their stage.
  const std::vector<SlowMessage>& all() const { return all_; }

  // The messages of a patient, by nominal time and rule, also those that are not sent.
  std::vector<SlowMessage> MessagesOf(const SlowFactors& factors) const {
    std::vector<SlowMessage> messages;
    for (const SlowMessage& message : kept_) {
      const v1::Rule& rule = pathway_.rule_source(message.occurrence.rule);
      if (rule.audience() == v1::AUDIENCE_CARE_TEAM || !SlowApplies(pathway_.source(), rule, factors)) continue;
      messages.push_back(message);
    }
    std::stable_sort(messages.begin(), messages.end(), [](const SlowMessage& a, const SlowMessage& b) {
      return std::tie(a.occurrence.nominal, a.occurrence.rule) < std::tie(b.occurrence.nominal, b.occurrence.rule);
    });
    return messages;
  }

  // For how many minutes a message is free to leave, at most 60.
  int OpenMinutes(const Occurrence& occurrence) const {
    int minutes = 0;
    for (absl::Time t = occurrence.due; t < occurrence.expire && minutes < 60; t += absl::Minutes(1)) {
      minutes += SlowOpen(facts_.contact_hours, t, facts_.zone) ? 1 : 0;
    }
    return minutes;
  }

  bool IsInPhase(int phase, int day) const {
    const DateRange dates = SpanDates(pathway_.phase_source(phase).span(), date_);
    return dates.first <= date_ + day && date_ + day <= dates.last;
  }
  int FirstDayOf(int phase) const {
    return static_cast<int>(SpanDates(pathway_.phase_source(phase).span(), date_).first - date_);
  }

 private:
  absl::Time TimeOf(const std::string& visit, const SlowChange& change) const {
    for (const v1::PathwayVisit& source : pathway_.source().visits()) {
      if (source.id() != visit) continue;
      const absl::CivilDay target = MonthsAfter(date_, source.target().months()) + source.target().days();
      return facts_.zone.At(absl::CivilSecond(absl::CivilHour(target + change.days) + change.hour)).pre;
    }
    return absl::InfiniteFuture();
  }

  record::v1::PlanHistory HistoryOf(const SlowChange& change) const {
    record::v1::PlanHistory history;
    for (const v1::PathwayVisit& source : pathway_.source().visits()) {
      record::v1::VisitRecord* const record = history.add_visits();
      record->set_visit(source.id());
      record->set_state(change.state);
      record->set_appointment(1);
      record->set_start_micros(absl::ToUnixMicros(TimeOf(source.id(), {change.state, 0, 10})));
      record->set_since_micros(absl::ToUnixMicros(TimeOf(source.id(), change)));
    }
    return history;
  }

  SlowMessage Message(const Occurrence& occurrence) const {
    const auto day = static_cast<int>(absl::ToCivilDay(occurrence.due, facts_.zone) - date_);
    const bool is_sent = occurrence.missed == v1::REMINDER_REASON_UNSPECIFIED && !occurrence.outside_contact_hours;
    return {occurrence, day, is_sent};
  }

  const CompiledPathway& pathway_;
  const absl::CivilDay date_;
  RandomFacts facts_;
  std::vector<SlowMessage> all_, kept_;
};

// What one patient hears.
struct SlowPatientYear {
  int day = 0, week = 0, year = 0;  // The most messages of a day and a week, and those of the year.
  int silent_weeks = 0;
  std::map<int, int> silence;        // By phase the longest run of silent days that begins in it.
  std::map<int, int> phases;         // By phase its messages that do not depend on answers.
  std::set<int> without_a_question;  // Follow-ups, by rule.
};

// Finds follow-ups before which nothing of their group was sent since the last message of the group's first rule.
inline void FindFollowUps(const CompiledPathway& pathway, const std::vector<SlowMessage>& messages,
                          SlowPatientYear* result) {
  std::map<int, int> first, asked;  // By group.
  for (const SlowMessage& message : messages) {
    const int rule = message.occurrence.rule;
    const auto [place, is_new] = first.try_emplace(pathway.rule(rule).group, rule);
    place->second = std::min(place->second, rule);
  }
  for (const SlowMessage& message : messages) {
    const int index = message.occurrence.rule;
    const CompiledRule& rule = pathway.rule(index);
    if (rule.group < 0) continue;
    if (index == first[rule.group]) asked[rule.group] = 0;
    if (!rule.follow_up) asked[rule.group] += message.is_sent ? 1 : 0;
    if (rule.follow_up && message.is_sent && asked[rule.group] == 0) result->without_a_question.insert(index);
  }
}

// Finds silences, given the days with messages that do not depend on answers.
inline void FindSilence(const CompiledPathway& pathway, const SlowYear& year, const std::set<int>& heard,
                        SlowPatientYear* result) {
  const auto last_phase_at = [&](int day) {
    int last = -1;
    for (int i = 0; i < pathway.phase_count(); ++i) {
      if (year.IsInPhase(i, day) && (last < 0 || year.FirstDayOf(i) >= year.FirstDayOf(last))) last = i;
    }
    return last;
  };
  for (int day = 0, silent = 0; day <= 366; ++day) {
    silent = heard.contains(day) || last_phase_at(day) < 0 ? 0 : silent + 1;
    if (silent == 0) continue;
    int& longest = result->silence[last_phase_at(day - silent + 1)];
    longest = std::max(longest, silent);
  }
  for (int week = 1; week <= 52; ++week) {
    bool silent = true;
    for (int day = 7 * week - 6; day <= 7 * week; ++day) {
      silent = silent && !heard.contains(day) && last_phase_at(day) >= 0;
    }
    result->silent_weeks += silent ? 1 : 0;
  }
}

inline SlowPatientYear SlowPatientYearOf(const CompiledPathway& pathway, const SlowYear& year,
                                         const SlowFactors& factors) {
  const std::vector<SlowMessage> messages = year.MessagesOf(factors);
  SlowPatientYear result;
  FindFollowUps(pathway, messages, &result);
  std::map<int, int> first_that_applies;  // By group.
  for (int i = pathway.rule_count(); i-- > 0;) {
    if (SlowApplies(pathway.source(), pathway.rule_source(i), factors)) first_that_applies[pathway.rule(i).group] = i;
  }
  for (int i = 0; i < pathway.phase_count(); ++i) result.phases[i] = 0;
  std::set<int> heard;
  std::map<int, int> days;
  for (const SlowMessage& message : messages) {
    const int index = message.occurrence.rule;
    const CompiledRule& rule = pathway.rule(index);
    if (!message.is_sent) continue;
    ++days[message.day];
    result.year += message.day >= 0 && message.day <= 366 ? 1 : 0;
    if (!rule.observed.empty() || (rule.group >= 0 && index != first_that_applies[rule.group])) continue;
    heard.insert(message.day);
    ++result.phases[rule.phase];
  }
  for (const auto& [day, count] : days) {
    int week = 0;
    for (const auto& [other, more] : days) week += other >= day && other < day + 7 ? more : 0;
    result.day = std::max(result.day, count);
    result.week = std::max(result.week, week);
  }
  FindSilence(pathway, year, heard, &result);
  return result;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_TESTS_PLAN_YEAR_SLOW_YEAR_H_
