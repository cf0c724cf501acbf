// The key under which the store finds enrollments by an address. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_STORE_ADDRESS_KEY_H_
#define AFTERCARE_SCHEDULER_STORE_ADDRESS_KEY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "aftercare/v1/enrollment.pb.h"

namespace aftercare::store {

// The key of an address on a channel, such as `sms:+15550100`. ASCII letters of e-mail addresses become lower case.
// Keys are stored, so they must never change.
std::string AddressKey(v1::Channel channel, absl::string_view address);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_ADDRESS_KEY_H_
