// Visits as users see them. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_VISIT_VIEW_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_VISIT_VIEW_H_

#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/visit.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"

namespace aftercare::engine {

// The zone in which a clinic's appointments are entered and shown.
absl::TimeZone ZoneOf(const v1::Clinic& clinic);

// Returns a visit as it stands. `index` is its index in the enrollment's pathway. It differs from the facts of the plan
// if the enrollment has ended: a visit that was booked for a later time is CANCELLED since then. The plan keeps it
// booked, so the reminders of an ended enrollment stay those of the appointment, and none tells that it was cancelled.
plan::VisitFacts VisitAsItStands(const EnrollmentContext& context, int index);

// Returns VisitAsItStands as the API shows it. `clinic` is that of the enrollment.
v1::Visit VisitToProto(const EnrollmentContext& context, const v1::Clinic& clinic, int index);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_VISIT_VIEW_H_
