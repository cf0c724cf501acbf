// Tells lease streams which leases were ended by somebody other than their holders.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_REVOCATIONS_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_REVOCATIONS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/store/commit_notes.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// Thread safe.
class LeaseRevocations {
 public:
  // Called with the lease ids that were revoked by one commit, on the thread that publishes them. Must not block.
  using Listener = std::function<void(const std::vector<std::string>& lease_ids)>;

  // `tokens` must outlive this object.
  explicit LeaseRevocations(const Tokens& tokens) : tokens_(tokens) {}

  // Adds a listener for revoked leases of `clinic`, or of all clinics if that is empty. Returns an id for Remove.
  uint64_t Add(absl::string_view clinic, Listener listener) ABSL_LOCKS_EXCLUDED(mutex_);

  // Removes a listener. A Publish that has begun may still call it, even after Remove returns. Ignores unknown ids.
  void Remove(uint64_t id) ABSL_LOCKS_EXCLUDED(mutex_);

  // Calls each listener once with those of `leases` that it listens for, if there are any.
  void Publish(const std::vector<store::RevokedLease>& leases) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Entry {
    std::string clinic;  // empty: all
    Listener listener;
  };

  std::vector<Entry> Entries() ABSL_LOCKS_EXCLUDED(mutex_);

  const Tokens& tokens_;
  Mutex mutex_;
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<uint64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_REVOCATIONS_H_
