#include "scheduler/engine/planning/pending_reminders.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/planning/answers.h"
#include "scheduler/engine/planning/message_caps.h"
#include "scheduler/engine/planning/observed_conditions.h"
#include "scheduler/plan/civil.h"

namespace aftercare::engine {
namespace {

bool IsReachable(const EnrollmentContext& context, int rule) {
  const std::string& category = context.pathway->rule_source(rule).category();
  return UnreachableReason(context, category) == v1::REMINDER_REASON_UNSPECIFIED;
}

// Returns whether what is to come of a rule of the pathway is a task, or a message that may be sent when it is due.
bool IsToBeSent(const EnrollmentContext& context, int rule, bool outside_contact_hours) {
  const bool is_task = context.pathway->rule(rule).audience == v1::AUDIENCE_CARE_TEAM;
  return is_task || (!outside_contact_hours && IsReachable(context, rule));
}

// Returns whether contact hours let a pending reminder out at no time of its window. What a gateway holds is out.
bool IsHeldBack(const EnrollmentContext& context, const store::ReminderRow& row, absl::Time now) {
  if (row.state == v1::REMINDER_STATE_LEASED || context.facts.hours.always_open()) return false;
  plan::LocalClock clock(context.facts.zone);
  const int64_t end = absl::ToUnixSeconds(row.expire);
  return context.facts.hours.NextOpen(absl::ToUnixSeconds(std::max(row.due, now)), end, &clock) >= end;
}

// Returns whether an occurrence without a row is still to come, whether or not it will be sent.
bool IsToCome(const EnrollmentContext& context, const plan::Occurrence& occurrence, absl::Time now) {
  const ReminderStatus status = DerivedStatus(context, occurrence, now);
  return status.state == v1::REMINDER_STATE_SCHEDULED || IsHeldByContactHours(status);
}

// `row` is null for an occurrence without a row.
PendingReminder Pending(const EnrollmentContext& context, const plan::Occurrence& occurrence,
                        const store::ReminderRow* row, absl::Time now) {
  const bool held_back = row != nullptr ? IsHeldBack(context, *row, now) : occurrence.outside_contact_hours;
  return {row != nullptr ? row->due : occurrence.due, IsToBeSent(context, occurrence.rule, held_back),
          context.pathway->rule_source(occurrence.rule).id(), occurrence.number, OffsetOf(context, occurrence)};
}

}  // namespace

int64_t OffsetOf(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  const plan::CompiledRule& rule = context.pathway->rule(occurrence.rule);
  if (rule.IsReaction()) return rule.on.front().days;
  return absl::CivilDay(occurrence.nominal) - plan::AnchorOf(rule, context.facts);
}

PendingReminders PendingBefore(const EnrollmentState& before, absl::Time now) {
  const EnrollmentContext& context = before.context;
  absl::flat_hash_map<OccurrenceKey, const store::ReminderRow*> covering;
  for (const store::ReminderRow& row : before.rows) {
    if (const auto cover = CoverOf(context, row)) covering[*cover] = &row;
  }
  const TakenNames names(before.rows);
  PendingReminders pending;
  plan::Plan plan(*context.pathway, context.facts);
  for (plan::Occurrence occurrence; plan.Next(&occurrence);) {
    const std::string& rule = context.pathway->rule_source(occurrence.rule).id();
    const OccurrenceKey key = KeyOf(context, occurrence);
    if (const auto found = covering.find(key); found != covering.end()) {
      const store::ReminderRow& row = *found->second;
      if (IsPending(row.state)) pending[KeyOfName(row)] = Pending(context, occurrence, &row, now);
    } else if (IsToCome(context, occurrence, now)) {
      pending[{rule, names.FreeCode(rule, key.code)}] = Pending(context, occurrence, nullptr, now);
    }
  }
  return pending;
}

PendingReminders PendingAfter(const EnrollmentState& after, const Reconciliation& reconciliation,
                              const Supersession& at_once, absl::Time now) {
  const EnrollmentContext& context = after.context;
  const TakenNames names(after.rows);
  PendingReminders pending;
  for (size_t i = 0; i < reconciliation.items.size(); ++i) {
    const PlannedItem& item = reconciliation.items[i];
    const plan::Occurrence& occurrence = item.occurrence;
    const store::ReminderRow* row = nullptr;
    if (item.fate == Fate::kCovered && IsPending(after.rows[item.row].state)) {
      row = &after.rows[item.row];
    } else if (item.fate != Fate::kToCome || !IsToCome(context, occurrence, now)) {
      continue;
    }
    PendingReminder reminder = Pending(context, occurrence, row, now);
    reminder.item = static_cast<int>(i);
    const NameKey name =
        row != nullptr ? KeyOfName(*row) : NameKey(reminder.rule, names.FreeCode(reminder.rule, item.key.code));
    const SupersedingRule rule = row != nullptr
                                     ? SupersedingRuleOf(context, *row)
                                     : SupersedingRuleOf(context, DueOccurrence{occurrence, nullptr, name.second});
    // What comes due now, and may not be sent, ends for that reason.
    const bool comes_now = row == nullptr || row->state == v1::REMINDER_STATE_SCHEDULED;
    const bool ends_unsent =
        comes_now && !IsToBeSent(context, occurrence.rule, occurrence.outside_contact_hours);
    const bool comes_at_once = comes_now && reminder.due <= now && context.row.state == v1::ENROLLMENT_STATE_ACTIVE;
    if (comes_at_once && !AllHeld(ObserveConditions(context, item.key.rule, after.rows, now))) continue;
    if (!ends_unsent && comes_at_once && LacksQuestion(context, item.key, after.rows)) continue;
    const bool may_give_way = row != nullptr && (comes_at_once || row->state != v1::REMINDER_STATE_SCHEDULED);
    const absl::Time due = may_give_way ? DueBeforeCaps(*row) : reminder.due;
    if (!ends_unsent && at_once.Supersedes(rule, due, name.second)) continue;
    pending[name] = reminder;
  }
  return pending;
}

}  // namespace aftercare::engine
