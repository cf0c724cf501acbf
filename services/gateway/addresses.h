// What can be an address of a patient. Functions are thread safe.
#ifndef AFTERCARE_SERVICES_GATEWAY_ADDRESSES_H_
#define AFTERCARE_SERVICES_GATEWAY_ADDRESSES_H_

#include "absl/strings/string_view.h"

namespace aftercare::gateway {

// Whether it may stand in an SMTP command and a header as it is: one @ with something on either side, and nothing that
// ends or begins anything there, such as blanks, brackets, commas, quotes and control characters.
bool IsMailAddress(absl::string_view text);

// Whether it is a telephone number in E.164 form: + and 4 to 15 digits.
bool IsPhoneNumber(absl::string_view text);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_ADDRESSES_H_
