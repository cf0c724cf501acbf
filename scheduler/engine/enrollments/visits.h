// The use cases of visits.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISITS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISITS_H_

#include "aftercare/v1/visit_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Follow-up visits: when they are booked, and what becomes of them. Thread safe. Each method ends with one call of
// `done`, until which its request and response must live; errors are those the API names.
class Visits {
 public:
  // The references must outlive this and every call under way.
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
