#include "scheduler/engine/planning/message_caps.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

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
      return row.attempts > 0;
    default:
      return false;
  }
}

// Returns the instant on whose day a message counts.
absl::Time CountsAt(const store::ReminderRow& row) {
  const int64_t came_due = row.record.empty() ? 0 : RecordOf(row).came_due_micros();
  return came_due == 0 ? row.due : absl::FromUnixMicros(came_due);
}

// Returns whether a message of `rule` keeps room from one of `than`. Answers may withhold what has conditions on them.
bool KeepsRoomFrom(const plan::CompiledRule& rule, const plan::CompiledRule& than) {
  return rule.audience == v1::AUDIENCE_PATIENT && rule.observed.empty() && rule.importance < than.importance;
}

int CountKept(absl::Span<const plan::CompiledRule* const> rules, const plan::CompiledRule& than) {
  return static_cast<int>(std::count_if(rules.begin(), rules.end(), [&](const plan::CompiledRule* rule) {
    return rule != nullptr && KeepsRoomFrom(*rule, than);
  }));
}

}  // namespace

MessageCapGate::MessageCapGate(store::ReadTransaction& tx, const EnrollmentContext& context, absl::Time now)
    : tx_(tx),
      context_(context),
      now_(now),
      today_(absl::ToCivilDay(now, context.facts.zone)),
      caps_(CapsOf(context)) {}

absl::Status MessageCapGate::Load() {
  auto enrollments = tx_.EnrollmentsOf(context_.row.clinic, context_.row.data.patient());
  if (!enrollments.ok()) return enrollments.status();
  for (const std::string& enrollment : *enrollments) {
    store::ReminderQuery query;
    query.clinic = context_.row.clinic;
    query.enrollment = enrollment;
    query.limit = std::numeric_limits<int>::max();
    auto rows = tx_.ListReminders(query);
    if (!rows.ok()) return rows.status();
    CountRows(*rows);
    if (enrollment != context_.row.enrollment) continue;
    for (const store::ReminderRow& row : *rows) names_.emplace(row.key.rule, row.key.code);
    FindPlanned(*rows);
  }
  return absl::OkStatus();
}

std::optional<v1::ReminderReason> MessageCapGate::WhyHeldBack(
    const plan::CompiledRule& rule, absl::Span<const plan::CompiledRule* const> waiting) const {
  if (rule.is_safety) return std::nullopt;
  const int reserved = CountKept(planned_, rule) + CountKept(waiting, rule);
  if (caps_.per_day > 0 && today_count_ + reserved >= caps_.per_day) return v1::REMINDER_REASON_DAILY_CAP;
  if (caps_.per_week > 0 && week_count_ + reserved >= caps_.per_week) return v1::REMINDER_REASON_WEEKLY_CAP;
  return std::nullopt;
}

void MessageCapGate::Count() {
  ++today_count_;
  ++week_count_;
}

std::optional<absl::Time> MessageCapGate::NextTime(absl::CivilSecond time, absl::Time expire) const {
  plan::LocalClock clock(context_.facts.zone);
  const int64_t time_of_day = time - absl::CivilSecond(absl::CivilDay(time));
  const int64_t next = clock.At((plan::DayNumber(today_) + 1) * kSecondsOfDay + time_of_day);
  const int64_t end = absl::ToUnixSeconds(expire);
  if (next >= end) return std::nullopt;
  const int64_t open = context_.facts.hours.NextOpen(next, end, &clock);
  if (open >= end) return std::nullopt;
  return absl::FromUnixSeconds(open);
}

void MessageCapGate::CountRows(const std::vector<store::ReminderRow>& rows) {
  for (const store::ReminderRow& row : rows) {
    if (!Counts(row)) continue;
    const absl::CivilDay day = absl::ToCivilDay(CountsAt(row), context_.facts.zone);
    if (day <= today_ - kDaysOfWeek || day > today_) continue;
    ++week_count_;
    today_count_ += day == today_ ? 1 : 0;
  }
}

void MessageCapGate::FindPlanned(const std::vector<store::ReminderRow>& rows) {
  const absl::Time end = absl::FromCivil(today_ + 1, context_.facts.zone);
  const auto add = [this](int index) {
    const bool is_refused = HasRefusedCategory(context_, context_.pathway->rule_source(index).category());
    if (!is_refused) planned_.push_back(&context_.pathway->rule(index));
  };
  absl::flat_hash_set<OccurrenceKey> has_row;  // What was dealt with ahead of its time, or has another time.
  for (const store::ReminderRow& row : rows) {
    const auto cover = CoverOf(context_, row);
    if (!cover) continue;
    has_row.insert(*cover);
    if (row.state != v1::REMINDER_STATE_SCHEDULED || row.due <= now_ || row.due >= end) continue;
    if (!OccurrenceOf(context_, row).outside_contact_hours) add(cover->rule);
  }
  plan::Plan plan(*context_.pathway, context_.facts);
  plan.Seek(now_ + absl::Nanoseconds(1));
  for (plan::Occurrence occurrence; plan.Next(&occurrence) && occurrence.due < end;) {
    const bool is_missed = occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED || occurrence.outside_contact_hours;
    if (!is_missed && !has_row.contains(KeyOf(context_, occurrence))) add(occurrence.rule);
  }
}

void NoteCameDue(const EnrollmentContext& context, absl::Time now, store::ReminderRow* row) {
  const absl::TimeZone zone = context.facts.zone;
  const bool is_late = absl::ToCivilDay(now, zone) > absl::ToCivilDay(row->due, zone);
  if (!is_late && row->record.empty()) return;
  record::v1::ReminderRecord record = RecordOf(*row);
  if (!is_late && record.came_due_micros() == 0) return;
  record.set_came_due_micros(is_late ? absl::ToUnixMicros(now) : 0);
  row->record = record.SerializeAsString();
}

void PutOff(absl::Time time, store::ReminderRow* row) {
  // What is put off once more keeps the time before. 0 would mean that nothing was put off.
  if (!IsPutOff(*row)) {
    record::v1::ReminderRecord record = RecordOf(*row);
    record.set_capped_due_micros(std::max<int64_t>(absl::ToUnixMicros(row->due), 1));
    row->record = record.SerializeAsString();
  }
  row->due = time;
}

bool IsPutOff(const store::ReminderRow& row) {
  return row.state == v1::REMINDER_STATE_SCHEDULED && (row.reason == v1::REMINDER_REASON_DAILY_CAP ||
                                                       row.reason == v1::REMINDER_REASON_WEEKLY_CAP);
}

bool IsPutOffWithin(const store::ReminderRow& row, absl::Time from, absl::Time until) {
  return IsPutOff(row) && from <= row.due && row.due < until;
}

absl::Time DueBeforeCaps(const store::ReminderRow& row) {
  const bool may_be_recorded = !row.record.empty() && (row.state != v1::REMINDER_STATE_SCHEDULED || IsPutOff(row));
  const int64_t micros = may_be_recorded ? RecordOf(row).capped_due_micros() : 0;
  return micros == 0 ? row.due : absl::FromUnixMicros(micros);
}

bool ForgetPutOff(store::ReminderRow* row) {
  if (!IsPutOff(*row)) return false;
  ForgetDueBeforeCaps(row);
  row->reason = v1::REMINDER_REASON_UNSPECIFIED;
  return true;
}

void ForgetDueBeforeCaps(store::ReminderRow* row) {
  if (row->record.empty()) return;
  record::v1::ReminderRecord record = RecordOf(*row);
  if (record.capped_due_micros() == 0) return;
  record.clear_capped_due_micros();
  row->record = record.SerializeAsString();
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
