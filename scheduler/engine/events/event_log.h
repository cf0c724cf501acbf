#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/engine/events/event_cache.h"
#include "scheduler/engine/events/event_chunk.h"
#include "scheduler/engine/events/read_log.h"
#include "scheduler/engine/events/wait_list.h"

namespace aftercare::engine {

class LogCursor;
struct EventLog;

// A read of a log that is queued or in flight, and the cursors that wait for it. Cursors that need what is being read
// join the read instead of starting another.
//
// Guarded by the feed's lock, except the constants and the members that are set once before the read starts.
struct PendingRead {
  PendingRead(std::shared_ptr<EventLog> log, int64_t after) : log(std::move(log)), after(after) {}

  const std::shared_ptr<EventLog> log;
  const int64_t after;  // the position to read from, or kEndOfLog

  // Set when the read starts.
  uint64_t number = 0;        // 1, 2, ... in the order in which the feed's reads start
  uint64_t commits = 0;       // the log's `commits` at that time: the read sees all of these
  bool check_clinic = false;  // true if it is not known yet whether the clinic exists

  std::vector<std::shared_ptr<LogCursor>> cursors;
};

// What the feed knows of the log of one clinic, while somebody watches it. The events themselves are in the cache.
//
// Guarded by the feed's lock, except the constants.
struct EventLog : public std::enable_shared_from_this<EventLog> {
  using Time = std::chrono::steady_clock::time_point;

  // The end of the log, as far as the feed knows: the furthest position that a reader has read to. Before anybody has
  // read events, it is where the log ended when the first reader asked for that.
  struct End {
    int64_t position = 0;
    // It is known that no event of the log's first `as_of_commits` commits lies after `position`. Empty if it is not
    // known that the log ends here. The members below are set together with this one.
    std::optional<uint64_t> as_of_commits;
    Time checked_at;       // when the log was last seen to end here
    SharedBytes bookmark;  // of `position`
  };

  // Where the log ended in the snapshot of one read.
  struct SnapshotEnd {
    uint64_t read_number = 0;  // 0: there was no such read yet
    int64_t position = 0;
    SharedBytes bookmark;  // of `position`
  };

  EventLog(std::string clinic, EventCache::LogId id) : clinic(std::move(clinic)), id(id) {}

  // Returns whether the log was seen to end at `end`, and the feed was told of no commit since.
  bool IsEndCurrent() const { return end && end->as_of_commits == commits; }

  // Takes over what a read of this log, done at `now`, says about its end. Returns true if `end` has moved.
  bool UpdateEnd(const PendingRead& read, const LogReadResult& result, Time now);

  const std::string clinic;
  const EventCache::LogId id;

  int cursors = 0;             // attached to this log
  bool clinic_exists = false;  // false: not known yet
  uint64_t commits = 0;        // how many the feed was told of since somebody watches this log
  std::optional<Time> behind_since;  // when the oldest unread commit came that a cursor waits for
  std::optional<End> end;
  SnapshotEnd newest_snapshot;
  std::map<int64_t, std::shared_ptr<PendingRead>> reads;  // queued or in flight, by their `after`
  WaitList::Group waiters;                                // cursors that wait at the end
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_H_
