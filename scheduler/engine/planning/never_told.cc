#include "scheduler/engine/planning/never_told.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/untold.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/reminder_name.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxMessages = 100;  // as record::v1::NeverTold says

// Returns whether a reminder with that id is pending, whatever its count.
bool IsIdPending(const EnrollmentContext& context, const PendingReminders& pending, const std::string& id) {
  const auto key = ParseReminderName(
      absl::StrCat(EnrollmentNameOf(context.row.clinic, context.row.enrollment), "/reminders/", id));
  if (!key) return false;
  const int64_t first = plan::WithoutCount(key->code);
  const auto found = pending.lower_bound({key->rule, first});
  if (found == pending.end()) return false;
  return found->first.first == key->rule && plan::WithoutCount(found->first.second) == first;
}

// Returns whether what a message was to tell is to be told after all: by the occurrence of the same number, or, if the
// pathway is another, of the same day of the series.
bool IsPendingAgain(const EnrollmentContext& context, const PendingReminders& pending,
                    const record::v1::UntoldMessage& message) {
  if (message.number() == 0) return IsIdPending(context, pending, message.reminder());
  const bool same_numbers = message.pathway_revision() == context.row.data.pathway_revision();
  const absl::string_view rule = absl::string_view(message.reminder()).substr(0, message.reminder().find('.'));
  return std::any_of(pending.begin(), pending.end(), [&](const auto& entry) {
    const PendingReminder& reminder = entry.second;
    if (same_numbers) return reminder.rule == rule && reminder.number == message.number();
    const plan::CompiledRule& compiled = context.pathway->rule(context.pathway->FindRule(reminder.rule));
    return compiled.series == message.series() && reminder.offset == message.offset_days();
  });
}

}  // namespace

record::v1::UntoldMessage MakeUntold(const EnrollmentContext& before, absl::string_view id,
                                     const PendingReminder& reminder, int64_t change_micros) {
  record::v1::UntoldMessage message;
  message.set_reminder(std::string(id));
  message.set_change_micros(change_micros);
  message.set_pathway_revision(before.row.data.pathway_revision());
  message.set_number(reminder.number);
  message.set_series(before.pathway->rule(before.pathway->FindRule(reminder.rule)).series);
  message.set_offset_days(reminder.offset);
  return message;
}

int64_t MicrosOfChange(const EnrollmentContext& before, absl::Time now) {
  const record::v1::NeverTold untold = UntoldOf(before.row.history);
  std::set<int64_t> taken = {untold.change_micros()};
  for (const auto& message : untold.messages()) taken.insert(message.change_micros());
  for (const auto& visit : untold.appointments()) taken.insert(visit.change_micros());
  for (const auto& facts : before.row.history.earlier_facts()) taken.insert(facts.never_told_micros());
  int64_t micros = absl::ToUnixMicros(now);
  while (taken.count(micros) > 0) --micros;
  return micros;
}

void KeepUntold(const record::v1::NeverTold& before, const EnrollmentContext& after, const PendingReminders& pending,
                absl::FunctionRef<bool(const std::string&)> is_untold, record::v1::NeverTold* untold) {
  if (untold->messages_size() > kMaxMessages) {
    untold->mutable_messages()->DeleteSubrange(kMaxMessages, untold->messages_size() - kMaxMessages);
  }
  if (!untold->messages().empty()) untold->set_change_micros(untold->messages(0).change_micros());
  if (!untold->appointments().empty()) untold->set_change_micros(untold->appointments(0).change_micros());
  // While a test clock stands still, a newer change has an earlier instant. What was the newest stays so.
  int64_t newest_kept = 0;
  const auto note_kept = [&](int64_t change) {
    if (newest_kept == before.change_micros()) return;
    if (change == before.change_micros() || newest_kept < change) newest_kept = change;
  };
  for (const record::v1::UntoldMessage& message : before.messages()) {
    if (untold->messages_size() == kMaxMessages || IsPendingAgain(after, pending, message)) continue;
    *untold->add_messages() = message;
    note_kept(message.change_micros());
  }
  for (const record::v1::UntoldVisit& visit : before.appointments()) {
    const auto& noted = untold->appointments();
    const bool is_noted = std::any_of(noted.begin(), noted.end(),
                                      [&visit](const auto& other) { return other.visit() == visit.visit(); });
    if (is_noted || !is_untold(visit.visit())) continue;
    *untold->add_appointments() = visit;
    note_kept(visit.change_micros());
  }
  if (untold->change_micros() == 0) untold->set_change_micros(newest_kept);
}

}  // namespace aftercare::engine
