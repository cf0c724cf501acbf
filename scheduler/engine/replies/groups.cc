#include "scheduler/engine/replies/groups.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/replanning.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/plan/groups.h"

namespace aftercare::engine {
namespace {

// A reminder of a group that is not sent, and its row where it has one.
struct Unsent {
  plan::Occurrence occurrence;
  store::ReminderRow* row = nullptr;

  absl::Time due() const { return row != nullptr ? row->due : occurrence.due; }
};

bool IsUnsent(const EnrollmentContext& context, const Unsent& member, absl::Time now) {
  if (member.row == nullptr) {
    return DerivedStatus(context, member.occurrence, now).state == v1::REMINDER_STATE_SCHEDULED;
  }
  return IsPending(member.row->state) && !WindowHasClosed(*member.row, now);
}

absl::Status Cancel(store::WriteTransaction& tx, const EnrollmentContext& context, v1::ReminderReason reason,
                    absl::Time now, const Unsent& member) {
  if (member.row != nullptr) return ChangeReminder(tx, context, ReminderEvent::kCancel, reason, now, member.row);
  store::ReminderRow row = NewReminderRow(context, member.occurrence);
  return InsertReminder(tx, context, ReminderEvent::kCancel, reason, now, &row).status();
}

// Ends what the answer makes needless. Whether there was anything.
absl::StatusOr<bool> CancelNeedless(store::WriteTransaction& tx, const EnrollmentContext& context,
                                    const store::ReminderKey& answered, absl::Time now) {
  const plan::CompiledPathway& pathway = *context.pathway;
  const int rule = pathway.FindRule(answered.rule);
  const int group = pathway.rule(rule).group;
  auto rows = RowsOf(tx, context, {});
  if (!rows.ok()) return rows.status();
  std::map<std::pair<int, int>, store::ReminderRow*> by_key;
  for (store::ReminderRow& row : *rows) by_key[{pathway.FindRule(row.key.rule), row.key.number}] = &row;

  int instance = -1;
  std::map<int, std::vector<Unsent>> unsent;  // by instance
  for (const plan::GroupMember& member : plan::MembersOf(pathway, context.facts, group)) {
    const plan::Occurrence& occurrence = member.occurrence;
    if (occurrence.rule == rule && occurrence.number == answered.number) {
      instance = member.instance;
      continue;
    }
    const auto row = by_key.find({occurrence.rule, occurrence.number});
    const Unsent one{occurrence, row == by_key.end() ? nullptr : row->second};
    if (IsUnsent(context, one, now)) unsent[member.instance].push_back(one);
  }
  if (instance < 0) return false;
  const absl::Time silent_until = now + absl::Seconds(pathway.group(group).silence);
  bool any = false;
  for (auto& [number, members] : unsent) {
    const bool is_own = number == instance;
    const absl::Time first =
        std::min_element(members.begin(), members.end(), [](const Unsent& a, const Unsent& b) {
          return a.due() < b.due();
        })->due();
    const bool is_silenced = number > instance && silent_until > now && first <= silent_until;
    if (!is_own && !is_silenced) continue;
    const auto reason = is_own ? v1::REMINDER_REASON_ANSWERED : v1::REMINDER_REASON_SILENCED;
    for (const Unsent& member : members) {
      if (absl::Status status = Cancel(tx, context, reason, now, member); !status.ok()) return status;
    }
    any = true;
  }
  return any;
}

}  // namespace

absl::StatusOr<absl::Time> EndAnswered(store::WriteTransaction& tx, const store::ReminderKey& answered, absl::Time now,
                                       EnrollmentContext* context) {
  const int rule = context->pathway->FindRule(answered.rule);
  if (rule < 0 || context->pathway->rule(rule).group < 0) return absl::InfiniteFuture();
  if (context->row.state == v1::ENROLLMENT_STATE_ENDED) return absl::InfiniteFuture();
  if (auto fired = FireEnrollment(tx, context, now); !fired.ok()) return fired.status();
  auto any = CancelNeedless(tx, *context, answered, now);
  if (!any.ok()) return any.status();
  if (*any) {
    if (auto fired = Replan(tx, context, now); !fired.ok()) return fired.status();
  }
  return WakeTimeOf(context->row);
}

}  // namespace aftercare::engine
