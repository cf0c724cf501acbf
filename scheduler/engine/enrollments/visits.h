// The use cases of visits.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISITS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISITS_H_

#include "aftercare/v1/visit_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Follow-up visits: lists them, books them, and records their outcomes. Thread safe. Each method calls `done` exactly
// once, at its end. The request and the response must live until then. The errors are those that visit_service.proto
// documents.
class Visits {
 public:
  // `engine` must outlive this object and every call that was started.
  explicit Visits(EngineContext& engine) : engine_(engine) {}

  void List(const CallPtr& call, const v1::ListVisitsRequest& request, v1::ListVisitsResponse* response, Done done);
  void Schedule(const CallPtr& call, const v1::ScheduleVisitRequest& request, v1::ScheduleVisitResponse* response,
                Done done);
  void RecordOutcome(const CallPtr& call, const v1::RecordVisitOutcomeRequest& request,
                     v1::RecordVisitOutcomeResponse* response, Done done);

 private:
  EngineContext& engine_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISITS_H_
