#include "scheduler/engine/lifecycle/plan_outline.h"

#include <algorithm>

#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// Returns when the last suspension of the plan ended.
absl::Time SuspendedUntil(const plan::PatientFacts& facts) {
  absl::Time until = facts.enroll_time;
  for (const plan::Suspension& suspension : facts.suspensions) until = std::max(until, suspension.until);
  return until;
}

// Returns whether the plan of a running enrollment, and what fired, do not tell everything of its reminders.
bool NeedsRowsWhileItRuns(const store::EnrollmentRow& row) {
  return row.state == v1::ENROLLMENT_STATE_PAUSED || row.history.visits_size() > 0 || row.history.has_never_told() ||
         row.history.reactions_size() > 0 ||
         row.history.hold_micros() != 0;
}

// Returns whether the enrollment has a reminder that is due at `end` or later.
absl::StatusOr<bool> HasRowsAfter(store::ReadTransaction& tx, const store::EnrollmentRow& row, absl::Time end) {
  store::ReminderQuery query;
  query.clinic = row.clinic;
  query.enrollment = row.enrollment;
  query.due_from = end;
  query.limit = 1;
  auto rows = tx.ListReminders(query);
  if (!rows.ok()) return rows.status();
  return !rows->empty();
}

}  // namespace

absl::StatusOr<record::v1::PlanOutline> OutlineOf(store::ReadTransaction& tx, const EnrollmentContext& context) {
  const store::EnrollmentRow& row = context.row;
  record::v1::PlanOutline outline;
  outline.set_rules(EncodeRules(context.facts.rules));
  outline.set_suspended_until(absl::ToUnixMicros(SuspendedUntil(context.facts)));
  outline.set_was_suspended(!context.facts.suspensions.empty());
  outline.set_channel(PlannedChannel(context, v1::AUDIENCE_PATIENT));
  outline.set_needs_rows(NeedsRowsWhileItRuns(row));
  if (row.state != v1::ENROLLMENT_STATE_ENDED) return outline;
  const absl::Time end = plan::ToTime(row.data.end_time());
  outline.set_end_time(absl::ToUnixMicros(end));
  auto has_rows = HasRowsAfter(tx, row, end);
  if (!has_rows.ok()) return has_rows.status();
  outline.set_needs_rows(outline.needs_rows() || *has_rows);
  return outline;
}

absl::Status SetOutline(store::ReadTransaction& tx, EnrollmentContext* context) {
  auto outline = OutlineOf(tx, *context);
  if (!outline.ok()) return outline.status();
  context->row.outline = outline->SerializeAsString();
  return absl::OkStatus();
}

absl::Status StoreEnrollment(store::WriteTransaction& tx, EnrollmentContext* context) {
  absl::Status status = SetOutline(tx, context);
  return status.ok() ? tx.UpdateEnrollment(context->row) : status;
}

std::string EncodeRules(const plan::RuleSet& rules) {
  std::string bytes;
  for (size_t rule = 0; rule < rules.size(); ++rule) {
    if (!rules[rule]) continue;
    bytes.resize(rule / 8 + 1);
    bytes.back() = static_cast<char>(bytes.back() | 1 << rule % 8);
  }
  return bytes;
}

plan::RuleSet DecodeRules(absl::string_view bytes) {
  plan::RuleSet rules;
  for (size_t rule = 0; rule < std::min(rules.size(), bytes.size() * 8); ++rule) {
    rules[rule] = (bytes[rule / 8] >> rule % 8 & 1) != 0;
  }
  return rules;
}

}  // namespace aftercare::engine
