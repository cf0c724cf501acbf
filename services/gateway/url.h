#ifndef AFTERCARE_SERVICES_GATEWAY_URL_H_
#define AFTERCARE_SERVICES_GATEWAY_URL_H_

#include <optional>
#include <string>

namespace aftercare::gateway {

// The parts of a URL that decide whether it is safe to use.
struct Url {
  std::string scheme;  // in lower case
  bool loopback = false;         // whether the host is on loopback; see IsLoopback
  bool has_credentials = false;  // whether it has a user or a password
};

// Reads an absolute URL. Returns nothing if it is malformed or libcurl does not know its scheme. Thread safe.
std::optional<Url> ParseUrl(const std::string& text);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_URL_H_
