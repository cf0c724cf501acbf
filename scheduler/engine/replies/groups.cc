#include "scheduler/engine/replies/groups.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/replanning.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/plan/groups.h"

namespace aftercare::engine {
namespace {

// A reminder of a group that is not sent yet.
struct UnsentMember {
  plan::Occurrence occurrence;
  store::ReminderRow* row = nullptr;  // null if it has none

  absl::Time due() const { return row != nullptr ? row->due : occurrence.due; }
};

bool IsUnsent(const EnrollmentContext& context, const UnsentMember& member, absl::Time now) {
  if (member.row == nullptr) {
    return DerivedStatus(context, member.occurrence, now).state == v1::REMINDER_STATE_SCHEDULED;
  }
  return IsPending(member.row->state) && !WindowHasClosed(*member.row, now);
}

absl::Status Cancel(store::WriteTransaction& tx, const EnrollmentContext& context, v1::ReminderReason reason,
                    absl::Time now, const UnsentMember& member) {
  if (member.row != nullptr) return ChangeReminder(tx, context, ReminderEvent::kCancel, reason, now, member.row);
  store::ReminderRow row = NewReminderRow(context, member.occurrence);
  return InsertReminder(tx, context, ReminderEvent::kCancel, reason, now, &row).status();
}

// A group as the plan has it, with respect to the reminder that was answered.
struct GroupView {
  std::optional<int> answered_instance;             // nothing if the plan does not have that reminder any more
  std::map<int, std::vector<UnsentMember>> unsent;  // the other members, by instance
};

// `rows` must outlive the result.
GroupView ViewGroup(const EnrollmentContext& context, const store::ReminderKey& answered, absl::Time now,
                    std::vector<store::ReminderRow>& rows) {
  const plan::CompiledPathway& pathway = *context.pathway;
  std::map<std::pair<int, int>, store::ReminderRow*> row_by_key;  // by rule and number
  for (store::ReminderRow& row : rows) row_by_key[{pathway.FindRule(row.key.rule), row.key.number}] = &row;
  const int rule = pathway.FindRule(answered.rule);
  GroupView view;
  for (const plan::GroupMember& member : plan::MembersOf(pathway, context.facts, pathway.rule(rule).group)) {
    const plan::Occurrence& occurrence = member.occurrence;
    if (occurrence.rule == rule && occurrence.number == answered.number) {
      view.answered_instance = member.instance;
      continue;
    }
    const auto row = row_by_key.find({occurrence.rule, occurrence.number});
    const UnsentMember unsent{occurrence, row == row_by_key.end() ? nullptr : row->second};
    if (IsUnsent(context, unsent, now)) view.unsent[member.instance].push_back(unsent);
  }
  return view;
}

absl::Time FirstDue(const std::vector<UnsentMember>& members) {
  absl::Time first = absl::InfiniteFuture();
  for (const UnsentMember& member : members) first = std::min(first, member.due());
  return first;
}

// Cancels what the answer makes needless. Returns whether there was anything.
absl::StatusOr<bool> CancelNeedless(store::WriteTransaction& tx, const EnrollmentContext& context,
                                    const store::ReminderKey& answered, absl::Time now) {
  auto rows = RowsOf(tx, context, {});
  if (!rows.ok()) return rows.status();
  const GroupView view = ViewGroup(context, answered, now, *rows);
  if (!view.answered_instance) return false;
  const plan::CompiledPathway& pathway = *context.pathway;
  const int group = pathway.rule(pathway.FindRule(answered.rule)).group;
  const absl::Time silent_until = now + absl::Seconds(pathway.group(group).silence);
  bool any = false;
  for (const auto& [instance, members] : view.unsent) {
    const bool is_own = instance == *view.answered_instance;
    const bool is_silenced =
        instance > *view.answered_instance && silent_until > now && FirstDue(members) <= silent_until;
    if (!is_own && !is_silenced) continue;
    const auto reason = is_own ? v1::REMINDER_REASON_ANSWERED : v1::REMINDER_REASON_SILENCED;
    for (const UnsentMember& member : members) {
      if (absl::Status status = Cancel(tx, context, reason, now, member); !status.ok()) return status;
    }
    any = true;
  }
  return any;
}

}  // namespace

absl::Status ApplyAnswerToGroup(store::WriteTransaction& tx, const store::ReminderKey& answered, absl::Time now,
                                EnrollmentContext* context) {
  const int rule = context->pathway->FindRule(answered.rule);
  if (rule < 0 || context->pathway->rule(rule).group < 0) return absl::OkStatus();
  if (context->row.state == v1::ENROLLMENT_STATE_ENDED) return absl::OkStatus();
  if (auto fired = FireEnrollment(tx, context, now); !fired.ok()) return fired.status();
  auto cancelled = CancelNeedless(tx, *context, answered, now);
  if (!cancelled.ok()) return cancelled.status();
  return *cancelled ? Replan(tx, context, now).status() : absl::OkStatus();
}

}  // namespace aftercare::engine
