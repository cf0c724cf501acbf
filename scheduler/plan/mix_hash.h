// A hash that spreads reminders of different patients over time.
#ifndef AFTERCARE_SCHEDULER_PLAN_MIX_HASH_H_
#define AFTERCARE_SCHEDULER_PLAN_MIX_HASH_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace aftercare::plan {

// Hashes `text`, continuing from `seed` (0, or the hash of what comes before). The result must never change, because
// due times are derived from it. Spreads evenly (FNV-1a, then the finalizer of MurmurHash3), but is not cryptographic.
inline uint64_t MixHash(uint64_t seed, absl::string_view text) {
  uint64_t hash = seed ^ 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3;
  hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCD;
  hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53;
  return hash ^ hash >> 33;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_MIX_HASH_H_
