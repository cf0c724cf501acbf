// The steps of an enrollment that CreateEnrollment and every line of an import share: check the request, prepare the
// enrollment, store it. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLL_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// What CheckEnroll finds out about a request.
struct CheckedEnroll {
  std::string clinic;
  plan::FieldErrors errors;  // found so far; PrepareEnroll reports them together with its own
};

// Checks what can be checked without the store. Puts errors into the result, so that PrepareEnroll can report all
// errors together. If the parent or the pathway is malformed, PrepareEnroll cannot run: then returns INVALID_ARGUMENT
// with every error.
absl::StatusOr<CheckedEnroll> CheckEnroll(const v1::CreateEnrollmentRequest& request);

// Checks the rest of the request, and returns the context of the new enrollment. Stores nothing. INVALID_ARGUMENT with
// all errors, those of `checked` included; NOT_FOUND if the clinic, the pathway or its revision does not exist.
absl::StatusOr<EnrollmentContext> PrepareEnroll(EngineContext& engine, store::ReadTransaction& tx,
                                                const v1::CreateEnrollmentRequest& request,
                                                const CheckedEnroll& checked);

// Checks that the clinic may enrol the patient of `row`, an enrollment that PrepareEnroll made. FAILED_PRECONDITION /
// PATIENT_DECEASED if an enrollment of the patient says that the patient died; ALREADY_EXISTS / PATIENT_ENROLLED if the
// patient has a running enrollment on the same pathway and `allow_concurrent` is not set. Must run in the same
// mutation as StoreEnrolled, so that of two calls at the same time only one enrols the patient.
absl::Status CheckPatient(store::ReadTransaction& tx, const store::EnrollmentRow& row, bool allow_concurrent);

// Stores and logs an enrollment that PrepareEnroll made, and fires what is due at the time of enrollment. Updates
// `context`. ALREADY_EXISTS / ENROLLMENT_EXISTS if the id is taken.
absl::Status StoreEnrolled(store::WriteTransaction& tx, EnrollmentContext* context);

// Returns the error ALREADY_EXISTS / ENROLLMENT_EXISTS, which names the enrollment of `row`.
absl::Status EnrollmentExists(const store::EnrollmentRow& row);

// Clears the fields that only the server sets.
void ClearOutputFields(v1::Enrollment* enrollment);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLL_H_
