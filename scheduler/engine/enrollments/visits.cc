#include "scheduler/engine/enrollments/visits.h"

#include <utility>

#include "scheduler/engine/enrollments/change_visit.h"
#include "scheduler/engine/enrollments/list_visits.h"

namespace aftercare::engine {

void Visits::List(const CallPtr& call, const v1::ListVisitsRequest& request, v1::ListVisitsResponse* response,
                  Done done) {
  ListVisits(engine_, call, request, response, std::move(done));
}

void Visits::Schedule(const CallPtr& call, const v1::ScheduleVisitRequest& request, v1::ScheduleVisitResponse* response,
                      Done done) {
  ScheduleVisit(engine_, call, request, response, std::move(done));
}

void Visits::RecordOutcome(const CallPtr& call, const v1::RecordVisitOutcomeRequest& request,
                           v1::RecordVisitOutcomeResponse* response, Done done) {
  RecordVisitOutcome(engine_, call, request, response, std::move(done));
}

}  // namespace aftercare::engine
