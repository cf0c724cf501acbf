// The clock of this machine. Thread safe.
#ifndef AFTERCARE_SERVICES_COMMON_HOST_CLOCK_H_
#define AFTERCARE_SERVICES_COMMON_HOST_CLOCK_H_

#include "absl/time/time.h"

namespace aftercare {

// The time of this machine. Nothing else in services/ may ask for it. Where a clinic's time matters, the server must be
// asked: it may be a test clock.
absl::Time HostNow();

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_HOST_CLOCK_H_
