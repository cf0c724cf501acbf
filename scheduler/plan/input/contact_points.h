// Checks addresses of patients and care teams. Pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_CONTACT_POINTS_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_CONTACT_POINTS_H_

#include <string>

#include "aftercare/v1/enrollment.pb.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::plan {

// The most contact points that a patient or a care team has.
inline constexpr int kMaxContactPoints = 10;

// Adds an error for each bad field of a contact point, whose path is `path`: the channel must be known, and the address
// must be one of the channel, as it is stored (ToStoredAddress).
void CheckContactPoint(const std::string& path, const v1::ContactPoint& point, FieldErrors* errors);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_CONTACT_POINTS_H_
