// What the feed keeps of one clinic's log, and how it is read. For event_feed.h.
#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_H_

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "scheduler/engine/events/event_chunk.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

class LogCursor;
struct EventLog;

// The place of a read that asks only where the log ends.
inline constexpr int64_t kWhereItEnds = -1;

// One read of a log, and who waits for it.
struct LogRead {
  std::shared_ptr<EventLog> log;
  int64_t after = 0;           // the place it reads on from
  uint64_t number = 0;         // in the order they are begun; 0 before that
  uint64_t raised = 0;         // the log's when it was begun
  bool check_clinic = false;   // whether there is such a clinic is not yet known
  std::vector<LogCursor*> joined;
};

// What it told.
struct LogPart {
  std::shared_ptr<const EventChunk> chunk;  // null: no events
  int64_t until = 0;      // up to there those are all events after the read's place
  bool complete = false;  // and there were no more
  SharedBytes bookmark;   // of `until`, where it is complete
  int64_t trimmed = 0;    // the store's: with a place before it nothing else is told
  int64_t last = 0;       // the store's
};

// Runs a read on a snapshot. NOT_FOUND / CLINIC_NOT_FOUND without such a clinic, where that is asked.
absl::StatusOr<LogPart> ReadLog(store::ReadTransaction& tx, const Tokens& tokens, const LogRead& read);

// All parts that are kept, of any log, by the places they go on from.
using KeptParts = std::list<std::pair<EventLog*, int64_t>>;

// Not thread safe: the feed's, under its lock.
struct EventLog : public std::enable_shared_from_this<EventLog> {
  explicit EventLog(std::string clinic) : clinic(std::move(clinic)) {}

  struct Part {
    std::shared_ptr<const EventChunk> chunk;
    int64_t until = 0;
    KeptParts::iterator kept;
  };

  // The part that says what comes after a place, if one is kept.
  Part* Covering(int64_t place);

  // Whether nothing has been committed since it was seen to end at `end`.
  bool IsAtEnd() const { return end_raised == raised; }

  const std::string clinic;
  int readers = 0;
  bool exists = false;
  uint64_t raised = 0;  // commits so far that we were told of
  std::map<int64_t, Part> parts;  // by the places they go on from

  // How far it was read by whoever came furthest, and the commits of which it is known that nothing of them is after.
  std::optional<int64_t> end;
  std::optional<uint64_t> end_raised;
  std::chrono::steady_clock::time_point end_time;
  SharedBytes end_bookmark;

  // Where it ended in the snapshot of the read of that number.
  uint64_t asked = 0;
  int64_t asked_end = 0;
  SharedBytes asked_bookmark;

  std::map<int64_t, std::shared_ptr<LogRead>> reads;  // not yet done, by place
  std::list<LogCursor*> waiting;                      // at the end
  uint64_t wakes = 0;                                 // how often all that waited were woken
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_H_
