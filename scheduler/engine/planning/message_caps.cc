#include "scheduler/engine/planning/message_caps.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/plan_outline.h"
#include "scheduler/engine/lifecycle/team_notices.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/plan/civil.h"

namespace aftercare::engine {
namespace {

constexpr int kDaysOfWeek = 7;
constexpr int64_t kSecondsOfDay = 24 * 60 * 60;

plan::MessageCaps CapsOf(const EnrollmentContext& context) {
  const auto& calendar = context.facts.setting.calendar;
  return plan::StricterOf(context.pathway->caps(), calendar == nullptr ? plan::MessageCaps() : calendar->caps);
}

// Returns whether a row is of a message that has come due and has not ended unsent. A task has a channel only while its
// team is told.
bool Counts(const store::ReminderRow& row) {
  if (row.channel == v1::CHANNEL_UNSPECIFIED || TellsTeam(row)) return false;
  switch (row.state) {
    case v1::REMINDER_STATE_DUE:
    case v1::REMINDER_STATE_LEASED:
    case v1::REMINDER_STATE_SENT:
    case v1::REMINDER_STATE_DELIVERED:
      return true;
    case v1::REMINDER_STATE_COMPLETED:
    case v1::REMINDER_STATE_FAILED:
      return row.attempts > 0;
    default:
      return false;
  }
}

bool IsMoreImportant(const plan::CompiledRule& rule, const plan::CompiledRule& than) {
  return rule.audience == v1::AUDIENCE_PATIENT && rule.importance < than.importance;
}

int CountMoreImportant(const std::vector<const plan::CompiledRule*>& rules, const plan::CompiledRule& than) {
  return static_cast<int>(std::count_if(rules.begin(), rules.end(), [&](const plan::CompiledRule* rule) {
    return IsMoreImportant(*rule, than);
  }));
}

}  // namespace

MessageCapGate::MessageCapGate(store::ReadTransaction& tx, const EnrollmentContext& context, absl::Time now)
    : tx_(tx),
      context_(context),
      now_(now),
      today_(absl::ToCivilDay(now, context.facts.zone)),
      caps_(CapsOf(context)) {}

absl::StatusOr<std::optional<v1::ReminderReason>> MessageCapGate::WhyHeldBack(
    const plan::CompiledRule& rule, const std::vector<const plan::CompiledRule*>& waiting) {
  if (rule.is_safety) return std::nullopt;
  if (!counted_) {
    if (absl::Status status = CountStored(); !status.ok()) return status;
    if (absl::Status status = FindPlanned(); !status.ok()) return status;
    counted_ = true;
  }
  const int reserved = CountMoreImportant(planned_, rule) + CountMoreImportant(waiting, rule);
  if (caps_.per_day > 0 && today_count_ + reserved >= caps_.per_day) return v1::REMINDER_REASON_DAILY_CAP;
  if (caps_.per_week > 0 && week_count_ + reserved >= caps_.per_week) return v1::REMINDER_REASON_WEEKLY_CAP;
  return std::nullopt;
}

void MessageCapGate::Count() {
  if (!counted_) return;  // It is counted with those that are stored.
  ++today_count_;
  ++week_count_;
}

std::optional<absl::Time> MessageCapGate::NextTime(absl::CivilMinute time, absl::Time expire) const {
  plan::LocalClock clock(context_.facts.zone);
  const int64_t time_of_day = (absl::CivilSecond(time) - absl::CivilSecond(absl::CivilDay(time)));
  const int64_t next = clock.At((plan::DayNumber(today_) + 1) * kSecondsOfDay + time_of_day);
  const int64_t end = absl::ToUnixSeconds(expire);
  if (next >= end) return std::nullopt;
  const int64_t open = context_.facts.hours.NextOpen(next, end, &clock);
  if (open >= end) return std::nullopt;
  return absl::FromUnixSeconds(open);
}

absl::Status MessageCapGate::CountStored() {
  const absl::CivilDay first = today_ - (kDaysOfWeek - 1);
  auto enrollments = tx_.EnrollmentsOf(context_.row.clinic, context_.row.data.patient());
  if (!enrollments.ok()) return enrollments.status();
  for (const std::string& enrollment : *enrollments) {
    store::ReminderQuery query;
    query.clinic = context_.row.clinic;
    query.enrollment = enrollment;
    query.due_from = absl::FromCivil(first, context_.facts.zone);
    query.limit = std::numeric_limits<int>::max();
    auto rows = tx_.ListReminders(query);
    if (!rows.ok()) return rows.status();
    for (const store::ReminderRow& row : *rows) {
      const absl::CivilDay day = absl::ToCivilDay(row.due, context_.facts.zone);
      if (!Counts(row) || day < first || day > today_) continue;
      ++week_count_;
      today_count_ += day == today_ ? 1 : 0;
    }
  }
  return absl::OkStatus();
}

absl::Status MessageCapGate::FindPlanned() {
  const absl::Time end = absl::FromCivil(today_ + 1, context_.facts.zone);
  plan::Plan plan(*context_.pathway, context_.facts);
  plan.Seek(now_ + absl::Nanoseconds(1));
  std::vector<plan::Occurrence> planned;
  for (plan::Occurrence occurrence; plan.Next(&occurrence) && occurrence.due < end;) {
    const plan::CompiledRule& rule = context_.pathway->rule(occurrence.rule);
    const bool is_refused = HasRefusedCategory(context_, context_.pathway->rule_source(occurrence.rule).category());
    const bool is_missed = occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED || occurrence.outside_contact_hours ||
                           is_refused;
    if (!is_missed && rule.audience == v1::AUDIENCE_PATIENT && rule.observed.empty()) planned.push_back(occurrence);
  }
  auto rows = RowsOf(tx_, context_, {});
  if (!rows.ok()) return rows.status();
  absl::flat_hash_set<OccurrenceKey> has_row;  // What was dealt with ahead of its time, or has another time.
  for (const store::ReminderRow& row : *rows) {
    const auto cover = CoverOf(context_, row);
    if (!cover) continue;
    has_row.insert(*cover);
    const bool is_refused = HasRefusedCategory(context_, context_.pathway->rule_source(cover->rule).category());
    const bool is_to_come =
        row.state == v1::REMINDER_STATE_SCHEDULED && row.due > now_ && row.due < end && !is_refused;
    if (is_to_come) planned_.push_back(&context_.pathway->rule(cover->rule));
  }
  for (const plan::Occurrence& occurrence : planned) {
    if (has_row.contains(KeyOf(context_, occurrence))) continue;
    planned_.push_back(&context_.pathway->rule(occurrence.rule));
  }
  return absl::OkStatus();
}

void PutOff(absl::Time due, absl::Time time, store::ReminderRow* row) {
  record::v1::ReminderRecord record = RecordOf(*row);
  // What is put off once more keeps the plan's time. 0 would mean that nothing was put off.
  if (record.capped_due_micros() == 0) record.set_capped_due_micros(std::max<int64_t>(absl::ToUnixMicros(due), 1));
  row->record = record.SerializeAsString();
  row->due = time;
}

std::optional<absl::Time> PutOffFrom(const store::ReminderRow& row) {
  if (row.record.empty()) return std::nullopt;
  const int64_t micros = RecordOf(row).capped_due_micros();
  if (micros == 0) return std::nullopt;
  return absl::FromUnixMicros(micros);
}

void ForgetPutOff(store::ReminderRow* row) {
  record::v1::ReminderRecord record = RecordOf(*row);
  record.clear_capped_due_micros();
  row->record = record.SerializeAsString();
  row->reason = v1::REMINDER_REASON_UNSPECIFIED;
}

absl::Status ScheduleAgain(store::WriteTransaction& tx, const std::vector<absl::Time>& times,
                           EnrollmentContext* context) {
  if (times.empty()) return absl::OkStatus();
  store::EnrollmentRow& row = context->row;
  for (const absl::Time time : times) {
    row.next_due = std::min(row.next_due.value_or(time), time);
    row.compare_rows_until = std::max(row.compare_rows_until.value_or(time), time);
  }
  return StoreEnrollment(tx, context);
}

}  // namespace aftercare::engine
