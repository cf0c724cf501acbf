#ifndef AFTERCARE_SERVICES_COMMON_ADDRESS_H_
#define AFTERCARE_SERVICES_COMMON_ADDRESS_H_

#include <string>

namespace aftercare {

// Whether an address is `host:port` on loopback: 127.0.0.0/8, [::1] or localhost. Without TLS, nothing else is served
// or talked to.
bool IsLoopback(const std::string& address);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_ADDRESS_H_
