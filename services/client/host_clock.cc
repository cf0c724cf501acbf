#include "services/client/host_clock.h"

#include "absl/time/clock.h"

namespace aftercare::client {

absl::Time HostNow() { return absl::Now(); }

}  // namespace aftercare::client
