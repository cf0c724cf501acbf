#ifndef AFTERCARE_SERVICES_GATEWAY_SMS_TEXT_H_
#define AFTERCARE_SERVICES_GATEWAY_SMS_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace aftercare::gateway {

// Returns true if valid UTF-8 can be written in the SMS alphabet (GSM 03.38 with its extension table). Then an SMS has
// room for 160 characters, otherwise (UCS-2) for 70. Thread safe.
bool FitsSmsAlphabet(absl::string_view text);

// Converts big-endian UTF-16 to UTF-8. Unpaired surrogates and an odd byte at the end become U+FFFD. Thread safe.
std::string FromUtf16(absl::string_view bytes);

// Returns what the bytes say as valid UTF-8. Each byte that is not part of a valid character becomes U+FFFD. Thread
// safe.
std::string RepairedUtf8(absl::string_view bytes);

// Returns how many bytes the character at the beginning of `bytes` has in UTF-8, or 0 if there is no valid character.
// Thread safe.
size_t CharacterLength(absl::string_view bytes);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SMS_TEXT_H_
