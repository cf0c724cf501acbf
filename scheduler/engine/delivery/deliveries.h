#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DELIVERIES_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DELIVERIES_H_

#include <memory>

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/delivery/lease_call.h"
#include "scheduler/engine/delivery/lease_stream.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// The use cases of notification gateways: lease reminders, report what became of them, and deal with those that failed.
// Thread safe. Each method that takes `done` calls it exactly once, at its end. The request and the response must live
// until then. The errors are those that delivery_service.proto documents.
class Deliveries {
 public:
  // The arguments must outlive this object. This object must outlive every use case that was started.
  Deliveries(EngineContext& engine, EnrollmentCache& cache, EnrollmentIndexCache& indexes,
             LeaseRevocations& revocations)
      : context_{.engine = engine,
                 .enrollment_cache = cache,
                 .enrollment_index_cache = indexes,
                 .lease_revocations = revocations} {}

  // Leases reminders that are due. If none is, waits for as long as the request asks.
  LeaseCall Lease(const CallPtr& call, const v1::LeaseRemindersRequest& request, v1::LeaseRemindersResponse* response,
                  Done done);

  // Opens a stream that leases reminders and takes reports and extensions of leases, until the stream ends.
  std::shared_ptr<LeaseStream> OpenStream(const CallPtr& call);

  // These call the functions in report.h and dead_letters.h, which document them.
  void Report(const CallPtr& call, const v1::ReportDeliveriesRequest& request, v1::ReportDeliveriesResponse* response,
              Done done);
  void Extend(const CallPtr& call, const v1::ExtendLeasesRequest& request, v1::ExtendLeasesResponse* response,
              Done done);
  void ListDeadLetters(const CallPtr& call, const v1::ListDeadLettersRequest& request,
                       v1::ListDeadLettersResponse* response, Done done);
  void Redrive(const CallPtr& call, const v1::RedriveRemindersRequest& request, v1::RedriveRemindersResponse* response,
               Done done);

 private:
  DeliveryContext context_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DELIVERIES_H_
