#include "scheduler/engine/delivery/lease_revocations.h"

#include <utility>

#include "scheduler/engine/delivery/lease_id.h"

namespace aftercare::engine {

uint64_t LeaseRevocations::Add(absl::string_view clinic, Listener listener) {
  MutexLock lock(mutex_);
  const uint64_t id = next_id_++;
  entries_.emplace(id, Entry{std::string(clinic), std::move(listener)});
  return id;
}

void LeaseRevocations::Remove(uint64_t id) {
  MutexLock lock(mutex_);
  entries_.erase(id);
}

std::vector<LeaseRevocations::Entry> LeaseRevocations::Entries() {
  std::vector<Entry> all;
  MutexLock lock(mutex_);
  for (const auto& [id, entry] : entries_) all.push_back(entry);
  return all;
}

void LeaseRevocations::Publish(const std::vector<store::RevokedLease>& leases) {
  if (leases.empty()) return;
  const std::vector<Entry> entries = Entries();  // listeners are called without the lock
  if (entries.empty()) return;
  std::map<std::string, std::vector<std::string>> ids_by_clinic;
  std::vector<std::string> all_ids;
  for (const store::RevokedLease& lease : leases) {
    std::string id = MakeLeaseId(tokens_, {lease.key, lease.attempt});
    ids_by_clinic[lease.key.clinic].push_back(id);
    all_ids.push_back(std::move(id));
  }
  for (const Entry& entry : entries) {
    if (entry.clinic.empty()) {
      entry.listener(all_ids);
    } else if (const auto found = ids_by_clinic.find(entry.clinic); found != ids_by_clinic.end()) {
      entry.listener(found->second);
    }
  }
}

}  // namespace aftercare::engine
