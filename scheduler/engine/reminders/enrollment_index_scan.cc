#include "scheduler/engine/reminders/enrollment_index_scan.h"

#include <algorithm>

#include "scheduler/plan/facts.h"
#include "scheduler/plan/plan.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kTick = absl::Nanoseconds(1);

bool IsDueBefore(const plan::Cohort::Item& item, absl::Time time) { return item.due < time; }

// Returns the state of an occurrence that has not come due and did not miss.
v1::ReminderState StateToCome(const EnrollmentIndex::Entry& entry, bool outside_contact_hours) {
  if (entry.ended) return v1::REMINDER_STATE_CANCELLED;
  return outside_contact_hours ? v1::REMINDER_STATE_SUPPRESSED : v1::REMINDER_STATE_SCHEDULED;
}

}  // namespace

absl::Time EnrollmentIndexScan::End() const { return std::min(span_.before, latest_due_ + kTick); }

absl::Time EnrollmentIndexScan::FirstUnfired() const { return std::max(span_.from, span_.now + kTick); }

absl::Time EnrollmentIndexScan::ScheduledFrom() const {
  return filter_.MatchesState(v1::REMINDER_STATE_CANCELLED) ? span_.from : FirstUnfired();
}

bool EnrollmentIndexScan::NeedsRows(const Entry& entry) const {
  // Where a clock was set back, the enrollment itself may lie after `now`.
  if (entry.suspended_until > (entry.ended ? entry.end() : span_.now)) return true;
  if (entry.needs_rows || (!overdue_.empty() && overdue_.contains(entry.row_id))) return true;
  if (!entry.was_suspended) return false;
  // A suspension other than enrollment may reach into the span.
  return entry.suspended_until >= span_.from ||
         entry.suspended_until >= index_.cohorts()[entry.cohort].SettledBy(ScheduledFrom());
}

absl::Status EnrollmentIndexScan::Visit(PlannedVisitor visit,
                                        absl::FunctionRef<absl::Status(int64_t)> visit_by_rows) {
  const bool wants_missed = filter_.MatchesState(v1::REMINDER_STATE_EXPIRED);
  const bool wants_scheduled = (filter_.MatchesState(v1::REMINDER_STATE_SCHEDULED) ||
                                filter_.MatchesState(v1::REMINDER_STATE_SUPPRESSED)) &&
                               span_.before > span_.now;
  const bool wants_cancelled = filter_.MatchesState(v1::REMINDER_STATE_CANCELLED);
  for (const Entry& entry : index_.entries()) {
    if (NeedsRows(entry) || (entry.stale && StaleMayMatch(entry))) {
      if (absl::Status status = visit_by_rows(entry.row_id); !status.ok()) return status;
      continue;
    }
    if (entry.stale) continue;
    if (wants_missed && entry.suspended_until > span_.from) VisitMissed(entry, visit);
    if (entry.ended ? wants_cancelled && entry.end() < span_.before : wants_scheduled) VisitScheduled(entry, visit);
  }
  return absl::OkStatus();
}

bool EnrollmentIndexScan::StaleMayMatch(const Entry& entry) {
  // What a suspension moved, and what it made miss, is due by its end. So the rest is in the plan of the cohort.
  if (entry.suspended_until >= span_.from) return true;
  const bool wants_to_come =
      filter_.MatchesState(v1::REMINDER_STATE_SCHEDULED) || filter_.MatchesState(v1::REMINDER_STATE_SUPPRESSED);
  if (entry.ended ? !filter_.MatchesState(v1::REMINDER_STATE_CANCELLED) : !wants_to_come) return false;
  const plan::Cohort& cohort = index_.cohorts()[entry.cohort];
  const absl::Duration spread = cohort.spread().any() ? plan::Cohort::kMostSpread : absl::ZeroDuration();
  CohortPlan& plan = cohort_plans_[entry.cohort];
  if (!plan.whole) {
    plan.whole = cohort.Scheduled(span_.from - spread, End() + spread, filter_.Rules(cohort.pathway()),
                                  /*with_close=*/false);
  }
  const plan::RuleSet& rules = index_.rules(entry.rules);
  for (const plan::Cohort::Item& item : *plan.whole) {
    if (item.due > latest_due_ + spread) return false;
    if (rules[item.rule]) return true;
  }
  return false;
}

void EnrollmentIndexScan::VisitMissed(const Entry& entry, PlannedVisitor visit) {
  const plan::Cohort& cohort = index_.cohorts()[entry.cohort];
  const plan::RuleSet& rules = index_.rules(entry.rules);
  CohortPlan& plan = cohort_plans_[entry.cohort];
  if (!plan.missed) plan.missed = cohort.Missed(span_.from, End(), filter_.Rules(cohort.pathway()));
  for (const plan::Cohort::Item& item : *plan.missed) {
    if (item.due >= entry.suspended_until || item.due > latest_due_) return;
    if (item.close > entry.suspended_until || !rules[item.rule]) continue;
    VisitIfChannelMatches(entry, cohort, item.rule, item.code, item.due, v1::REMINDER_STATE_EXPIRED, visit);
  }
}

