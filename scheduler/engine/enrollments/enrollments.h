// The use cases of enrollments.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLLMENTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLLMENTS_H_

#include <memory>
#include <utility>

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/enrollments/import.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Enrollments, their timelines and their adherence. Thread safe. Each method calls `done` exactly once, at its end. The
// request and the response must live until then. The errors are those that enrollment_service.proto documents.
class Enrollments {
 public:
  // `engine` must outlive this object and every call that was started.
  explicit Enrollments(EngineContext& engine) : engine_(engine) {}

  void Create(const CallPtr& call, const v1::CreateEnrollmentRequest& request, v1::CreateEnrollmentResponse* response,
              Done done);
  void Get(const CallPtr& call, const v1::GetEnrollmentRequest& request, v1::GetEnrollmentResponse* response,
           Done done);
  void List(const CallPtr& call, const v1::ListEnrollmentsRequest& request, v1::ListEnrollmentsResponse* response,
            Done done);
  void Update(const CallPtr& call, const v1::UpdateEnrollmentRequest& request, v1::UpdateEnrollmentResponse* response,
              Done done);
  void Migrate(const CallPtr& call, const v1::MigrateEnrollmentsRequest& request,
               v1::MigrateEnrollmentsResponse* response, Done done);
  void Pause(const CallPtr& call, const v1::PauseEnrollmentRequest& request, v1::PauseEnrollmentResponse* response,
             Done done);
  void Resume(const CallPtr& call, const v1::ResumeEnrollmentRequest& request, v1::ResumeEnrollmentResponse* response,
              Done done);
  void End(const CallPtr& call, const v1::EndEnrollmentRequest& request, v1::EndEnrollmentResponse* response,
           Done done);
  void GetTimeline(const CallPtr& call, const v1::GetTimelineRequest& request, v1::GetTimelineResponse* response,
                   Done done);
  void GetAdherence(const CallPtr& call, const v1::GetAdherenceRequest& request, v1::GetAdherenceResponse* response,
                    Done done);

  // Calls Import::Begin, which documents it.
  std::shared_ptr<Import> BeginImport(const CallPtr& call, Import::Ready ready, Import::Ended ended) {
    return Import::Begin(engine_, call, std::move(ready), std::move(ended));
  }

 private:
  EngineContext& engine_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_ENROLLMENTS_H_
