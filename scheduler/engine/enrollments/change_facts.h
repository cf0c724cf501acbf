// A change of what the clinic says of a patient: what UpdateEnrollment and a migration share. Functions are thread
// safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_FACTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_FACTS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "scheduler/engine/enrollments/reanchor.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Works out what becomes of an enrollment of which the clinic now says `data`. Nothing, if that is what it said before.
// INVALID_ARGUMENT naming every bad field, as `enrollment.{field}`, after those of `errors`; NOT_FOUND /
// PATHWAY_NOT_FOUND for a revision there is not.
absl::StatusOr<std::optional<Reanchoring>> ComputeFactsChange(EngineContext& engine, store::ReadTransaction& tx,
                                                              const EnrollmentContext& before, v1::Enrollment data,
                                                              plan::FieldErrors errors, absl::Time now);

// FAILED_PRECONDITION / RULES_DROPPED if the new revision lacks rules with pending reminders.
absl::Status CheckNothingDropped(const Reanchoring& change);

// Stores it and logs that the enrollment was updated. What is open and may not be sent any more, for want of consent or
// a contact point, ends SUPPRESSED.
absl::Status ApplyFactsChange(store::WriteTransaction& tx, const EnrollmentContext& before, Reanchoring* change,
                              absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_FACTS_H_
