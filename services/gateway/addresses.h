// Checks of the addresses of patients before something is sent to them. Functions are pure and thread safe.
#ifndef AFTERCARE_SERVICES_GATEWAY_ADDRESSES_H_
#define AFTERCARE_SERVICES_GATEWAY_ADDRESSES_H_

#include "absl/strings/string_view.h"

namespace aftercare::gateway {

// Returns true if `text` can be put into an SMTP command and a header without quoting: at most 254 bytes, exactly one
// `@` with something on either side, and no blanks, brackets, commas, quotes, control characters or other separators.
bool IsMailAddress(absl::string_view text);

// Returns true for a telephone number in E.164 form: `+` and 4 to 15 digits.
bool IsPhoneNumber(absl::string_view text);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_ADDRESSES_H_
