// A change of what the clinic says of a patient: the steps that UpdateEnrollment and MigrateEnrollments share.
// Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_FACTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_FACTS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "scheduler/engine/enrollments/reanchor.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/field_errors.h"

namespace aftercare::engine {

// Works out what becomes of the enrollment `before` when the clinic says `data` of the patient. Returns nothing if that
// changes nothing. INVALID_ARGUMENT with every error, `errors` first and then those of `data` as `enrollment.{field}`;
// NOT_FOUND / PATHWAY_NOT_FOUND if there is no such revision.
absl::StatusOr<std::optional<Reanchoring>> ComputeFactsChange(EngineContext& engine, store::ReadTransaction& tx,
                                                              const EnrollmentContext& before, v1::Enrollment data,
                                                              plan::FieldErrors errors, absl::Time now);

// Returns FAILED_PRECONDITION / RULES_DROPPED if the new revision lacks rules that have pending reminders.
absl::Status CheckNothingDropped(const Reanchoring& change);

// Stores the change and logs that the enrollment was updated. Open messages go to the first of the new contact points;
// those that may not be sent any more, for want of consent or a contact point, end SUPPRESSED.
absl::Status ApplyFactsChange(store::WriteTransaction& tx, const EnrollmentContext& before, Reanchoring* change,
                              absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_FACTS_H_
