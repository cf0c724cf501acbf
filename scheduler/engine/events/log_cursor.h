#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_LOG_CURSOR_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_LOG_CURSOR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "scheduler/engine/events/event_chunk.h"
#include "scheduler/engine/events/wait_list.h"

namespace aftercare::engine {

class EventFeed;
struct EventLog;

// One reader's position in the log of one clinic. A reader derives from this class and polls the feed with it. If a
// Poll returns `pending`, the feed calls Resume later.
//
// Thread safe, but only one Poll, or the wait that follows it, may be under way. Owned by std::shared_ptr: the feed
// holds a reference until it has called Resume.
class LogCursor : public Waiter {
 public:
  // Makes a cursor that reads the events after `position`. Without a position, it begins at the end that the log has at
  // the first Poll. The feed must outlive the cursor.
  LogCursor(EventFeed& feed, const std::string& clinic, std::optional<int64_t> position);
  ~LogCursor() override;

  // When a wait without new events ends with a bookmark. The reader sets it before a Poll.
  void set_bookmark_due(WaitList::Time due) { bookmark_due_ = due; }
  WaitList::Time bookmark_due() const { return bookmark_due_; }

  // Called once after each Poll that returned `pending`. The reader should poll again. Runs on the feed's own thread,
  // or in Cancel.
  void Resume() override = 0;

 private:
  friend class EventFeed;

  EventFeed& feed_;
  const std::shared_ptr<EventLog> log_;
  WaitList::Time bookmark_due_;

  // The rest is the feed's, guarded by its lock.
  absl::Status cancelled_;  // what every Poll fails with; OK while the cursor is not cancelled
  std::optional<int64_t> position_;
  bool position_checked_ = false;              // whether the log is known to have come as far as position_
  std::optional<uint64_t> reads_before_open_;  // reads of the feed that were started before the first Poll

  // The outcome of the read that this cursor waited for last. The chunk is held here because the cache may evict it
  // before the cursor polls.
  absl::Status read_status_;
  std::shared_ptr<const EventChunk> read_chunk_;
  int64_t read_after_ = 0;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_LOG_CURSOR_H_
