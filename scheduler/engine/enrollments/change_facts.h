// Changes the data of an enrollment, and its plan with it: the steps that UpdateEnrollment and MigrateEnrollments
// share. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_FACTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_FACTS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "scheduler/engine/planning/reanchor.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::engine {

// Computes what the enrollment `before` and its reminders become if its data is replaced by `data`. Stores nothing.
// Returns nothing if `data` equals the stored data. If the change will be applied, what is due by `now` must have
// fired.
//
// INVALID_ARGUMENT names every bad field: first `errors`, which the caller has found, then the bad fields of `data` as
// `enrollment.{field}`, and `keep_sent` if that is set though the procedure date does not change (see
// ComputeReanchoring). NOT_FOUND / PATHWAY_NOT_FOUND if the pathway does not have the revision that `data` names.
absl::StatusOr<std::optional<Reanchoring>> ComputeFactsChange(EngineContext& engine, store::ReadTransaction& tx,
                                                              const EnrollmentContext& before, v1::Enrollment data,
                                                              plan::FieldErrors errors, absl::Time now,
                                                              bool keep_sent = false);

// Returns FAILED_PRECONDITION / RULES_DROPPED if the new revision lacks rules that have pending reminders.
absl::Status CheckNothingDropped(const Reanchoring& change);

// Stores a change that ComputeFactsChange returned, and logs that the enrollment was updated. If the consent or the
// contact points change, messages that are due or leased go to the first contact point that is permitted now. If none
// is, they end SUPPRESSED. Updates `change->after`.
absl::Status ApplyFactsChange(store::WriteTransaction& tx, const EnrollmentContext& before, Reanchoring* change,
                              absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_FACTS_H_
