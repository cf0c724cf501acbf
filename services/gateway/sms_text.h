#ifndef AFTERCARE_SERVICES_GATEWAY_SMS_TEXT_H_
#define AFTERCARE_SERVICES_GATEWAY_SMS_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace aftercare::gateway {

// Whether a UTF-8 text can be written in the SMS alphabet (GSM 03.38 with its extension table): 160 characters an SMS,
// where UCS-2 has 70. Thread safe.
bool FitsSmsAlphabet(absl::string_view text);

// Big-endian UTF-16 as UTF-8, a replacement character for what is none. Thread safe.
std::string FromUtf16(absl::string_view bytes);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SMS_TEXT_H_
