// Hashes that are the same in every process. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_HASH_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_HASH_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace aftercare::engine {

uint64_t StableHash(absl::string_view text);

// Returns a hash of the whole message and its type.
uint64_t Fingerprint(const google::protobuf::Message& message);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_HASH_H_
