#include "scheduler/engine/planning/answers.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/container/flat_hash_set.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/planning/effects.h"
#include "scheduler/plan/groups.h"

namespace aftercare::engine {
namespace {

using RowsByOccurrence = absl::flat_hash_map<OccurrenceKey, const store::ReminderRow*>;

// One instance of a group.
struct Instance {
  std::vector<OccurrenceKey> unsent;
  absl::Time first_unsent_due = absl::InfiniteFuture();
  absl::Time answered = absl::InfinitePast();  // when it was last answered
  absl::Time done = absl::InfinitePast();      // when it was last answered, unless that it was not done
};

// Returns whether a reminder may still be sent, or was kept from that only by a change or an answer.
bool IsUnsent(const EnrollmentContext& context, const store::ReminderRow& row, absl::Time now) {
  if (IsPending(row.state)) return !WindowHasClosed(context, row, now);
  return StandingOf(row) == plan::Standing::kEndedByChange;
}

// Returns whether the patient answered that something was not done. Nobody needs silence after that.
bool SaysNotDone(const EnrollmentContext& context, const store::ReminderRow& row) {
  return RuleOf(context, row).compiled().answer == v1::ANSWER_KIND_DONE && row.score == 0;
}

bool IsUnsent(const plan::Occurrence& occurrence, absl::Time now) {
  return occurrence.missed == v1::REMINDER_REASON_UNSPECIFIED && occurrence.expire > now;
}

std::map<int, Instance> InstancesOf(const EnrollmentContext& context, int group, const RowsByOccurrence& rows,
                                    absl::Time now) {
  std::map<int, Instance> instances;
  for (const plan::GroupMember& member : plan::MembersOf(*context.pathway, context.facts, group)) {
    Instance& instance = instances[member.instance];
    const OccurrenceKey key = KeyOf(context, member.occurrence);
    const auto found = rows.find(key);
    const store::ReminderRow* const row = found == rows.end() ? nullptr : found->second;
    if (row != nullptr && row->state == v1::REMINDER_STATE_COMPLETED) {
      instance.answered = std::max(instance.answered, row->state_time);
      if (!SaysNotDone(context, *row)) instance.done = std::max(instance.done, row->state_time);
    }
    if (row != nullptr ? !IsUnsent(context, *row, now) : !IsUnsent(member.occurrence, now)) continue;
    instance.unsent.push_back(key);
    instance.first_unsent_due = std::min(instance.first_unsent_due, row != nullptr ? row->due : member.occurrence.due);
  }
  return instances;
}

}  // namespace

NeedlessOccurrences NeedlessByAnswers(const EnrollmentContext& context, const std::vector<store::ReminderRow>& rows,
                                      absl::Time now) {
  NeedlessOccurrences needless;
  RowsByOccurrence by_occurrence;
  const std::set<int> ended = EndedGroups(context);
  std::set<int> groups = ended;
  for (const store::ReminderRow& row : rows) {
    const auto cover = CoverOf(context, row);
    if (!cover) continue;
    by_occurrence[*cover] = &row;
    const int group = context.pathway->rule(cover->rule).group;
    if (group >= 0 && row.state == v1::REMINDER_STATE_COMPLETED) groups.insert(group);
  }
  for (const int group : groups) {
    absl::Time silent_until = absl::InfinitePast();
    for (const auto& [number, instance] : InstancesOf(context, group, by_occurrence, now)) {
      const bool is_answered = instance.answered > absl::InfinitePast();
      const bool is_silenced = instance.first_unsent_due <= silent_until;
      for (const OccurrenceKey& key : instance.unsent) {
        if (is_answered) needless[key] = v1::REMINDER_REASON_ANSWERED;
        if (!is_answered && ended.count(group) > 0) needless[key] = v1::REMINDER_REASON_GROUP_ENDED;
        if (!is_answered && is_silenced) needless[key] = v1::REMINDER_REASON_SILENCED;
      }
      const int64_t silence = context.pathway->group(group).silence;
      const bool is_done = instance.done > absl::InfinitePast();
      if (is_done && silence > 0) silent_until = std::max(silent_until, instance.done + absl::Seconds(silence));
    }
  }
  return needless;
}

bool LacksQuestion(const EnrollmentContext& context, const OccurrenceKey& occurrence,
                   const std::vector<store::ReminderRow>& rows) {
  const plan::CompiledRule& rule = context.pathway->rule(occurrence.rule);
  if (!rule.follow_up || rule.group < 0) return false;
  absl::flat_hash_set<OccurrenceKey> told;
  for (const store::ReminderRow& row : rows) {
    const auto cover = CoverOf(context, row);
    if (cover && StandingOf(row) == plan::Standing::kTold) told.insert(*cover);
  }
  const std::vector<plan::GroupMember> members = plan::MembersOf(*context.pathway, context.facts, rule.group);
  const auto is_own = [&](const plan::GroupMember& member) { return KeyOf(context, member.occurrence) == occurrence; };
  const auto found = std::find_if(members.begin(), members.end(), is_own);
  if (found == members.end()) return false;
  return std::none_of(members.begin(), members.end(), [&](const plan::GroupMember& member) {
    return member.instance == found->instance && !is_own(member) && told.contains(KeyOf(context, member.occurrence));
  });
}

}  // namespace aftercare::engine
