#ifndef AFTERCARE_SERVICES_COMMON_HOST_CLOCK_H_
#define AFTERCARE_SERVICES_COMMON_HOST_CLOCK_H_

#include "absl/time/time.h"

namespace aftercare {

// What time it is on this machine: the only place in services that asks. What belongs to a clinic asks the server.
absl::Time HostNow();

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_HOST_CLOCK_H_
