#include "scheduler/engine/reminders/enrollment_index_scan.h"

#include <algorithm>

#include "scheduler/plan/facts.h"
#include "scheduler/plan/plan.h"

namespace aftercare::engine {
namespace {

bool IsDueBefore(const plan::Cohort::Item& item, absl::Time time) { return item.due < time; }

}  // namespace

// Of what is still wanted.
absl::Time EnrollmentIndexScan::End() const { return std::min(span_.before, wanted_until_ + absl::Nanoseconds(1)); }

// Of the running ones that are not behind all that is due by now has fired.
absl::Time EnrollmentIndexScan::FirstUnfired() const { return std::max(span_.from, span_.now + absl::Nanoseconds(1)); }

// Of the ended ones all counts that would have come later.
absl::Time EnrollmentIndexScan::ScheduledFrom() const {
  return filter_.MatchesState(v1::REMINDER_STATE_CANCELLED) ? span_.from : FirstUnfired();
}

// What held it up besides its enrollment may reach into the span; where clocks were set back, so may the enrollment.
bool EnrollmentIndexScan::IsApart(const Entry& entry) const {
  if (entry.suspended_until > (entry.ended ? entry.end : span_.now)) return true;
  if (entry.apart || (!behind_.empty() && behind_.contains(entry.id()))) return true;
  if (!entry.was_suspended) return false;
  return entry.suspended_until >= span_.from ||
         entry.suspended_until >= index_.cohorts()[entry.cohort].SettledBy(ScheduledFrom());
}

absl::Status EnrollmentIndexScan::Visit(Visitor visit, absl::FunctionRef<absl::Status(absl::string_view)> apart) {
  const bool wants_missed = filter_.MatchesState(v1::REMINDER_STATE_EXPIRED);
  const bool wants_scheduled = filter_.MatchesState(v1::REMINDER_STATE_SCHEDULED) && span_.before > span_.now;
  const bool wants_cancelled = filter_.MatchesState(v1::REMINDER_STATE_CANCELLED);
  for (const Entry& entry : index_.entries()) {
    if (IsApart(entry)) {
      if (absl::Status status = apart(entry.id()); !status.ok()) return status;
      continue;
    }
    if (wants_missed && entry.suspended_until > span_.from) VisitMissed(entry, visit);
    if (entry.ended ? wants_cancelled && entry.end < span_.before : wants_scheduled) VisitScheduled(entry, visit);
  }
  return absl::OkStatus();
}

// What had missed when the patient was enrolled lies where the pathway has it.
void EnrollmentIndexScan::VisitMissed(const Entry& entry, Visitor visit) {
  const plan::Cohort& cohort = index_.cohorts()[entry.cohort];
  const plan::RuleSet& rules = index_.rules(entry.rules);
  Known& known = cohorts_[entry.cohort];
  if (!known.missed) known.missed = cohort.Missed(span_.from, End(), filter_.Rules(cohort.pathway()));
  for (const plan::Cohort::Item& item : *known.missed) {
    if (item.due >= entry.suspended_until || item.due > wanted_until_) return;
    if (item.close > entry.suspended_until || !rules[item.rule]) continue;
    Hand(entry, cohort, item.rule, item.number, item.due, v1::REMINDER_STATE_EXPIRED, visit);
  }
}

void EnrollmentIndexScan::VisitScheduled(const Entry& entry, Visitor visit) {
  const plan::Cohort& cohort = index_.cohorts()[entry.cohort];
  Known& known = cohorts_[entry.cohort];
  if (!known.scheduled) PlanScheduled(cohort, &known);
  const v1::ReminderState state = entry.ended ? v1::REMINDER_STATE_CANCELLED : v1::REMINDER_STATE_SCHEDULED;
  // Where clocks were set back, what is to come by a calendar of since may have come by the one of before.
  const absl::Time from =
      entry.ended ? std::max(span_.from, entry.end + absl::Nanoseconds(1)) : std::max(FirstUnfired(), entry.next_due);
  if (from >= End()) return;
  plan::RuleSet rules = index_.rules(entry.rules);
  plan::RuleSet own = known.spread;
  if (entry.suspended_until >= known.settled) own |= Unsettled(entry, cohort, &known);
  own &= rules;
  rules &= ~own;
  const absl::Time first = std::max(from, entry.suspended_until);
  auto item = std::lower_bound(known.scheduled->begin(), known.scheduled->end(), first, IsDueBefore);
  for (; item != known.scheduled->end() && item->due <= wanted_until_; ++item) {
    if (rules[item->rule]) Hand(entry, cohort, item->rule, item->number, item->due, state, visit);
  }
  if (own.any()) VisitOwn(entry, own, from, visit);
}

// By the patient's own plan.
void EnrollmentIndexScan::VisitOwn(const Entry& entry, const plan::RuleSet& rules, absl::Time from, Visitor visit) {
  const plan::Cohort& cohort = index_.cohorts()[entry.cohort];
  const v1::ReminderState state = entry.ended ? v1::REMINDER_STATE_CANCELLED : v1::REMINDER_STATE_SCHEDULED;
  plan::Plan plan(*cohort.pathway(),
                  cohort.FactsOf(entry.suspended_until, plan::SpreadSeed(index_.clinic(), entry.id()), rules));
  if (from > absl::InfinitePast()) plan.Seek(from);
  const absl::Time end = End();
  for (plan::Occurrence occurrence; plan.Next(&occurrence) && occurrence.due < end;) {
    if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) continue;
    Hand(entry, cohort, occurrence.rule, occurrence.number, occurrence.due, state, visit);
  }
}

void EnrollmentIndexScan::PlanScheduled(const plan::Cohort& cohort, Known* known) {
  const absl::Time from = ScheduledFrom();
  const plan::RuleSet& wanted = filter_.Rules(cohort.pathway());
  known->scheduled = cohort.Scheduled(from, End(), wanted & ~cohort.spread(), /*with_close=*/false);
  known->settled = cohort.SettledBy(from);
  if ((wanted & cohort.spread()).none()) return;
  for (const plan::Cohort::Item& item :
       cohort.Scheduled(from - plan::Cohort::kMostSpread, End() + plan::Cohort::kMostSpread, wanted & cohort.spread(),
                        /*with_close=*/false)) {
    known->spread.set(item.rule);
  }
}

// The rules of which something was due before the patient was enrolled, but had not missed by then, or the other way
// round: that is moved into the span, or not in it, for this patient alone.
plan::RuleSet EnrollmentIndexScan::Unsettled(const Entry& entry, const plan::Cohort& cohort, Known* known) {
  if (!known->unsettled) {
    known->unsettled = cohort.Scheduled(known->settled, End(), filter_.Rules(cohort.pathway()), /*with_close=*/true);
  }
  plan::RuleSet rules;
  for (const plan::Cohort::Item& item : *known->unsettled) {
    const bool moves = (item.due < entry.suspended_until) == (item.close > entry.suspended_until);
    if (moves || cohort.spread()[item.rule]) rules.set(item.rule);
  }
  return rules;
}

void EnrollmentIndexScan::Hand(const Entry& entry, const plan::Cohort& cohort, int rule, int number, absl::Time due,
                               v1::ReminderState state, Visitor visit) {
  const v1::Audience audience = cohort.pathway()->rule(rule).audience;
  const auto channel =
      audience == v1::AUDIENCE_CARE_TEAM ? v1::CHANNEL_UNSPECIFIED : static_cast<v1::Channel>(entry.channel);
  if (filter_.MatchesChannel(channel)) visit({entry.id(), &cohort.pathway(), rule, number, due, state});
}

}  // namespace aftercare::engine
