#include "scheduler/engine/enrollments/end_enrollment.h"

#include <string>
#include <utility>

#include "scheduler/engine/enrollments/pause_enrollment.h"
#include "scheduler/engine/enrollments/running_enrollment.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/plan_outline.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/planning/ending.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

absl::Status EndOne(EngineContext& engine, store::WriteTransaction& tx, EnrollmentContext& context,
                    v1::EndReason reason, absl::Time now) {
  // What is due by now comes due first, even if the sweep has not got to it yet, or a pause held it back.
  absl::Status status = context.row.state == v1::ENROLLMENT_STATE_PAUSED
                            ? ResumeAndFire(engine, tx, &context, now)
                            : FireEnrollment(tx, &context, now).status();
  return status.ok() ? EndNow(tx, reason, now, &context) : status;
}

// Ends the patient's other running enrollments.
absl::Status EndOthers(EngineContext& engine, store::WriteTransaction& tx, const store::EnrollmentRow& ended,
                       v1::EndReason reason, absl::Time now, v1::EndEnrollmentResponse* response) {
  auto ids = tx.EnrollmentsOf(ended.clinic, ended.data.patient());
  if (!ids.ok()) return ids.status();
  for (const std::string& id : *ids) {
    auto other = RequireEnrollmentContext(engine, tx, ended.clinic, id);
    if (!other.ok()) return other.status();
    if (!CheckRuns(*other, now).ok()) continue;
    if (absl::Status status = EndOne(engine, tx, *other, reason, now); !status.ok()) return status;
    response->add_also_ended(EnrollmentNameOf(ended.clinic, id));
  }
  return absl::OkStatus();
}

// Replaces the reason for which an enrollment has ended.
absl::Status CorrectOne(EngineContext& engine, store::WriteTransaction& tx, v1::EndReason reason, absl::Time now,
                        store::EnrollmentRow* row) {
  row->data.set_end_reason(reason);
  ++row->version;
  auto context = MakeEnrollmentContext(engine, tx, *row);
  if (!context.ok()) return context.status();
  if (absl::Status status = StoreEnrollment(tx, &*context); !status.ok()) return status;
  return LogEnrollment(tx, *row, v1::EVENT_TYPE_ENROLLMENT_UPDATED, now);
}

// Returns whether two enrollments of a patient ended by the same event: the patient's death, or the same transfer.
bool EndedTogether(const store::EnrollmentRow& one, const store::EnrollmentRow& other) {
  const v1::EndReason reason = one.data.end_reason();
  if (other.state != v1::ENROLLMENT_STATE_ENDED || other.data.end_reason() != reason) return false;
  if (reason == v1::END_REASON_DECEASED) return true;
  return reason == v1::END_REASON_TRANSFERRED &&
         plan::ToTime(one.data.end_time()) == plan::ToTime(other.data.end_time());
}

// Corrects the reason of the patient's other enrollments that ended together with `corrected`, which has its old
// reason.
absl::Status CorrectOthers(EngineContext& engine, store::WriteTransaction& tx, const store::EnrollmentRow& corrected,
                           v1::EndReason reason, absl::Time now, v1::EndEnrollmentResponse* response) {
  auto ids = tx.EnrollmentsOf(corrected.clinic, corrected.data.patient());
  if (!ids.ok()) return ids.status();
  for (const std::string& id : *ids) {
    auto other = tx.GetEnrollment(corrected.clinic, id);
    if (!other.ok()) return other.status();
    if (!other->has_value() || id == corrected.enrollment || !EndedTogether(corrected, **other)) continue;
    if (absl::Status status = CorrectOne(engine, tx, reason, now, &**other); !status.ok()) return status;
    response->add_also_corrected(EnrollmentNameOf(corrected.clinic, id));
  }
  return absl::OkStatus();
}

// Corrects why `row`, an enrollment that has ended with another reason, ended.
absl::Status Correct(EngineContext& engine, store::WriteTransaction& tx, store::EnrollmentRow row,
                     const v1::EndEnrollmentRequest& request, v1::EndEnrollmentResponse* response) {
  auto clinic = RequireClinic(tx, row.clinic);
  if (!clinic.ok()) return clinic.status();
  const absl::Time now = engine.Now(*clinic);
  absl::Status status = CheckEtag(request.etag(), row.version, EnrollmentNameOf(row.clinic, row.enrollment));
  if (status.ok()) status = CorrectOthers(engine, tx, row, request.reason(), now, response);
  if (status.ok()) status = CorrectOne(engine, tx, request.reason(), now, &row);
  if (!status.ok()) return status;
  *response->mutable_enrollment() = EnrollmentToProto(row);
  // Nothing may be sent to a patient who is recorded as deceased. A transfer that is recorded late ends nothing, since
  // the patient may have come back.
  const bool ends_all = request.reason() == v1::END_REASON_DECEASED;
  return ends_all ? EndOthers(engine, tx, row, request.reason(), now, response) : absl::OkStatus();
}

// Ends an enrollment whose pathway is over, which the sweep has not got to yet. A null row stays.
absl::Status EndIfOver(EngineContext& engine, store::WriteTransaction& tx, std::optional<store::EnrollmentRow>* row) {
  if (!*row) return absl::OkStatus();
  auto clinic = RequireClinic(tx, (*row)->clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = MakeEnrollmentContext(engine, tx, **row);
  if (!context.ok()) return context.status();
  const absl::Time now = engine.Now(*clinic);
  if (EndsAt(*context) > now) return absl::OkStatus();
  absl::Status status = FireEnrollment(tx, &*context, now).status();
  *row = std::move(context->row);
  return status;
}

absl::Status End(EngineContext& engine, store::WriteTransaction& tx, const EnrollmentName& name,
                 const v1::EndEnrollmentRequest& request, v1::EndEnrollmentResponse* response) {
  auto row = tx.GetEnrollment(name.clinic, name.enrollment);
  if (!row.ok()) return row.status();
  if (absl::Status status = EndIfOver(engine, tx, &*row); !status.ok()) return status;
  const bool has_ended = row->has_value() && (*row)->state == v1::ENROLLMENT_STATE_ENDED;
  if (has_ended && (*row)->data.end_reason() != request.reason()) {
    return Correct(engine, tx, **std::move(row), request, response);
  }
  auto enrollment = RequireRunningEnrollment(engine, tx, name, request.etag());
  if (!enrollment.ok()) return enrollment.status();
  EnrollmentContext& context = enrollment->context;
  const absl::Time now = enrollment->now;
  if (absl::Status status = EndOne(engine, tx, context, request.reason(), now); !status.ok()) return status;
  *response->mutable_enrollment() = EnrollmentToProto(context.row);
  const bool ends_all =
      request.reason() == v1::END_REASON_DECEASED || request.reason() == v1::END_REASON_TRANSFERRED;
  return ends_all ? EndOthers(engine, tx, context.row, request.reason(), now, response) : absl::OkStatus();
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
