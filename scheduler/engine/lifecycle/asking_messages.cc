#include "scheduler/engine/lifecycle/asking_messages.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/groups.h"
#include "scheduler/plan/tellings.h"

namespace aftercare::engine {
namespace {

// Names the instances of groups. Plans each group of each version of the facts once. Not thread safe.
class InstanceNames {
 public:
  // `told` must outlive this object.
  explicit InstanceNames(ToldReminders& told) : told_(told) {}

  // Returns a name that the messages of one instance of a group share: `pain 2026-03-04T09:00`, the group and the
  // nominal time with which the instance begins. A change of facts between two messages of an instance does not change
  // its name. Empty if the message is of no instance. `telling` is what the row told.
  std::string NameOf(const store::ReminderRow& row, const plan::Telling& telling) {
    const plan::CompiledPathway& pathway = told_.PathwayOf(row);
    const int rule = pathway.FindRule(telling.rule);
    const int group = rule < 0 ? -1 : pathway.rule(rule).group;
    if (group < 0) return "";
    const auto [version, is_new] = starts_.try_emplace({row.facts_version, group});
    if (is_new) version->second = StartsOf(pathway, told_.FactsOf(row), group);
    const auto start = version->second.find({rule, telling.nominal});
    if (start == version->second.end()) return "";
    return absl::StrCat(pathway.source().groups(group).id(), " ", plan::FormatMinute(start->second));
  }

 private:
  // The nominal time at which the instance begins, by rule and nominal time of its messages.
  using Starts = std::map<std::pair<int, absl::CivilMinute>, absl::CivilMinute>;

  static Starts StartsOf(const plan::CompiledPathway& pathway, const plan::PatientFacts& facts, int group) {
    Starts starts;
    int instance = 0;
    absl::CivilMinute start;
    for (const plan::GroupMember& member : plan::MembersOf(pathway, facts, group)) {
      if (member.instance == 0) continue;  // It comes before the first instance and is a question of its own.
      if (member.instance != instance) start = member.occurrence.nominal;
      instance = member.instance;
      starts[{member.occurrence.rule, member.occurrence.nominal}] = start;
    }
    return starts;
  }

  ToldReminders& told_;
  std::map<std::pair<int32_t, int>, Starts> starts_;  // By version of the facts and group.
};

}  // namespace

std::vector<plan::AskingMessage> AskingMessagesOf(const EnrollmentContext& context,
                                                  const std::vector<store::ReminderRow>& rows) {
  std::vector<plan::AskingMessage> messages;
  const plan::PlanTellings present(*context.pathway, context.facts);
  ToldReminders told(context, present);
  InstanceNames instances(told);
  const absl::TimeZone zone = context.facts.zone;
  for (const store::ReminderRow& row : rows) {
    const RowRule rule = RuleOf(context, row);
    if (rule.rule < 0 || rule.compiled().answer == v1::ANSWER_KIND_UNSPECIFIED) continue;
    const plan::StoredReminder reminder = told.Read(row);
    plan::AskingMessage& message = messages.emplace_back();
    message.category = rule.source().category();
    message.phase = rule.source().phase();
    message.answer = rule.compiled().answer;
    message.instance = instances.NameOf(row, reminder.telling);
    message.due = row.due;
    message.due_day = absl::ToCivilDay(row.due, told.FactsOf(row).zone);
    // What was completed without being sent has no attempts.
    if (row.attempts > 0) message.sent_day = absl::ToCivilDay(reminder.time, zone);
    if (row.state != v1::REMINDER_STATE_COMPLETED) continue;
    // That something was not done is kept as the score 0.
    message.given = plan::RecordedAnswer{row.state_time, absl::ToCivilDay(row.state_time, zone), row.score == 0};
  }
  return messages;
}

}  // namespace aftercare::engine
