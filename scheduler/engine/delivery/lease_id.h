// Lease ids: a reminder and the number of a lease of it, sealed, so that a report proves that its sender held the
// lease.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_ID_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_ID_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

struct LeaseId {
  store::ReminderKey key;
  int32_t attempt = 0;
};

std::string MakeLeaseId(const Tokens& tokens, const LeaseId& lease);

// Nothing for anything MakeLeaseId did not make with this store's secret.
std::optional<LeaseId> ParseLeaseId(const Tokens& tokens, absl::string_view id);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_ID_H_
