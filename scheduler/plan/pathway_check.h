// Checks a pathway as a client sends it. Used by CompiledPathway::Compile only.
#ifndef AFTERCARE_SCHEDULER_PLAN_PATHWAY_CHECK_H_
#define AFTERCARE_SCHEDULER_PLAN_PATHWAY_CHECK_H_

#include <optional>

#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// Checks a pathway by all rules of the API and parses it. Adds an error for every faulty field, with its path from the
// pathway, and returns nothing then. Pure and thread safe.
std::optional<PathwayParts> CheckPathway(const v1::Pathway& pathway, FieldErrors* errors);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_PATHWAY_CHECK_H_
