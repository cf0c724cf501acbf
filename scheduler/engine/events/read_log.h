// One read of a clinic's event log from the store.
#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_READ_LOG_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_READ_LOG_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scheduler/engine/events/event_chunk.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Passed to ReadLog instead of a position, to ask only where the log ends.
inline constexpr int64_t kEndOfLog = -1;

// What one read has found.
struct LogReadResult {
  // All events after the position that was read from, up to and including position `end`. Null if there are none.
  std::shared_ptr<const EventChunk> chunk;
  int64_t end = 0;

  // True if the log held no event after `end`. Then `bookmark` is the bookmark of `end`, and `end` is `last_seq`.
  bool at_end = false;
  SharedBytes bookmark;

  // Events up to here are deleted or about to be. If the read began at an earlier position, it read no events, and only
  // this and `last_seq` mean anything.
  int64_t trimmed_seq = 0;
  // The greatest sequence number of all logs of the store.
  int64_t last_seq = 0;
};

// Reads the events of a clinic that follow position `after`, up to a limit. If `after` is kEndOfLog, only finds where
// the log ends. Fails only if the store fails. Thread safe.
absl::StatusOr<LogReadResult> ReadLog(store::ReadTransaction& tx, const Tokens& tokens, absl::string_view clinic,
                                      int64_t after);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_READ_LOG_H_
