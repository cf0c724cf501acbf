#include "scheduler/engine/adherence/count_adherence.h"

#include <utility>

#include "absl/time/civil_time.h"
#include "scheduler/engine/lifecycle/asking_messages.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/answers/adherence.h"
#include "scheduler/plan/civil.h"

namespace aftercare::engine {
namespace {

constexpr v1::ReminderState kToldStates[] = {v1::REMINDER_STATE_SENT, v1::REMINDER_STATE_DELIVERED,
                                             v1::REMINDER_STATE_COMPLETED};

}  // namespace

absl::StatusOr<std::vector<store::ReminderRow>> ToldRowsOf(store::ReadTransaction& tx,
                                                           const EnrollmentContext& context) {
  return RowsOf(tx, context, kToldStates);
}

absl::StatusOr<CountedAdherence> CountAdherenceOf(store::ReadTransaction& tx, const EnrollmentContext& context,
                                                  absl::Time now) {
  auto rows = ToldRowsOf(tx, context);
  if (!rows.ok()) return rows.status();
  CountedAdherence counted;
  const std::vector<plan::AskingMessage> messages = AskingMessagesOf(context, *rows);
  if (messages.empty()) return counted;
  const absl::TimeZone zone = context.facts.zone;
  const plan::AdherenceDays days = plan::CountDays(messages, absl::ToCivilDay(now, zone) - 1);
  store::AdherenceRow& row = counted.row.emplace();
  row.enrollment_row_id = context.row.row_id;
  row.enrollment = context.row.enrollment;
  if (auto pathway = ParsePathwayName(context.row.data.pathway())) row.pathway = std::move(pathway->pathway);
  row.time_zone = context.row.data.time_zone();
  row.state = context.row.state;
  row.last_day = plan::DayNumber(days.last_day);
  row.asked = days.asked;
  row.done = days.done;
  if (days.silent_since) row.silent_since = plan::DayNumber(*days.silent_since);
  if (days.next_change) counted.count_after = absl::FromCivil(*days.next_change + 1, zone);
  return counted;
}

absl::StatusOr<CountedAdherence> CountAdherenceOf(EngineContext& engine, store::ReadTransaction& tx,
                                                  const store::AdherenceMark& mark, absl::Time now) {
  auto context = RequireEnrollmentContext(engine, tx, mark.clinic, /*enrollment=*/"", mark.enrollment_row_id);
  return context.ok() ? CountAdherenceOf(tx, *context, now) : context.status();
}

plan::AdherenceDays DaysOf(const store::AdherenceRow& row) {
  plan::AdherenceDays days;
  days.last_day = plan::DayOf(row.last_day);
  days.asked = row.asked;
  days.done = row.done;
  if (row.silent_since) days.silent_since = plan::DayOf(*row.silent_since);
  return days;
}

}  // namespace aftercare::engine
