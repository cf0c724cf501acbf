#include "scheduler/engine/events/resume_token.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace aftercare::engine {
namespace {

std::string Context(absl::string_view clinic) { return absl::StrCat("watch/", clinic); }

}  // namespace

std::string MakeResumeToken(const Tokens& tokens, absl::string_view clinic, int64_t seq) {
  return tokens.Seal(Context(clinic), absl::StrCat(seq));
}

std::optional<int64_t> ParseResumeToken(const Tokens& tokens, absl::string_view clinic, absl::string_view token) {
  const auto payload = tokens.Open(Context(clinic), token);
  int64_t seq = 0;
  if (!payload || !absl::SimpleAtoi(*payload, &seq) || seq < 0) return std::nullopt;
  return seq;
}

}  // namespace aftercare::engine
