#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TOKENS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TOKENS_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace aftercare::engine {

// Makes and checks signed strings that only a server with this store's secret can make: page tokens, resume tokens,
// lease ids. A token is a payload followed by 64 bits of an HMAC-SHA256, keyed with the secret. The HMAC also covers a
// context, which says what the token is for, so a token is valid for nothing else. Anybody can read the payload. Thread
// safe.
class Tokens {
 public:
  explicit Tokens(std::string secret) : secret_(std::move(secret)) {}

  // Returns a token in URL-safe characters.
  std::string Seal(absl::string_view context, absl::string_view payload) const;

  // Returns the payload, or nothing if `token` was not made by Seal with this context and secret.
  std::optional<std::string> Open(absl::string_view context, absl::string_view token) const;

  // Returns 32 hexadecimal digits that are always the same for `text` and do not reveal it.
  std::string Pseudonym(absl::string_view text) const;

 private:
  std::string Mac(absl::string_view context, absl::string_view payload) const;

  const std::string secret_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TOKENS_H_
