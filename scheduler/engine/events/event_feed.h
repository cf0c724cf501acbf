#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_FEED_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_FEED_H_

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scheduler/engine/events/event_chunk.h"
#include "scheduler/engine/events/event_log.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/store/store.h"

namespace aftercare::engine {

// The logs of all clinics as those who watch them see them. What is read of a log is read, decoded and written for the
// wire once, kept as long as there is room, and shared by all who come by there; who asks for what is just being read
// waits for that. Nothing is kept for a reader but its place, so a slow one costs nobody anything: when what it needs
// is no longer kept, it is read from the store again.
//
// Readers pull: they Poll, and are told to look again (Resume) when there may be more. That happens on the feed's own
// thread, some at a time, so neither a commit nor a read waits for them, however many there are.
//
// Thread safe.
class EventFeed {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // What is kept of all logs together, in bytes, about.
  static constexpr size_t kMaxKept = 32 << 20;

  // Both must outlive the feed. The store must be closed before the feed is destroyed.
  EventFeed(store::Store& store, const Tokens& tokens, size_t max_kept = kMaxKept);
  ~EventFeed();

  // Something was committed to a clinic's log. Cheap: called on the writer's thread.
  void Appended(absl::string_view clinic);

  // Events up to `seq` are no longer in the log: whoever has read less far is told so.
  void Trimmed(int64_t seq);

  // Ends all waits, and every later one, UNAVAILABLE.
  void Close();

  // What a reader finds.
  struct PollResult {
    // Its Resume will be called: there is nothing yet.
    bool later = false;
    // Why it can read no more: OUT_OF_RANGE / RESUME_TOKEN_EXPIRED where it has fallen behind what the log has kept,
    // NOT_FOUND without such a clinic, CANCELLED, UNAVAILABLE.
    absl::Status status;
    // Else events, in order, from an index in each chunk on; or if there are none a bookmark that is due.
    std::vector<std::pair<std::shared_ptr<const EventChunk>, size_t>> chunks;
    SharedBytes bookmark;
  };

  // Looks for what follows the reader's place, and moves that behind what it found.
  PollResult Poll(LogCursor& cursor);

  // Ends a wait with Resume, and has every later Poll answer CANCELLED.
  void Cancel(LogCursor& cursor);

 private:
  friend class LogCursor;
  using Clock = std::chrono::steady_clock;
  using Ready = std::vector<std::shared_ptr<LogCursor>>;

  std::shared_ptr<EventLog> Attach(const std::string& clinic);
  void Detach(EventLog& log);

  // All below with the lock held, unless they say otherwise.
  // Gives a reader that looks for the first time its place, or checks the one it has. False: `found` says more.
  bool Open(LogCursor& cursor, PollResult* found);
  void Collect(LogCursor& cursor, PollResult* found);
  // There is nothing at the reader's place: sees to it that it hears of more.
  void AwaitMore(LogCursor& cursor, PollResult* found);
  void Wait(LogCursor& cursor);
  void StopWaiting(LogCursor& cursor);
  void WakeAll(EventLog& log);
  void Join(LogCursor& cursor, int64_t place);
  LogRead& EnsureRead(EventLog& log, int64_t place);
  // Where to read on for those who have seen all there was.
  int64_t Frontier(const EventLog& log) const { return std::max(*log.end, trimmed_); }
  // Hands the store as many reads as may be under way. Releases the lock meanwhile.
  void Submit(std::unique_lock<std::mutex>& lock);
  void OnReadDone(const std::shared_ptr<LogRead>& read, const absl::StatusOr<LogPart>& part);  // takes the lock
  void Learn(const LogRead& read, const LogPart& part);
  // Whether the end of a log is where a read of it came to; and if so that nothing follows, if nothing does.
  bool MoveEnd(const LogRead& read, const LogPart& part);
  void Keep(EventLog& log, int64_t after, const LogPart& part);
  void Drop(KeptParts::iterator kept);
  void Run();  // takes the lock
  Ready TakeReady();

  store::Store& store_;
  const Tokens& tokens_;
  const size_t max_kept_;

  std::mutex mutex_;
  std::condition_variable wake_;
  absl::flat_hash_map<std::string, std::shared_ptr<EventLog>> logs_;  // those that are watched
  int64_t trimmed_ = 0;
  int64_t last_ = 0;  // the greatest seq of the store that was seen

  KeptParts kept_;  // the one used last at the end
  size_t kept_bytes_ = 0;

  std::deque<std::shared_ptr<LogRead>> reads_;  // to be handed to the store
  int under_way_ = 0;
  uint64_t begun_ = 0;        // reads so far
  bool submitting_ = false;
  std::optional<SteadyTime> retry_at_;  // the store is busy until then, or so we take it

  std::deque<std::shared_ptr<LogCursor>> ready_;
  std::list<LogCursor*> woken_;                        // from the waiting of some log
  std::set<std::pair<SteadyTime, LogCursor*>> due_;    // all that wait or are woken, by when they want a bookmark
  bool closed_ = false;
  bool stop_ = false;
  std::thread thread_;
};

// A reader's place in the log of one clinic, and its standing with the feed. Only one Poll or wait at a time.
class LogCursor : public std::enable_shared_from_this<LogCursor> {
 public:
  // After `place`; without one, after all that is in the log when it first looks.
  LogCursor(EventFeed& feed, const std::string& clinic, std::optional<int64_t> place);
  virtual ~LogCursor();

  // To be set before a Poll: how long it may wait. Then it gets a bookmark.
  void set_bookmark_due(EventFeed::SteadyTime due) { bookmark_due_ = due; }
  EventFeed::SteadyTime bookmark_due() const { return bookmark_due_; }

  // Poll again. Exactly once for each Poll that said so.
  virtual void Resume() = 0;

 private:
  friend class EventFeed;

  EventFeed& feed_;
  const std::shared_ptr<EventLog> log_;

  // The rest is the feed's, under its lock.
  std::optional<int64_t> place_;
  std::optional<uint64_t> opened_;  // reads begun before it first looked
  bool checked_ = false;            // its place is one of this log
  bool cancelled_ = false;
  absl::Status status_;             // of the read it waited for, and what that told: by now it may not be kept any more
  int64_t part_after_ = 0;
  std::shared_ptr<const EventChunk> part_;
  EventFeed::SteadyTime bookmark_due_;
  std::shared_ptr<LogCursor> self_;    // while the feed is to call Resume
  bool waiting_ = false;
  uint64_t wakes_ = 0;              // the log's when it began to wait
  std::list<LogCursor*>::iterator position_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_FEED_H_
