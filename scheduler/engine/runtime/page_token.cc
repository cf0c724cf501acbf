#include "scheduler/engine/runtime/page_token.h"

namespace aftercare::engine {

std::optional<std::string> OpenPageToken(const Tokens& tokens, absl::string_view query, absl::string_view token,
                                         plan::FieldErrors* errors) {
  if (token.empty()) return std::nullopt;
  std::optional<std::string> position = tokens.Open(query, token);
  if (!position) AddPageTokenError(errors);
  return position;
}

void AddPageTokenError(plan::FieldErrors* errors) {
  errors->push_back({"page_token", "must come from an answer to the same request"});
}

std::string SealPageToken(const Tokens& tokens, absl::string_view query, absl::string_view position) {
  return tokens.Seal(query, position);
}

}  // namespace aftercare::engine
