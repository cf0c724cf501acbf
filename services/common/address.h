// Network addresses. Functions are thread safe.
#ifndef AFTERCARE_SERVICES_COMMON_ADDRESS_H_
#define AFTERCARE_SERVICES_COMMON_ADDRESS_H_

#include <string>

namespace aftercare {

// Returns true if `address` is `host:port` with a loopback host: 127.0.0.0/8, [::1] or localhost. Without TLS, programs
// serve on such addresses and connect to them only.
bool IsLoopback(const std::string& address);

// Returns true if `address` is `host:port`: a host name, an IPv4 address, or an IPv6 address in brackets, and a port up
// to 65535.
bool IsHostAndPort(const std::string& address);

// Returns the path of `unix:PATH`, and an empty string for anything else.
std::string UnixPathOf(const std::string& address);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_ADDRESS_H_
