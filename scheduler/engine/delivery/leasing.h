// How messages are leased, in one mutation: whose turn it is, what matches, what may leave now.
//
// Of one clinic the earliest available comes first. Where there are more clinics than one, they take turns: each gets a
// share of what the gateway may have, and those with more get what the others leave. The turn goes on from call to
// call, so that a clinic with a long queue keeps nobody waiting. A clinic whose messages are limited by the minute gets
// no more than it may send by now.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASING_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASING_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "google/protobuf/duration.pb.h"
#include "scheduler/engine/delivery/lease_id.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/filter.h"
#include "scheduler/engine/runtime/caller.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// What a gateway asks for.
struct LeaseTerms {
  Caller caller;
  std::string clinic;  // empty: every clinic in real time
  Filter filter;
  absl::Duration duration;
};

// Reads the terms of a request; what is wrong is added to `errors`. `duration` is null where it is not set. Whether the
// caller may touch the clinic is not checked.
LeaseTerms ReadTerms(const Caller& caller, const std::string& parent, const v1::ReminderFilter& filter,
                     const google::protobuf::Duration* duration, plan::FieldErrors* errors);

// A lease_duration: 60 s where null; an error unless from 1 s to 1 h.
absl::Duration ReadLeaseDuration(const google::protobuf::Duration* duration, plan::FieldErrors* errors);

// When a clinic had its turn last. Thread safe.
class LeaseTurn {
 public:
  std::string last() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return last_;
  }
  void set_last(std::string clinic) {
    std::lock_guard<std::mutex> lock(mutex_);
    last_ = std::move(clinic);
  }

 private:
  mutable std::mutex mutex_;
  std::string last_;
};

// How far each queue, by channel and clinic, was looked through in vain.
using QueuePlaces = std::map<std::pair<int, std::string>, store::QueuePosition>;

// A message that was leased.
struct Leased {
  std::shared_ptr<const EnrollmentContext> context;
  store::ReminderRow row;
  std::shared_ptr<const store::ClinicRow> clinic;

  LeaseId id() const { return {row.key, row.attempts}; }
};

// What one look at the queues brought.
struct LeaseBatch {
  std::vector<Leased> leased;     // in order of due time
  absl::Time now;                 // on the clock they are leased by
  absl::Time next_available = absl::InfiniteFuture();  // in real time, from when another look may bring more
  uint64_t seen = 0;      // of the topic to wait for, from before the look
  std::string topic;      // which one that is
  QueuePlaces places;     // where a further look is to begin
  bool more = false;      // the look was cut short: look again at once, from those places
};

// Leases up to `max` messages by the terms, beginning at the places of `batch`; fills it in. NOT_FOUND /
// CLINIC_NOT_FOUND.
absl::Status LeaseSome(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx, LeaseTerms& terms,
                       LeaseTurn& turn, int max, LeaseBatch* batch);

// What the gateway is told of a batch that is durable, in its order. Keeps the contexts for who reports. Writes out the
// texts, which takes longer than to lease: not for the writer's thread.
std::vector<v1::Lease> LeasesToProto(EngineContext& engine, EnrollmentCache& cache, const LeaseBatch& batch);

// Whether a lease is its reminder's current one, and holds at `now`.
bool HoldsLease(const store::ReminderRow& row, const LeaseId& lease, absl::Time now);

// FAILED_PRECONDITION / LEASE_LOST.
absl::Status LeaseLost(const LeaseId& lease);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASING_H_
