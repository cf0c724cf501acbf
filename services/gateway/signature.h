#ifndef AFTERCARE_SERVICES_GATEWAY_SIGNATURE_H_
#define AFTERCARE_SERVICES_GATEWAY_SIGNATURE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace aftercare::gateway {

// Returns the value of the header Aftercare-Signature, `t=SECONDS,v1=HEX`. HEX is the HMAC-SHA256, keyed with `secret`,
// of SECONDS, a dot and the body. Thread safe.
std::string Signature(absl::string_view secret, int64_t unix_seconds, absl::string_view body);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SIGNATURE_H_
