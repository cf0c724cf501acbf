// Checks of the addresses of patients before something is sent to them, and how numbers are compared. Functions are
// pure and thread safe.
#ifndef AFTERCARE_SERVICES_GATEWAY_ADDRESSES_H_
#define AFTERCARE_SERVICES_GATEWAY_ADDRESSES_H_

#include <string>

#include "absl/strings/string_view.h"

namespace aftercare::gateway {

// Returns true if `text` can be put into an SMTP command and a header without quoting: at most 254 bytes, exactly one
// `@` with something on either side, and no blanks, brackets, commas, quotes, control characters or other separators.
bool IsMailAddress(absl::string_view text);

// Returns true for a telephone number in E.164 form: `+` and 4 to 15 digits.
bool IsPhoneNumber(absl::string_view text);

// Returns the form in which numbers that patients write to are compared. A telephone number of 7 to 15 digits becomes
// `+` and its digits without a leading `00`, so `+15550100`, `15550100` and `0015550100` are one number. Anything else,
// such as a short code, is returned as it is.
std::string ComparableNumber(absl::string_view number);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_ADDRESSES_H_
