// The outline of an enrollment, which is stored beside it: what decides when its reminders are due, in a few bytes. So
// an index over a clinic need not read the enrollments. Functions are thread safe.
//
// An outline is derived from the enrollment and its pathway, and stored. A version of the program that makes another
// outline of the same facts must drop the stored ones in a step of the schema and have all enrollments looked at again,
// as step 9 does by setting replan_after.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_PLAN_OUTLINE_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_PLAN_OUTLINE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/record/v1/plan_outline.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/cohort.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Returns the outline of an enrollment as its row is now. If it has ended, reads its reminders.
absl::StatusOr<record::v1::PlanOutline> OutlineOf(store::ReadTransaction& tx, const EnrollmentContext& context);

// Sets the outline of the enrollment's row, for the store to write with it.
absl::Status SetOutline(store::ReadTransaction& tx, EnrollmentContext* context);

// Sets the outline and updates the row. Every update of an enrollment goes this way: an update without an outline is no
// error, but makes later lists of the clinic slower.
absl::Status StoreEnrollment(store::WriteTransaction& tx, EnrollmentContext* context);

// A set of rules as PlanOutline.rules, and the reverse, which ignores rules that no pathway can have.
std::string EncodeRules(const plan::RuleSet& rules);
plan::RuleSet DecodeRules(absl::string_view bytes);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_PLAN_OUTLINE_H_
