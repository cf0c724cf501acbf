// Lease ids: sealed strings that name one lease of one reminder. Nobody can guess one: a gateway knows the id of a
// lease only because it got the lease. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_ID_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_ID_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

struct LeaseId {
  store::ReminderKey key;
  int32_t attempt = 0;  // counts the leases of the reminder, from 1
};

// Returns the lease id as gateways know it: URL-safe text.
std::string MakeLeaseId(const Tokens& tokens, const LeaseId& lease);

// Returns the lease that `id` names. Returns nothing if MakeLeaseId did not make `id` with the secret of this store.
std::optional<LeaseId> ParseLeaseId(const Tokens& tokens, absl::string_view id);

// Returns the time that no lease of the reminder lasts beyond: the end of its window; of a task, its next escalation.
// InfiniteFuture if there is none.
absl::Time LatestLeaseEnd(const EnrollmentContext& context, const store::ReminderRow& row);

// Returns true if `lease` is the current lease of its reminder and has not expired at `now`.
bool HoldsLease(const store::ReminderRow& row, const LeaseId& lease, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_ID_H_
