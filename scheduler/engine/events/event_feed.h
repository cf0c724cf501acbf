#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_FEED_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_FEED_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/events/event_cache.h"
#include "scheduler/engine/events/event_chunk.h"
#include "scheduler/engine/events/event_log.h"
#include "scheduler/engine/events/log_cursor.h"
#include "scheduler/engine/events/read_log.h"
#include "scheduler/engine/events/wait_list.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// Serves the event logs of all clinics to their readers. Events are read from the store, decoded and serialized once,
// cached, and shared by all readers of the log. Readers that need the same events at the same time share one read.
//
// Readers pull, with a LogCursor: they Poll, and the feed calls the cursor's Resume when there may be more. It does so
// on a thread of its own, so that neither a commit nor a read of the store waits for readers, however many there are.
// The feed keeps nothing for a reader but its position, so a slow reader costs the others nothing. If the cache no
// longer holds the events that the reader comes for, they are read from the store again.
//
// Thread safe. The parts (EventCache, WaitList, EventLog and the feed's part of LogCursor) have no locks of their own:
// the feed's lock guards them. The lock is not held while the store is called or a cursor is resumed.
class EventFeed {
 public:
  static constexpr size_t kDefaultCacheBytes = 32 << 20;

  // `engine` must outlive the feed. `cache_bytes` bounds the memory of the cached events of all logs together, roughly.
  explicit EventFeed(EngineContext& engine, size_t cache_bytes = kDefaultCacheBytes);
  // The store must be closed, and nobody but the feed may hold a cursor any more.
  ~EventFeed();

  // Tells the feed that events were committed to a clinic's log. Cheap: called on the writer's thread.
  void NotifyAppended(absl::string_view clinic);

  // Tells the feed that events up to `seq` are no longer in the log. Cursors before that position fail.
  void NotifyTrimmed(int64_t seq);

  // Returns for how long the feed is behind: the time since the oldest commit that it has not read yet, though a cursor
  // waits for it. Zero if there is none.
  absl::Duration Lag();

  // Ends all waits: at once, or when the read that a cursor waits for is done. Every later Poll fails with
  // UNAVAILABLE.
  void Close();

  struct PollResult {
    // True if there is nothing yet. Then the cursor's Resume will be called, and the members below are empty.
    bool pending = false;
    // Not OK if the cursor can be read no further.
    // - OUT_OF_RANGE / RESUME_TOKEN_EXPIRED: the log was trimmed past the cursor's position, or ends before it.
    // - NOT_FOUND / CLINIC_NOT_FOUND: there is no such clinic.
    // - The status of Cancel, after Cancel.
    // - UNAVAILABLE: the feed is closed.
    // - The store's error if a read failed. Every later Poll of the cursor then fails with it.
    absl::Status status;
    // The events that follow the cursor's position, in order.
    std::vector<EventSlice> events;
    // If there are no events: a bookmark. It is due, or it tells where a cursor without a position begins.
    SharedBytes bookmark;
  };

  // Looks for what follows the cursor's position, and moves the position past what is returned. Does not wait for the
  // store.
  PollResult Poll(LogCursor& cursor);

  // Makes every later Poll of the cursor fail with `status`, unless it was cancelled before. If the cursor waits for
  // new events, calls its Resume before this returns.
  void Cancel(LogCursor& cursor, absl::Status status);

 private:
  friend class LogCursor;
  using Time = WaitList::Time;

  // For LogCursor. Attach returns the log of a clinic for one cursor; Detach gives it back.
  std::shared_ptr<EventLog> Attach(const std::string& clinic) ABSL_LOCKS_EXCLUDED(mutex_);
  void Detach(EventLog& log) ABSL_LOCKS_EXCLUDED(mutex_);

  // Steps of Poll. All of them set `result` if the Poll ends there.
  // Finds where a cursor without a position begins, or checks that the log does not end before the cursor's position.
  // Returns true if Poll can go on and collect events.
  bool OpenCursor(LogCursor& cursor, PollResult* result) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CollectEvents(LogCursor& cursor, PollResult* result) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Makes a cursor without events at hand wait for a read or for new events, or returns its bookmark if that is due.
  void AwaitMore(LogCursor& cursor, PollResult* result) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AwaitAppend(LogCursor& cursor) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AwaitRead(LogCursor& cursor, int64_t after) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void WakeWaiters(EventLog& log) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Returns the position after which events that the feed has not read yet may lie. `log.end` must be set.
  int64_t NextReadPosition(const EventLog& log) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Queues a read, unless there is already one from that position. StartReads starts it.
  PendingRead& QueueRead(EventLog& log, int64_t after) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Hands the store queued reads, as many as may be in flight. Releases the lock meanwhile.
  void StartReads() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<LogReadResult> RunRead(store::ReadTransaction& tx, const PendingRead& read) const;
  void OnReadDone(const std::shared_ptr<PendingRead>& read, const absl::StatusOr<LogReadResult>& result)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // ApplyResult takes over what a read has found for all readers of the log. ResumeCursors hands it to the cursors that
  // waited for this read, and resumes them.
  void ApplyResult(const PendingRead& read, const LogReadResult& result) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ResumeCursors(PendingRead& read, const absl::StatusOr<LogReadResult>& result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // The feed's thread: resumes cursors, and retries reads.
  void Run() ABSL_LOCKS_EXCLUDED(mutex_);
  // Waits until there may be something to do.
  void Sleep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  EngineContext& engine_;

  Mutex mutex_;
  CondVar wake_;  // wakes the feed's thread
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  absl::flat_hash_map<std::string, std::shared_ptr<EventLog>> logs_ ABSL_GUARDED_BY(mutex_);  // those with cursors
  EventCache::LogId last_log_id_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t trimmed_seq_ ABSL_GUARDED_BY(mutex_) = 0;  // the greatest that is known
  int64_t last_seq_ ABSL_GUARDED_BY(mutex_) = 0;     // the greatest that was seen in the store
  EventCache cache_ ABSL_GUARDED_BY(mutex_);
  WaitList wait_list_ ABSL_GUARDED_BY(mutex_);

  std::deque<std::shared_ptr<PendingRead>> queued_reads_ ABSL_GUARDED_BY(mutex_);
  int reads_in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t reads_started_ ABSL_GUARDED_BY(mutex_) = 0;  // ever
  bool starting_reads_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Time> retry_at_ ABSL_GUARDED_BY(mutex_);  // the store was busy: no read is started before then

  std::thread thread_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_FEED_H_
