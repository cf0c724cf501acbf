// How a patient is enrolled: the checks and the path that CreateEnrollment and every line of an import share. Functions
// are thread safe.
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

// What can be told of a request without the store.
struct CheckedEnroll {
  std::string clinic;
  plan::FieldErrors errors;  // to be told together with those that only the store brings to light
};

// Checks a request. INVALID_ARGUMENT with every fault where it is so wrong that the store cannot tell more.
absl::StatusOr<CheckedEnroll> CheckEnroll(const v1::CreateEnrollmentRequest& request);

// Checks the rest and makes the context of a new enrollment, not yet stored. INVALID_ARGUMENT with all faults, those of
// `checked` included; NOT_FOUND for a clinic or a pathway that does not exist.
absl::StatusOr<EnrollmentContext> PrepareEnroll(EngineContext& engine, store::ReadTransaction& tx,
                                                const v1::CreateEnrollmentRequest& request,
                                                const CheckedEnroll& checked);

// Stores what PrepareEnroll made, logs it, and fires what is due of it. Answers when real time next brings about
// something for it, which the sweeper must know; InfiniteFuture if never, or if it lives by a test clock.
// ALREADY_EXISTS / ENROLLMENT_EXISTS where the id is taken.
absl::StatusOr<absl::Time> StoreEnrolled(store::WriteTransaction& tx, EnrollmentContext* context);

// That the id of an enrollment is taken.
absl::Status EnrollmentExists(const store::EnrollmentRow& row);

// Clears what only the server says of an enrollment.
void ClearOutputFields(v1::Enrollment* enrollment);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLL_H_
