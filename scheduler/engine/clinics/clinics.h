// The use cases of clinics.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINICS_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINICS_H_

#include "aftercare/v1/clinic_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Clinics and their test clocks. Thread safe. Each method ends with one call of `done`, until which its request and
// response must live; errors are those the API names.
class Clinics {
 public:
  // The references must outlive this and every call under way.
  Clinics(EngineContext& engine, EnrollmentCache& cache, Sweeper& sweeper)
      : engine_(engine), cache_(cache), sweeper_(sweeper) {}

  void Create(const Caller& caller, const v1::CreateClinicRequest& request, v1::CreateClinicResponse* response,
              Done done);
  void Get(const Caller& caller, const v1::GetClinicRequest& request, v1::GetClinicResponse* response, Done done);
  void List(const Caller& caller, const v1::ListClinicsRequest& request, v1::ListClinicsResponse* response, Done done);
  void Update(const Caller& caller, const v1::UpdateClinicRequest& request, v1::UpdateClinicResponse* response,
              Done done);
  void AdvanceTestClock(const Caller& caller, const v1::AdvanceTestClockRequest& request,
                        v1::AdvanceTestClockResponse* response, Done done);

 private:
  EngineContext& engine_;
  EnrollmentCache& cache_;
  Sweeper& sweeper_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINICS_H_
