#include "scheduler/engine/enrollments/end_enrollment.h"

#include <string>
#include <utility>

#include "scheduler/engine/enrollments/pause_enrollment.h"
#include "scheduler/engine/enrollments/running_enrollment.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/replanning.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// Ends the reminders that have a row and are not sent yet, leased ones included.
absl::Status EndOpenReminders(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now) {
  auto rows = RowsOf(tx, context, kPendingStates);
  if (!rows.ok()) return rows.status();
  for (store::ReminderRow& row : *rows) {
    absl::Status status =
        EndUnsentReminder(tx, context, ReminderEvent::kEnd, v1::REMINDER_REASON_ENROLLMENT_ENDED, now, &row);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status EndOne(EngineContext& engine, store::WriteTransaction& tx, EnrollmentContext& context,
                    v1::EndReason reason, absl::Time now) {
  // What is due by now comes due first, even if the sweep has not got to it yet, or a pause held it back.
  absl::Status status = context.row.state == v1::ENROLLMENT_STATE_PAUSED
                            ? ResumeAndFire(engine, tx, &context, now)
                            : FireEnrollment(tx, &context, now).status();
  if (status.ok()) status = EndOpenReminders(tx, context, now);
  if (!status.ok()) return status;

  store::EnrollmentRow& row = context.row;
  row.state = v1::ENROLLMENT_STATE_ENDED;
  ++row.version;
  row.data.set_end_reason(reason);
  plan::SetTimestamp(now, row.data.mutable_end_time());
  // Where clocks were set back, what came due by an earlier calendar may lie after the end by the present one.
  if (status = Replan(tx, &context, now).status(); !status.ok()) return status;
  return LogEnrollment(tx, row, v1::EVENT_TYPE_ENROLLMENT_ENDED, now);
}

// Ends the patient's other running enrollments.
absl::Status EndOthers(EngineContext& engine, store::WriteTransaction& tx, const EnrollmentContext& ended,
                       v1::EndReason reason, absl::Time now, v1::EndEnrollmentResponse* response) {
  auto ids = tx.EnrollmentsOf(ended.row.clinic, ended.row.data.patient());
  if (!ids.ok()) return ids.status();
  for (const std::string& id : *ids) {
    auto other = RequireEnrollmentContext(engine, tx, ended.row.clinic, id);
    if (!other.ok()) return other.status();
    if (other->row.state == v1::ENROLLMENT_STATE_ENDED) continue;
    if (absl::Status status = EndOne(engine, tx, *other, reason, now); !status.ok()) return status;
    response->add_also_ended(EnrollmentNameOf(ended.row.clinic, id));
  }
  return absl::OkStatus();
}

absl::Status End(EngineContext& engine, store::WriteTransaction& tx, const EnrollmentName& name,
                 const v1::EndEnrollmentRequest& request, v1::EndEnrollmentResponse* response) {
  auto enrollment = RequireRunningEnrollment(engine, tx, name, request.etag());
  if (!enrollment.ok()) return enrollment.status();
  EnrollmentContext& context = enrollment->context;
  const absl::Time now = enrollment->now;
  if (absl::Status status = EndOne(engine, tx, context, request.reason(), now); !status.ok()) return status;
  *response->mutable_enrollment() = EnrollmentToProto(context.row);
  const bool ends_all =
      request.reason() == v1::END_REASON_DECEASED || request.reason() == v1::END_REASON_TRANSFERRED;
  return ends_all ? EndOthers(engine, tx, context, request.reason(), now, response) : absl::OkStatus();
}

}  // namespace

void EndEnrollment(EngineContext& engine, const CallPtr& call, const v1::EndEnrollmentRequest& request,
                   v1::EndEnrollmentResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParseEnrollmentName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/enrollments/{enrollment}"});
  if (request.reason() == v1::END_REASON_UNSPECIFIED || !v1::EndReason_IsValid(request.reason())) {
    errors.push_back({"reason", "must be COMPLETED, WITHDRAWN, TRANSFERRED or DECEASED"});
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Mutate(
      request, name->clinic, request.request_id(), response,
      [&engine, name = *name, &request, response](store::WriteTransaction& tx) {
        return End(engine, tx, name, request, response);
      },
      std::move(done));
}

}  // namespace aftercare::engine