void EnrollmentIndexScan::VisitScheduled(const Entry& entry, PlannedVisitor visit) {
  const plan::Cohort& cohort = index_.cohorts()[entry.cohort];
  CohortPlan& plan = cohort_plans_[entry.cohort];
  if (!plan.scheduled) PlanScheduled(cohort, &plan);
  // Where a clock was set back, next_due may lie after `now`: what is planned before it has fired.
  const absl::Time from =
      entry.ended ? std::max(span_.from, entry.end() + kTick) : std::max(FirstUnfired(), entry.next_due());
  if (from >= End()) return;
  plan::RuleSet rules = index_.rules(entry.rules);
  plan::RuleSet own_rules = plan.spread;
  if (entry.suspended_until >= plan.settled) own_rules |= UnsettledRules(entry, cohort, &plan);
  own_rules &= rules;
  rules &= ~own_rules;
  const absl::Time first = std::max(from, entry.suspended_until);
  auto item = std::lower_bound(plan.scheduled->begin(), plan.scheduled->end(), first, IsDueBefore);
  for (; item != plan.scheduled->end() && item->due <= latest_due_; ++item) {
    if (!rules[item->rule]) continue;
    const v1::ReminderState state = StateToCome(entry, item->outside_contact_hours);
    VisitIfChannelMatches(entry, cohort, item->rule, item->code, item->due, state, visit);
  }
  if (own_rules.any()) VisitOwnPlan(entry, own_rules, from, visit);
}

void EnrollmentIndexScan::VisitOwnPlan(const Entry& entry, const plan::RuleSet& rules, absl::Time from,
                                       PlannedVisitor visit) {
  const plan::Cohort& cohort = index_.cohorts()[entry.cohort];
  plan::Plan plan(*cohort.pathway(),
                  cohort.FactsOf(entry.suspended_until, entry.spread_seed, rules));
  if (from > absl::InfinitePast()) plan.Seek(from);
  const absl::Time end = End();
  for (plan::Occurrence occurrence; plan.Next(&occurrence) && occurrence.due < end;) {
    if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) continue;
    VisitIfChannelMatches(entry, cohort, occurrence.rule, plan::NameCodeOf(*cohort.pathway(), occurrence),
                          occurrence.due, StateToCome(entry, occurrence.outside_contact_hours), visit);
  }
}

void EnrollmentIndexScan::PlanScheduled(const plan::Cohort& cohort, CohortPlan* plan) {
  const absl::Time from = ScheduledFrom();
  const plan::RuleSet& wanted = filter_.Rules(cohort.pathway());
  plan->scheduled = cohort.Scheduled(from, End(), wanted & ~cohort.spread(), /*with_close=*/false);
  plan->settled = cohort.SettledBy(from);
  if ((wanted & cohort.spread()).none()) return;
  for (const plan::Cohort::Item& item :
       cohort.Scheduled(from - plan::Cohort::kMostSpread, End() + plan::Cohort::kMostSpread, wanted & cohort.spread(),
                        /*with_close=*/false)) {
    plan->spread.set(item.rule);
  }
}

plan::RuleSet EnrollmentIndexScan::UnsettledRules(const Entry& entry, const plan::Cohort& cohort, CohortPlan* plan) {
  if (!plan->unsettled) {
    plan->unsettled = cohort.Scheduled(plan->settled, End(), filter_.Rules(cohort.pathway()), /*with_close=*/true);
  }
  plan::RuleSet rules;
  for (const plan::Cohort::Item& item : *plan->unsettled) {
    // The patient's own plan moves what was due before the suspension ended and was still open then, and does not have
    // what is due after it but was closed by then.
    const bool moves = (item.due < entry.suspended_until) == (item.close > entry.suspended_until);
    if (moves || cohort.spread()[item.rule]) rules.set(item.rule);
  }
  return rules;
}

void EnrollmentIndexScan::VisitIfChannelMatches(const Entry& entry, const plan::Cohort& cohort, int rule, int64_t code,
                                                absl::Time due, v1::ReminderState state, PlannedVisitor visit) {
  const v1::Audience audience = cohort.pathway()->rule(rule).audience;
  const auto channel =
      audience == v1::AUDIENCE_CARE_TEAM ? v1::CHANNEL_UNSPECIFIED : static_cast<v1::Channel>(entry.channel);
  if (filter_.MatchesState(state) && filter_.MatchesChannel(channel))
    visit({entry.row_id, &cohort.pathway(), rule, code, due, state});
}

}  // namespace aftercare::engine
