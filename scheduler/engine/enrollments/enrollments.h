// The use cases of enrollments, except their import (import.h).
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLLMENTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLLMENTS_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Enrollments and their timelines. Thread safe. Each method ends with one call of `done`, until which its request and
// response must live; errors are those the API names.
class Enrollments {
 public:
  // The references must outlive this and every call under way.
  Enrollments(EngineContext& engine, Sweeper& sweeper) : engine_(engine), sweeper_(sweeper) {}

  void Create(const Caller& caller, const v1::CreateEnrollmentRequest& request, v1::CreateEnrollmentResponse* response,
              Done done);
  void Get(const Caller& caller, const v1::GetEnrollmentRequest& request, v1::GetEnrollmentResponse* response,
           Done done);
  void List(const Caller& caller, const v1::ListEnrollmentsRequest& request, v1::ListEnrollmentsResponse* response,
            Done done);
  void Update(const Caller& caller, const v1::UpdateEnrollmentRequest& request, v1::UpdateEnrollmentResponse* response,
              Done done);
  void Migrate(const Caller& caller, const v1::MigrateEnrollmentsRequest& request,
               v1::MigrateEnrollmentsResponse* response, Done done);
  void Pause(const Caller& caller, const v1::PauseEnrollmentRequest& request, v1::PauseEnrollmentResponse* response,
             Done done);
  void Resume(const Caller& caller, const v1::ResumeEnrollmentRequest& request, v1::ResumeEnrollmentResponse* response,
              Done done);
  void End(const Caller& caller, const v1::EndEnrollmentRequest& request, v1::EndEnrollmentResponse* response,
           Done done);
  void GetTimeline(const Caller& caller, const v1::GetTimelineRequest& request, v1::GetTimelineResponse* response,
                   Done done);

 private:
  EngineContext& engine_;
  Sweeper& sweeper_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLLMENTS_H_
