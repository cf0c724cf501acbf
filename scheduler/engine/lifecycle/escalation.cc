#include "scheduler/engine/lifecycle/escalation.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/types/span.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// The steps that a task has gone. A later revision of the pathway may have fewer steps than that; then these are all it
// has.
absl::Span<const plan::CompiledEscalation> StepsGone(const plan::CompiledRule& rule,
                                                     const record::v1::ReminderRecord& record) {
  const auto gone = static_cast<size_t>(std::max(record.escalation_step(), 0));
  return absl::MakeConstSpan(rule.escalation).first(std::min(gone, rule.escalation.size()));
}

// Returns the category of the last of the steps that names one; null if none does.
const std::string* LastCategory(absl::Span<const plan::CompiledEscalation> steps) {
  const auto last = std::find_if(steps.rbegin(), steps.rend(), [](const auto& step) { return !step.category.empty(); });
  return last == steps.rend() ? nullptr : &last->category;
}

// Returns the urgency of the last of the steps that names one; that of the rule if none does.
v1::Urgency LastUrgency(const plan::CompiledRule& rule, absl::Span<const plan::CompiledEscalation> steps) {
  const auto last = std::find_if(steps.rbegin(), steps.rend(),
                                 [](const auto& step) { return step.urgency != v1::URGENCY_UNSPECIFIED; });
  return last == steps.rend() ? rule.urgency : last->urgency;
}

template <typename Shown>
void Show(const EnrollmentContext& context, const store::ReminderRow& row, Shown* shown) {
  const RowRule rule = RuleOf(context, row);
  shown->set_category(rule.source().category());
  shown->set_urgency(rule.compiled().urgency);
  if (rule.compiled().audience != v1::AUDIENCE_CARE_TEAM) return;
  const NotifiedTeam team = TeamOf(context, row);
  shown->set_team(team.id.data(), team.id.size());
  if (row.record.empty()) return;
  const record::v1::ReminderRecord record = RecordOf(row);
  const auto steps = StepsGone(rule.compiled(), record);
  if (const std::string* category = LastCategory(steps)) shown->set_category(*category);
  shown->set_urgency(LastUrgency(rule.compiled(), steps));
  shown->set_escalation_step(record.escalation_step());
  if (record.notify_micros() != 0) {
    plan::SetTimestamp(absl::FromUnixMicros(record.notify_micros()), shown->mutable_notify_time());
  }
  if (record.acknowledge_micros() == 0) return;
  plan::SetTimestamp(absl::FromUnixMicros(record.acknowledge_micros()), shown->mutable_acknowledge_time());
}

// Returns whether the task goes a step when its deadline passes.
bool WillEscalate(const plan::CompiledRule& rule, const store::ReminderRow& row) {
  if (!IsOpen(row.state) || rule.escalation.empty()) return false;
  const record::v1::ReminderRecord record = RecordOf(row);
  return record.acknowledge_micros() == 0 && StepsGone(rule, record).size() < rule.escalation.size();
}

}  // namespace

bool IsTask(const EnrollmentContext& context, const store::ReminderRow& row) {
  return RuleOf(context, row).compiled().audience == v1::AUDIENCE_CARE_TEAM;
}

const std::string& CategoryOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  if (rule.compiled().escalation.empty() || row.record.empty()) return rule.source().category();
  const std::string* category = LastCategory(StepsGone(rule.compiled(), RecordOf(row)));
  return category != nullptr ? *category : rule.source().category();
}

NotifiedTeam TeamOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  const plan::CompiledRule& rule = RuleOf(context, row).compiled();
  if (!rule.escalation.empty() && !row.record.empty()) {
    const auto steps = StepsGone(rule, RecordOf(row));
    for (size_t i = steps.size(); i > 0; --i) {
      if (!steps[i - 1].team.empty()) return {steps[i - 1].team, static_cast<int>(i)};
    }
  }
  return {rule.team, 0};
}

void ShowEscalation(const EnrollmentContext& context, const store::ReminderRow& row, v1::Reminder* reminder) {
  Show(context, row, reminder);
}

void ShowEscalation(const EnrollmentContext& context, const store::ReminderRow& row, v1::ReminderChange* change) {
  Show(context, row, change);
}

bool IsAcknowledged(const store::ReminderRow& row) { return RecordOf(row).acknowledge_micros() != 0; }

void Acknowledge(const EnrollmentContext& context, absl::Time now, store::ReminderRow* row) {
  record::v1::ReminderRecord record = RecordOf(*row);
  // 0 would mean that nobody has. A test clock may stand there.
  record.set_acknowledge_micros(std::max<int64_t>(absl::ToUnixMicros(now), 1));
  row->record = record.SerializeAsString();
  WatchDeadline(context, row);
}

bool WatchDeadline(const EnrollmentContext& context, store::ReminderRow* row) {
  if (row->state == v1::REMINDER_STATE_SCHEDULED) return false;
  const plan::CompiledRule& rule = RuleOf(context, *row).compiled();
  if (rule.audience != v1::AUDIENCE_CARE_TEAM) return false;
  std::optional<absl::Time> deadline;
  if (WillEscalate(rule, *row)) deadline = row->expire;
  if (row->closes == deadline) return false;
  row->closes = deadline;
  return true;
}

bool GoNextStep(const EnrollmentContext& context, absl::Time now, store::ReminderRow* row) {
  const plan::CompiledRule& rule = RuleOf(context, *row).compiled();
  if (!row->closes || *row->closes > now || !WillEscalate(rule, *row)) return false;
  record::v1::ReminderRecord record = RecordOf(*row);
  const plan::CompiledEscalation& step = rule.escalation[StepsGone(rule, record).size()];
  record.set_escalation_step(record.escalation_step() + 1);
  row->record = record.SerializeAsString();
  row->expire += absl::Seconds(step.seconds);
  WatchDeadline(context, row);
  return true;
}

void ForgetEscalation(store::ReminderRow* row) {
  if (row->record.empty()) return;
  record::v1::ReminderRecord record = RecordOf(*row);
  record.clear_acknowledge_micros();
  record.clear_escalation_step();
  record.clear_observations();
  record.clear_notify_micros();
  if (record.tells_team()) row->channel = v1::CHANNEL_UNSPECIFIED;
  record.clear_tells_team();
  row->record = record.SerializeAsString();
}

}  // namespace aftercare::engine
