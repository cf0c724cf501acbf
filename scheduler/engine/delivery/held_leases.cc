#include "scheduler/engine/delivery/held_leases.h"

#include <algorithm>
#include <utility>

namespace aftercare::engine {

void HeldLeases::Add(HeldLease lease) {
  std::string lease_id = lease.lease_id;
  leases_.insert_or_assign(std::move(lease_id), std::move(lease));
}

bool HeldLeases::Remove(const std::string& lease_id) { return leases_.erase(lease_id) > 0; }

void HeldLeases::SetExpire(const std::string& lease_id, absl::Time expire) {
  if (const auto found = leases_.find(lease_id); found != leases_.end()) found->second.expire = expire;
}

void HeldLeases::RequestCheck(CheckScope scope) { requested_ = std::max(requested_, scope); }

HeldLeases::CheckScope HeldLeases::BeginCheck() { return std::exchange(requested_, CheckScope::kNone); }

std::vector<HeldLease> HeldLeases::InScope(CheckScope scope, absl::Time now) const {
  std::vector<HeldLease> leases;
  if (scope == CheckScope::kNone) return leases;
  for (const auto& [lease_id, lease] : leases_) {
    if (scope == CheckScope::kAll || lease.expire <= now) leases.push_back(lease);
  }
  return leases;
}

}  // namespace aftercare::engine
