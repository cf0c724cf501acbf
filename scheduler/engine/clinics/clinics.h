// The use cases of clinics.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINICS_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINICS_H_

#include "aftercare/v1/clinic_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Clinics and their test clocks. Thread safe. Each method calls `done` exactly once, at its end. The request and the
// response must live until then. The errors are those that clinic_service.proto documents.
class Clinics {
 public:
  // `engine` and `cache` must outlive this object and every call that was started.
  Clinics(EngineContext& engine, EnrollmentCache& cache) : engine_(engine), cache_(cache) {}

  void Create(const CallPtr& call, const v1::CreateClinicRequest& request, v1::CreateClinicResponse* response,
              Done done);
  void Get(const CallPtr& call, const v1::GetClinicRequest& request, v1::GetClinicResponse* response, Done done);
  void List(const CallPtr& call, const v1::ListClinicsRequest& request, v1::ListClinicsResponse* response, Done done);
  void Update(const CallPtr& call, const v1::UpdateClinicRequest& request, v1::UpdateClinicResponse* response,
              Done done);
  void AdvanceTestClock(const CallPtr& call, const v1::AdvanceTestClockRequest& request,
                        v1::AdvanceTestClockResponse* response, Done done);

 private:
  EngineContext& engine_;
  EnrollmentCache& cache_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINICS_H_
