// Tasks that come due after an appointment. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_APPOINTMENT_TASKS_H_
#define AFTERCARE_SCHEDULER_PLAN_APPOINTMENT_TASKS_H_

#include "aftercare/v1/pathway.pb.h"

namespace aftercare::plan {

// Returns whether a rule for a booked visit may come due once the appointment has begun: it makes tasks, and all its
// days lie after that of the appointment. Such tasks ask for what nobody has recorded. See VisitAnchor.state.
inline bool IsDueAfterAppointment(const v1::Rule& rule) {
  const bool is_booked = rule.visit().state() == v1::VISIT_STATE_BOOKED;
  if (!is_booked || rule.audience() != v1::AUDIENCE_CARE_TEAM || rule.schedule().on().empty()) return false;
  const v1::Offset& first = rule.schedule().on(0);  // They are in ascending order.
  return first.months() >= 0 && first.days() >= 0 && first.months() + first.days() > 0;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_APPOINTMENT_TASKS_H_
