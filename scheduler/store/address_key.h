// What the store makes of an address to find enrollments by it. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_STORE_ADDRESS_KEY_H_
#define AFTERCARE_SCHEDULER_STORE_ADDRESS_KEY_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "aftercare/v1/enrollment.pb.h"

namespace aftercare::store {

// The key of an address on a channel, such as `sms:15550100`. Of a phone number only the digits count, without 00 at
// the beginning, which stands for the plus in some countries; what has other characters than numbers are written with
// is no phone number. ASCII letters of e-mail addresses become lower case. Must never change, because hashes of keys
// are stored.
std::string AddressKey(v1::Channel channel, absl::string_view address);

// The number by which a key is stored: the first 4 bytes of its SHA-256. Keys of different addresses may have the same,
// seldom, so who finds an enrollment by it looks at the enrollment's addresses too.
int64_t AddressHash(absl::string_view key);

// Returns what stands for an address where the address itself must not be stored: the first 16 bytes of the HMAC-SHA256
// of its key. `secret` is Store::secret(). Must never change.
std::string AddressIdentity(absl::string_view secret, absl::string_view key);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_ADDRESS_KEY_H_
