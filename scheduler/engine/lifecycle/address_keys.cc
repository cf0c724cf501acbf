#include "scheduler/engine/lifecycle/address_keys.h"

#include <algorithm>
#include <utility>

#include "scheduler/plan/input/phone_numbers.h"
#include "scheduler/store/address_key.h"

namespace aftercare::engine {

std::vector<std::string> AddressKeysOf(const v1::Clinic& clinic, v1::Channel channel, absl::string_view address) {
  std::vector<std::string> keys;
  for (const std::string& form : plan::StoredFormsOf(channel, address, plan::RegionOf(clinic))) {
    std::string key = store::AddressKey(channel, form);
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace aftercare::engine
