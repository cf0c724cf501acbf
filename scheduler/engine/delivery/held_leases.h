// The leases that the gateway at the other end of a stream holds.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_HELD_LEASES_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_HELD_LEASES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "scheduler/engine/delivery/lease_id.h"

namespace aftercare::engine {

// A lease as its holder knows it.
struct HeldLease {
  std::string lease_id;
  LeaseId id;         // what lease_id stands for
  absl::Time expire;  // on the clinic's clock
};

// The set of leases that a gateway holds. It also notes which leases the stream must compare with the store, because
// they may have ended: leases that were revoked, and leases that may have expired. Not thread safe.
class HeldLeases {
 public:
  // What a check must look at.
  struct Check {
    std::vector<HeldLease> revoked;
    bool expired = false;  // also check the leases that Expired returns
  };

  // Adds a lease, or replaces the one with the same lease_id.
  void Add(HeldLease lease);

  // Removes a lease. Returns false if the lease is not held.
  bool Remove(const std::string& lease_id);

  // Sets when a lease expires. Does nothing if the lease is not held.
  void SetExpire(const std::string& lease_id, absl::Time expire);

  bool empty() const { return leases_.empty(); }
  int size() const { return static_cast<int>(leases_.size()); }

  // Call BeginAdding before leases are taken from the store, and EndAdding after they were added here. If a lease is
  // revoked in between, before it is added, then adding it makes a check of it necessary.
  void BeginAdding() { is_adding_ = true; }
  void EndAdding();

  // Notes that a lease was revoked. Returns true if the lease needs a check, now or perhaps once it is added.
  bool NoteRevoked(const std::string& lease_id);

  // Notes that leases may have expired.
  void NoteExpiry() { check_expired_ = check_expired_ || !empty(); }

  // Returns true if something was noted since the last check began.
  bool needs_check() const { return check_expired_ || !revoked_.empty(); }

  // Begins a check: returns what was noted since the last check began, and forgets the notes.
  Check BeginCheck();

  // Returns the leases that have expired at `now`, on the clinic's clock, in no order.
  std::vector<HeldLease> Expired(absl::Time now) const;

 private:
  absl::flat_hash_map<std::string, HeldLease> leases_;  // by lease_id
  absl::flat_hash_set<std::string> revoked_;            // lease_ids of held leases
  absl::flat_hash_set<std::string> revoked_early_;      // lease_ids that are not held, but may be added soon
  bool is_adding_ = false;
  bool check_expired_ = false;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_HELD_LEASES_H_
