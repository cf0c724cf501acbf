#include "scheduler/engine/delivery/held_leases.h"

#include <utility>

namespace aftercare::engine {

void HeldLeases::Add(HeldLease lease) {
  std::string lease_id = lease.lease_id;
  if (revoked_early_.contains(lease_id)) revoked_.insert(lease_id);
  leases_.insert_or_assign(std::move(lease_id), std::move(lease));
}

bool HeldLeases::Remove(const std::string& lease_id) {
  revoked_.erase(lease_id);
  return leases_.erase(lease_id) > 0;
}

void HeldLeases::SetExpire(const std::string& lease_id, absl::Time expire) {
  if (const auto found = leases_.find(lease_id); found != leases_.end()) found->second.expire = expire;
}

void HeldLeases::EndAdding() {
  is_adding_ = false;
  revoked_early_.clear();
}

bool HeldLeases::NoteRevoked(const std::string& lease_id) {
  if (leases_.contains(lease_id)) {
    revoked_.insert(lease_id);
    return true;
  }
  if (is_adding_) revoked_early_.insert(lease_id);
  return is_adding_;
}

HeldLeases::Check HeldLeases::BeginCheck() {
  Check check;
  check.expired = std::exchange(check_expired_, false);
  for (const std::string& lease_id : revoked_) check.revoked.push_back(leases_.at(lease_id));
  revoked_.clear();
  return check;
}

std::vector<HeldLease> HeldLeases::Expired(absl::Time now) const {
  std::vector<HeldLease> expired;
  for (const auto& [lease_id, lease] : leases_) {
    if (lease.expire <= now) expired.push_back(lease);
  }
  return expired;
}

}  // namespace aftercare::engine
