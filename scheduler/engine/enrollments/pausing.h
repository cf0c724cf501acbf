// How a pause ends: what ResumeEnrollment and the end of a paused enrollment share. Thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_PAUSING_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_PAUSING_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/subject.h"
#include "scheduler/engine/runtime/core.h"
#include "scheduler/store/facts.h"

namespace aftercare::engine {

// Resumes a paused enrollment and fires what is due by now; `subject` is updated.
absl::Status ResumeNow(Core& core, store::Transaction& tx, Subject* subject, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_PAUSING_H_
