#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_RESUME_TOKEN_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_RESUME_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "scheduler/engine/runtime/tokens.h"

namespace aftercare::engine {

// A resume token is a position in a clinic's event log as clients carry it: the client has seen all events up to
// sequence number `seq`. These functions are thread safe.

// Returns the token of a position.
std::string MakeResumeToken(const Tokens& tokens, absl::string_view clinic, int64_t seq);

// Returns the position of a token, or nothing if the token was not made by this service for this clinic.
std::optional<int64_t> ParseResumeToken(const Tokens& tokens, absl::string_view clinic, absl::string_view token);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_RESUME_TOKEN_H_
