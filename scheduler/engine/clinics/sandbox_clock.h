// How the test clock of a sandbox clinic moves.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_SANDBOX_CLOCK_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_SANDBOX_CLOCK_H_

#include <cstdint>

#include "aftercare/v1/clinic_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Test clocks stay before 2200-01-01, as the dates of plans do. In seconds since 1970.
inline constexpr int64_t kEndOfTestClocks = 7258118400;

// Moves a test clock forward, and fires and expires on the way what comes due. Goes from one instant at which something
// happens to the next, in steps that are mutations of their own, so that a year of a large clinic delays nobody else.
// Thread safe. `request` and `response` must live until `done`; errors are those the API names. After an error the
// steps before it stay done.
void AdvanceTestClock(EngineContext& engine, EnrollmentCache& cache, const CallPtr& call,
                      const v1::AdvanceTestClockRequest& request, v1::AdvanceTestClockResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_SANDBOX_CLOCK_H_
