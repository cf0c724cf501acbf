// Moves the test clock of a sandbox clinic.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_SANDBOX_CLOCK_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_SANDBOX_CLOCK_H_

#include <cstdint>

#include "aftercare/v1/clinic_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// 2200-01-01 UTC, in seconds since 1970. Test clocks stay before this instant, because the dates of plans do.
inline constexpr int64_t kEndOfTestClocks = 7258118400;

// Moves a test clock forward. On the way, each reminder fires or expires at its own instant, in order. The clock moves
// in steps. Each step is a mutation of limited size, so that a year of a large clinic does not delay other calls. If a
// step fails, the clock stays where the step before it ended. Thread safe. `request` and `response` must live until
// `done` is called. The errors are those that clinic_service.proto documents.
void AdvanceTestClock(EngineContext& engine, EnrollmentCache& cache, const CallPtr& call,
                      const v1::AdvanceTestClockRequest& request, v1::AdvanceTestClockResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_SANDBOX_CLOCK_H_
