// A visit as users see it.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISIT_VIEW_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISIT_VIEW_H_

#include "aftercare/v1/visit.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"

namespace aftercare::engine {

// `index` is the index of the visit in the enrollment's pathway. Thread safe.
v1::Visit VisitToProto(const EnrollmentContext& context, int index);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISIT_VIEW_H_
