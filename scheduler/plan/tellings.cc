#include "scheduler/plan/tellings.h"

#include "scheduler/plan/civil.h"
#include "scheduler/plan/placement.h"

namespace aftercare::plan {
namespace {

Telling TellingOf(const CompiledPathway& pathway, const PatientFacts& facts, const Occurrence& occurrence,
                  LocalClock* clock) {
  const CompiledRule& rule = pathway.rule(occurrence.rule);
  Telling telling;
  telling.series = rule.series;
  telling.rule = pathway.rule_source(occurrence.rule).id();
  telling.times = static_cast<int>(rule.times.size());
  if (rule.recurrence == Recurrence::kOn) {
    const size_t day = static_cast<size_t>((occurrence.number - 1) / telling.times) % rule.on.size();
    telling.line = Line{rule.on[day].months, rule.on[day].days};
  }
  if (rule.on_never_told) telling.start = facts.never_told;
  if (rule.IsReaction()) telling.start = TriggerOf(rule, occurrence, facts).time;
  if (rule.visit >= 0) {
    telling.visit = pathway.visit_source(rule.visit).id();
    if (rule.visit_state != v1::VISIT_STATE_UNBOOKED) telling.start = facts.visits[rule.visit].start;
    telling.fell_through =
        rule.visit_state == v1::VISIT_STATE_MISSED || rule.visit_state == v1::VISIT_STATE_CANCELLED;
  }
  if (rule.outside_window) telling.outside_by = facts.procedure_date;
  telling.nominal = occurrence.nominal;
  telling.zone = facts.zone;
  const int64_t day = DayNumber(absl::CivilDay(occurrence.nominal));
  const int64_t minute = occurrence.nominal.hour() * 60 + occurrence.nominal.minute();
  const int64_t instant = clock->At(day * kDaySeconds + minute * 60);
  telling.instant = absl::FromUnixSeconds(instant);
  telling.expire = absl::FromUnixSeconds(WindowClose(rule, day, instant, clock));
  return telling;
}

}  // namespace

PlanTellings::PlanTellings(const CompiledPathway& pathway, const PatientFacts& facts) {
  LocalClock clock(facts.zone);
  Plan plan(pathway, facts);
  for (Occurrence occurrence; plan.Next(&occurrence);) {
    index_.try_emplace({occurrence.rule, NameCodeOf(pathway, occurrence)}, static_cast<int>(occurrences_.size()));
    occurrences_.push_back(occurrence);
    tellings_.push_back(TellingOf(pathway, facts, occurrence, &clock));
  }
  FillGaps(absl::MakeSpan(tellings_));
}

int PlanTellings::Find(int rule, int64_t code) const {
  const auto found = index_.find({rule, code});
  return found == index_.end() ? -1 : found->second;
}

}  // namespace aftercare::plan
