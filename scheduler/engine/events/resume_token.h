#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_RESUME_TOKEN_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_RESUME_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "scheduler/engine/runtime/tokens.h"

namespace aftercare::engine {

// A place in a clinic's log, as clients carry it: they have dealt with all events up to `seq`.
std::string MakeResumeToken(const Tokens& tokens, absl::string_view clinic, int64_t seq);

// Nothing if that was not made for this clinic.
std::optional<int64_t> ParseResumeToken(const Tokens& tokens, absl::string_view clinic, absl::string_view token);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_RESUME_TOKEN_H_
