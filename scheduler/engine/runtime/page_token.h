// Page tokens of lists: signed strings that hold the position where the next page begins. A token is bound to its
// query, so it is valid only for the next page of the same list. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_PAGE_TOKEN_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_PAGE_TOKEN_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::engine {

// Returns the position in `token`, a request's page_token. Returns nothing if `token` is empty, which asks for the
// first page. If the token was not made for the same `query`, returns nothing and adds a page_token error to `errors`.
std::optional<std::string> OpenPageToken(const Tokens& tokens, absl::string_view query, absl::string_view token,
                                         plan::FieldErrors* errors);

// Adds the same error as OpenPageToken, for a caller that cannot parse the position from a valid token.
void AddPageTokenError(plan::FieldErrors* errors);

// Returns the page token for what comes after `position` in the list that `query` describes.
std::string SealPageToken(const Tokens& tokens, absl::string_view query, absl::string_view position);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_PAGE_TOKEN_H_
