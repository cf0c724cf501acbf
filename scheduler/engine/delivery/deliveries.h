#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DELIVERIES_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DELIVERIES_H_

#include <memory>

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/leasing.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// One LeaseReminders call that may be waiting. Thread safe.
class LeaseCall {
 public:
  // Nothing more is leased for it; a waiting call ends CANCELLED.
  void Cancel();

 private:
  friend class Deliveries;
  struct State;
  std::shared_ptr<State> state_;
};

// What gateways do. Thread safe. Requests and responses must live until `done`; errors are those the API names.
class Deliveries {
 public:
  Deliveries(EngineContext& engine, EnrollmentCache& cache, EnrollmentIndexCache& indexes, Sweeper& sweeper)
      : engine_(engine), cache_(cache), indexes_(indexes), sweeper_(sweeper) {}

  LeaseCall Lease(const Caller& caller, const v1::LeaseRemindersRequest& request,
                  v1::LeaseRemindersResponse* response, Done done);
  void Report(const Caller& caller, const v1::ReportDeliveriesRequest& request,
              v1::ReportDeliveriesResponse* response, Done done);
  void Extend(const Caller& caller, const v1::ExtendLeasesRequest& request, v1::ExtendLeasesResponse* response,
              Done done);
  void ListDeadLetters(const Caller& caller, const v1::ListDeadLettersRequest& request,
                       v1::ListDeadLettersResponse* response, Done done);
  void Redrive(const Caller& caller, const v1::RedriveRemindersRequest& request,
               v1::RedriveRemindersResponse* response, Done done);

  // For streams, which lease in turn with everybody else.
  LeaseTurn& turn() { return turn_; }

 private:
  using LeaseState = std::shared_ptr<LeaseCall::State>;
  void TryLease(LeaseState state);
  void WaitOrFinish(LeaseState state);

  EngineContext& engine_;
  EnrollmentCache& cache_;
  EnrollmentIndexCache& indexes_;
  Sweeper& sweeper_;
  LeaseTurn turn_;
};

// How long a failed reminder waits before attempt `failures + 1`: 30 s doubled each time, up to 1 h, varied by a
// quarter after `seed`.
absl::Duration RetryPause(int failures, uint64_t seed);

// So many temporary failures, and a reminder is FAILED.
inline constexpr int kMaxFailures = 8;

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DELIVERIES_H_
