#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINICS_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINICS_H_

#include <memory>

#include "aftercare/v1/clinic_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Test clocks stay before 2200-01-01, as the dates of plans do.
inline constexpr int64_t kEndOfTestClocks = 7258118400;  // seconds since 1970

// Clinics and their test clocks. Thread safe. Requests and responses must live until `done`; errors are those the API
// names.
class Clinics {
 public:
  Clinics(EngineContext& engine, EnrollmentCache& cache, Sweeper& sweeper)
      : engine_(engine), cache_(cache), sweeper_(sweeper) {}

  void Create(const Caller& caller, const v1::CreateClinicRequest& request, v1::CreateClinicResponse* response,
              Done done);
  void Get(const Caller& caller, const v1::GetClinicRequest& request, v1::GetClinicResponse* response, Done done);
  void List(const Caller& caller, const v1::ListClinicsRequest& request, v1::ListClinicsResponse* response, Done done);
  void Update(const Caller& caller, const v1::UpdateClinicRequest& request, v1::UpdateClinicResponse* response,
              Done done);

  // Walks in steps, each a mutation of its own, so that a year of a large clinic holds up nobody else.
  void AdvanceTestClock(const Caller& caller, const v1::AdvanceTestClockRequest& request,
                        v1::AdvanceTestClockResponse* response, Done done);

 private:
  struct Walk;
  void Step(std::shared_ptr<Walk> walk);
  void PlanStep(std::shared_ptr<Walk> walk);
  absl::Status StepOnce(store::WriteTransaction& tx, Walk& walk);

  EngineContext& engine_;
  EnrollmentCache& cache_;
  Sweeper& sweeper_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINICS_H_
