#ifndef AFTERCARE_SCHEDULER_PLAN_MIX_HASH_H_
#define AFTERCARE_SCHEDULER_PLAN_MIX_HASH_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace aftercare::plan {

// A hash of `text` and all that `seed` is a hash of; the same in every process and version, since due times hang on it.
// Spreads evenly (FNV-1a, then the finalizer of MurmurHash3), but anyone can find two texts with one hash.
inline uint64_t MixHash(uint64_t seed, absl::string_view text) {
  uint64_t hash = seed ^ 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3;
  hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCD;
  hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53;
  return hash ^ hash >> 33;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_MIX_HASH_H_
