// Network addresses. Functions are thread safe.
#ifndef AFTERCARE_SERVICES_COMMON_ADDRESS_H_
#define AFTERCARE_SERVICES_COMMON_ADDRESS_H_

#include <string>

namespace aftercare {

// Returns true if `address` is `host:port` with a loopback host: 127.0.0.0/8, [::1] or localhost. As long as there is
// no TLS, programs serve on such addresses and connect to them only.
bool IsLoopback(const std::string& address);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_ADDRESS_H_
