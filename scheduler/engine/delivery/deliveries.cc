#include "scheduler/engine/delivery/deliveries.h"

#include <utility>

#include "scheduler/engine/delivery/dead_letters.h"
#include "scheduler/engine/delivery/report.h"

namespace aftercare::engine {

LeaseCall Deliveries::Lease(const CallPtr& call, const v1::LeaseRemindersRequest& request,
                            v1::LeaseRemindersResponse* response, Done done) {
  return LeaseCall::Start(context_, call, request, response, std::move(done));
}

std::shared_ptr<LeaseStream> Deliveries::OpenStream(const CallPtr& call) { return LeaseStream::Open(context_, call); }

void Deliveries::Report(const CallPtr& call, const v1::ReportDeliveriesRequest& request,
                        v1::ReportDeliveriesResponse* response, Done done) {
  ReportDeliveries(context_, call, request, response, std::move(done));
}

void Deliveries::Extend(const CallPtr& call, const v1::ExtendLeasesRequest& request, v1::ExtendLeasesResponse* response,
                        Done done) {
  ExtendLeases(context_, call, request, response, std::move(done));
}

void Deliveries::ListDeadLetters(const CallPtr& call, const v1::ListDeadLettersRequest& request,
                                 v1::ListDeadLettersResponse* response, Done done) {
  engine::ListDeadLetters(context_, call, request, response, std::move(done));
}

void Deliveries::Redrive(const CallPtr& call, const v1::RedriveRemindersRequest& request,
                         v1::RedriveRemindersResponse* response, Done done) {
  RedriveReminders(context_, call, request, response, std::move(done));
}

}  // namespace aftercare::engine
