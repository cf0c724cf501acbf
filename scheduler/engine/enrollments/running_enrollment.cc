#include "scheduler/engine/enrollments/running_enrollment.h"

#include <utility>

#include "scheduler/engine/planning/ending.h"
#include "scheduler/engine/runtime/checks.h"

namespace aftercare::engine {

absl::StatusOr<RunningEnrollment> RequireRunningEnrollment(EngineContext& engine, store::ReadTransaction& tx,
                                                           const EnrollmentName& name, absl::string_view etag) {
  auto clinic = RequireClinic(tx, name.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, name.clinic, name.enrollment);
  if (!context.ok()) return context.status();
  absl::Status status =
      CheckEtag(etag, context->row.version, EnrollmentNameOf(name.clinic, name.enrollment));
  const absl::Time now = engine.Now(*clinic);
  if (status.ok()) status = CheckRuns(*context, now);
  if (!status.ok()) return status;
  return RunningEnrollment{*std::move(clinic), *std::move(context), now};
}

}  // namespace aftercare::engine
