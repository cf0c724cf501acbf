#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISITS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISITS_H_

#include "aftercare/v1/visit.pb.h"
#include "aftercare/v1/visit_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Follow-up visits: booked, moved, and what became of them. Thread safe. Requests and responses must live until `done`;
// errors are those the API names.
class Visits {
 public:
  Visits(EngineContext& engine, Sweeper& sweeper) : engine_(engine), sweeper_(sweeper) {}

  void List(const Caller& caller, const v1::ListVisitsRequest& request, v1::ListVisitsResponse* response, Done done);
  void Schedule(const Caller& caller, const v1::ScheduleVisitRequest& request, v1::ScheduleVisitResponse* response,
                Done done);
  void RecordOutcome(const Caller& caller, const v1::RecordVisitOutcomeRequest& request,
                     v1::RecordVisitOutcomeResponse* response, Done done);

 private:
  EngineContext& engine_;
  Sweeper& sweeper_;
};

// A visit as users see it, by its index in the pathway.
v1::Visit VisitToProto(const EnrollmentContext& context, int index);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_VISITS_H_
