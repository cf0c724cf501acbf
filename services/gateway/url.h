#ifndef AFTERCARE_SERVICES_GATEWAY_URL_H_
#define AFTERCARE_SERVICES_GATEWAY_URL_H_

#include <optional>
#include <string>

namespace aftercare::gateway {

// What of a URL says how safe it is to use.
struct Url {
  std::string scheme;  // in lower case
  bool loopback = false;
  bool has_credentials = false;
};

// Reads an absolute URL of a scheme that libcurl knows. Thread safe.
std::optional<Url> ParseUrl(const std::string& text);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_URL_H_
