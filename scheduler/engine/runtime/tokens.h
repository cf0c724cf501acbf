#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TOKENS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TOKENS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace aftercare::engine {

// Opaque strings that only this store can have made: page tokens, resume tokens, lease ids. Each is a payload under a
// 64-bit HMAC-SHA256 keyed with the store's secret, which covers the context as well, so that a token is good only for
// what it was made for. Thread safe.
class Tokens {
 public:
  explicit Tokens(std::string secret) : secret_(std::move(secret)) {}

  // URL-safe text.
  std::string Seal(absl::string_view context, absl::string_view payload) const;

  // The payload; nothing if the token was not made by Seal with this context and secret.
  std::optional<std::string> Open(absl::string_view context, absl::string_view token) const;

  // A stable name for `text`, 32 hexadecimal digits, that says nothing about it.
  std::string Pseudonym(absl::string_view text) const;

 private:
  std::string Mac(absl::string_view context, absl::string_view payload) const;

  std::string secret_;
};

// A 64-bit hash that is the same in every process.
uint64_t StableHash(absl::string_view text);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TOKENS_H_
