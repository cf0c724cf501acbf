#include "services/common/host_clock.h"

#include "absl/time/clock.h"

namespace aftercare {

absl::Time HostNow() { return absl::Now(); }

}  // namespace aftercare
