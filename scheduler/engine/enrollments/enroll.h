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
#include "scheduler/plan/field_errors.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// A request after the checks that need no store.
struct CheckedEnroll {
  std::string clinic;
  plan::FieldErrors errors;  // found so far; PrepareEnroll reports them together with its own
};

// Checks what can be checked without the store. Returns INVALID_ARGUMENT with every error if the parent or the pathway
// is so wrong that the store cannot be asked about them.
absl::StatusOr<CheckedEnroll> CheckEnroll(const v1::CreateEnrollmentRequest& request);

// Checks the rest and returns the context of a new enrollment, which is not stored yet. INVALID_ARGUMENT with all
// errors, those of `checked` included; NOT_FOUND if the clinic or the pathway does not exist.
absl::StatusOr<EnrollmentContext> PrepareEnroll(EngineContext& engine, store::ReadTransaction& tx,
                                                const v1::CreateEnrollmentRequest& request,
                                                const CheckedEnroll& checked);

// Stores and logs an enrollment that PrepareEnroll made, and fires what is due of it. ALREADY_EXISTS /
// ENROLLMENT_EXISTS if the id is taken.
absl::Status StoreEnrolled(store::WriteTransaction& tx, EnrollmentContext* context);

// Returns ALREADY_EXISTS / ENROLLMENT_EXISTS.
absl::Status EnrollmentExists(const store::EnrollmentRow& row);

// Clears the fields that only the server sets.
void ClearOutputFields(v1::Enrollment* enrollment);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLL_H_
