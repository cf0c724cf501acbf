// The keys under which an address may be known to a clinic. Thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ADDRESS_KEYS_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ADDRESS_KEYS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"

namespace aftercare::engine {

// Returns the keys (store::AddressKey) under which an address may be stored in a clinic, different ones, the likeliest
// first: a telephone number may be written in several ways.
std::vector<std::string> AddressKeysOf(const v1::Clinic& clinic, v1::Channel channel, absl::string_view address);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ADDRESS_KEYS_H_
