// The leases that the gateway at the other end of a stream holds.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_HELD_LEASES_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_HELD_LEASES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "scheduler/engine/delivery/lease_id.h"

namespace aftercare::engine {

// A lease as its holder knows it.
struct HeldLease {
  std::string lease_id;
  LeaseId id;         // what lease_id stands for
  absl::Time expire;  // on the clinic's clock
};

// A set of leases, and a note of which of them must be compared with the store, because they may have ended without the
// stream knowing. Not thread safe.
class HeldLeases {
 public:
  // Which leases a check looks at. A later scope includes the earlier ones.
  enum class CheckScope { kNone, kExpired, kAll };

  // Adds a lease, or replaces the one with the same lease_id.
  void Add(HeldLease lease);

  // Returns false if the lease is not held.
  bool Remove(const std::string& lease_id);

  // Sets when a lease expires. Does nothing if the lease is not held.
  void SetExpire(const std::string& lease_id, absl::Time expire);

  bool empty() const { return leases_.empty(); }
  int size() const { return static_cast<int>(leases_.size()); }

  // Notes that a check of at least this scope is needed.
  void RequestCheck(CheckScope scope);

  // Returns true if a check was requested since the last one began.
  bool needs_check() const { return requested_ != CheckScope::kNone; }

  // Begins a check: returns the widest scope that was requested since the last one began.
  CheckScope BeginCheck();

  // Returns the leases that a check looks at, in no order. `now` is on the clinic's clock.
  std::vector<HeldLease> InScope(CheckScope scope, absl::Time now) const;

 private:
  absl::flat_hash_map<std::string, HeldLease> leases_;  // by lease_id
  CheckScope requested_ = CheckScope::kNone;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_HELD_LEASES_H_
