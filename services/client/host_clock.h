#ifndef AFTERCARE_SERVICES_CLIENT_HOST_CLOCK_H_
#define AFTERCARE_SERVICES_CLIENT_HOST_CLOCK_H_

#include "absl/time/time.h"

namespace aftercare::client {

// What time it is on this machine: the only place of the client that asks. What belongs to a clinic asks the server.
absl::Time HostNow();

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_HOST_CLOCK_H_
