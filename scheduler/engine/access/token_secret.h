// The secrets of bearer tokens: `aftercare_ID_RANDOM`, where ID is the token's id and RANDOM is 256 random bits. The
// beginning lets tools that look for leaked secrets find them. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ACCESS_TOKEN_SECRET_H_
#define AFTERCARE_SCHEDULER_ENGINE_ACCESS_TOKEN_SECRET_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aftercare::engine {

// Returns a new secret of the token `id`. UNAVAILABLE if the system gives no random bytes.
absl::StatusOr<std::string> MakeTokenSecret(absl::string_view id);

// Returns the id of the token whose secret this may be; nothing if no secret looks like it.
std::optional<absl::string_view> TokenIdIn(absl::string_view secret);

// Returns the SHA-256 of a secret. No salt is needed: nobody can try 2^256 secrets.
std::string HashOfSecret(absl::string_view secret);

// Compares two hashes. Takes the same time wherever they differ.
bool AreSameHashes(absl::string_view a, absl::string_view b);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ACCESS_TOKEN_SECRET_H_
