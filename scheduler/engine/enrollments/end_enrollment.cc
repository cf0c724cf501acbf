// Enrollments::End.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/enrollments/enrollments.h"
#include "scheduler/engine/enrollments/pausing.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/replanning.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// Ends what has a row and is not sent yet, leased reminders included.
absl::Status CancelOpen(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now) {
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
  // What came due up to this instant has come due, even if the sweep has not got to it yet, or a pause held it back.
  absl::Status status = context.row.state == v1::ENROLLMENT_STATE_PAUSED ? ResumeNow(engine, tx, &context, now)
                                                                         : FireEnrollment(tx, &context, now).status();
  if (!status.ok()) return status;
  status = CancelOpen(tx, context, now);
  if (!status.ok()) return status;

  store::EnrollmentRow& row = context.row;
  row.state = v1::ENROLLMENT_STATE_ENDED;
  ++row.version;
  row.data.set_end_reason(reason);
  plan::SetTimestamp(now, row.data.mutable_end_time());
  // Where clocks were set back, what has come due by a calendar of before may lie after the end by the one of now.
  if (status = Replan(tx, &context, now).status(); !status.ok()) return status;
  return LogEnrollment(tx, row, v1::EVENT_TYPE_ENROLLMENT_ENDED, now);
}

// Ends the patient's other running enrollments too.
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

absl::Status EndNow(EngineContext& engine, store::WriteTransaction& tx, const EnrollmentName& name,
                    const v1::EndEnrollmentRequest& request, v1::EndEnrollmentResponse* response) {
  auto clinic = RequireClinic(tx, name.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, name.clinic, name.enrollment);
  if (!context.ok()) return context.status();
  absl::Status status = CheckEtag(request.etag(), context->row.version, request.name());
  if (!status.ok()) return status;
  if (status = CheckNotEnded(context->row); !status.ok()) return status;
  const absl::Time now = engine.Now(*clinic);
  if (status = EndOne(engine, tx, *context, request.reason(), now); !status.ok()) return status;
  *response->mutable_enrollment() = EnrollmentToProto(context->row);
  const bool is_for_good =
      request.reason() == v1::END_REASON_DECEASED || request.reason() == v1::END_REASON_TRANSFERRED;
  return is_for_good ? EndOthers(engine, tx, *context, request.reason(), now, response) : absl::OkStatus();
}

}  // namespace

void Enrollments::End(const Caller& caller, const v1::EndEnrollmentRequest& request,
                      v1::EndEnrollmentResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParseEnrollmentName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/enrollments/{enrollment}"});
  if (request.reason() == v1::END_REASON_UNSPECIFIED || !v1::EndReason_IsValid(request.reason())) {
    errors.push_back({"reason", "must be COMPLETED, WITHDRAWN, TRANSFERRED or DECEASED"});
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  engine_.Mutate(
      request, name->clinic, request.request_id(), response,
      [this, name = *name, &request, response](store::WriteTransaction& tx) {
        return EndNow(engine_, tx, name, request, response);
      },
      std::move(done));
}

}  // namespace aftercare::engine
