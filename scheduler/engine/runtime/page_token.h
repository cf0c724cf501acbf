// Page tokens of lists: sealed strings that hold the position after a page. A token is bound to its query, so that it
// is good only for the next page of the same list. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_PAGE_TOKEN_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_PAGE_TOKEN_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/plan/field_errors.h"

namespace aftercare::engine {

// Returns the position in `token`, a request's page_token. Returns nothing if `token` is empty (the first page), or if
// it was not sealed for the same `query`; in the latter case adds a page_token error to `errors`.
std::optional<std::string> OpenPageToken(const Tokens& tokens, absl::string_view query, absl::string_view token,
                                         plan::FieldErrors* errors);

// Adds the error that OpenPageToken adds, for a caller that cannot read the position in a token.
void AddPageTokenError(plan::FieldErrors* errors);

// Returns the page token for what comes after `position` in the list that `query` describes.
std::string SealPageToken(const Tokens& tokens, absl::string_view query, absl::string_view position);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_PAGE_TOKEN_H_
