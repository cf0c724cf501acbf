#include "scheduler/engine/delivery/ended_leases.h"

namespace aftercare::engine {

absl::StatusOr<std::vector<v1::EndedLease>> FindEndedLeases(store::ReadTransaction& tx,
                                                            const std::vector<HeldLease>& leases, absl::Time now) {
  std::vector<v1::EndedLease> all;
  for (const HeldLease& lease : leases) {
    auto row = tx.GetReminder(lease.id.key);
    if (!row.ok()) return row.status();
    if (!row->has_value() || HoldsLease(**row, lease.id, now)) continue;
    v1::EndedLease& ended = all.emplace_back();
    ended.set_lease_id(lease.lease_id);
    ended.set_state((*row)->state);
    ended.set_reason((*row)->reason);
  }
  return all;
}

}  // namespace aftercare::engine
