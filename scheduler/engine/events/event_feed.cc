#include "scheduler/engine/events/event_feed.h"

#include <algorithm>
#include <utility>

#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/system_access.h"

namespace aftercare::engine {
namespace {

// The store has other readers to serve.
constexpr int kMaxReadsInFlight = 4;

// How long to wait before the store is asked again when it was busy.
constexpr std::chrono::milliseconds kRetryDelay(50);

// A Poll returns no more chunks once it has as many, or as many bytes.
constexpr size_t kMaxChunksPerPoll = 64;
constexpr size_t kMaxBytesPerPoll = 64 << 10;

// A bookmark is not made of an end of the log that was seen longer ago.
constexpr std::chrono::seconds kMaxBookmarkAge(4);

absl::Status TokenExpired() {
  return MakeError(absl::StatusCode::kOutOfRange, "RESUME_TOKEN_EXPIRED",
                   "the log no longer holds what follows resume_token: list what you need again, then watch from the"
                   " resume_token of that list");
}

WaitList::Time Now() { return std::chrono::steady_clock::now(); }

}  // namespace

EventFeed::EventFeed(EngineContext& engine, size_t cache_bytes)
    : engine_(engine), cache_(cache_bytes), thread_([this] { Run(); }) {}

EventFeed::~EventFeed() {
  Close();
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyOne();
  thread_.join();
}

std::shared_ptr<EventLog> EventFeed::Attach(const std::string& clinic) {
  MutexLock lock(mutex_);
  std::shared_ptr<EventLog>& log = logs_[clinic];
  if (log == nullptr) log = std::make_shared<EventLog>(clinic, ++last_log_id_);
  ++log->cursors;
  return log;
}

void EventFeed::Detach(EventLog& log) {
  MutexLock lock(mutex_);
  if (--log.cursors > 0) return;
  cache_.EraseLog(log.id);
  logs_.erase(log.clinic);
}

void EventFeed::NotifyAppended(absl::string_view clinic) {
  MutexLock lock(mutex_);
  const auto found = logs_.find(clinic);
  if (found == logs_.end()) return;
  EventLog& log = *found->second;
  ++log.commits;
  if (log.waiters.empty()) return;
  if (!log.behind_since) log.behind_since = Now();
  QueueRead(log, NextReadPosition(log));
  StartReads();
}

absl::Duration EventFeed::Lag() {
  const Time now = Now();
  Time since = now;
  MutexLock lock(mutex_);
  for (const auto& [clinic, log] : logs_) since = std::min(since, log->behind_since.value_or(now));
  return absl::FromChrono(now - since);
}

void EventFeed::NotifyTrimmed(int64_t seq) {
  MutexLock lock(mutex_);
  trimmed_seq_ = std::max(trimmed_seq_, seq);
}

void EventFeed::Close() {
  MutexLock lock(mutex_);
  closed_ = true;
  for (const auto& [clinic, log] : logs_) WakeWaiters(*log);
}

EventFeed::PollResult EventFeed::Poll(LogCursor& cursor) {
  PollResult result;
  MutexLock lock(mutex_);
  if (!cursor.cancelled_.ok()) {
    result.status = cursor.cancelled_;
  } else if (closed_) {
    result.status = ShuttingDown();
  } else if (!cursor.read_status_.ok()) {
    result.status = cursor.read_status_;
  } else if (cursor.position_checked_ || OpenCursor(cursor, &result)) {
    if (*cursor.position_ < trimmed_seq_) {
      result.status = TokenExpired();
    } else {
      CollectEvents(cursor, &result);
      if (result.events.empty()) AwaitMore(cursor, &result);
    }
  }
  cursor.read_chunk_.reset();
  // StartReads releases the lock: from here on the cursor may be resumed, and destroyed.
  StartReads();
  return result;
}

void EventFeed::Cancel(LogCursor& cursor, absl::Status status) {
  std::shared_ptr<Waiter> waiter;
  {
    MutexLock lock(mutex_);
    if (cursor.cancelled_.ok()) cursor.cancelled_ = std::move(status);
    waiter = wait_list_.Remove(cursor);  // null: the cursor polls again anyway, or nobody polls it
  }
  if (waiter != nullptr) waiter->Resume();
}

bool EventFeed::OpenCursor(LogCursor& cursor, PollResult* result) {
  const EventLog& log = *cursor.log_;
  if (!cursor.reads_before_open_) cursor.reads_before_open_ = reads_started_;
  // Whether the log's end was read in a snapshot taken after this cursor was first polled.
  const bool end_was_read = log.newest_snapshot.read_number > *cursor.reads_before_open_;
  if (cursor.position_ && (*cursor.position_ <= last_seq_ || end_was_read)) {
    // A position past the end of the log comes from a database that was since restored from an older backup.
    if (*cursor.position_ > last_seq_) result->status = TokenExpired();
    cursor.position_checked_ = result->status.ok();
    return cursor.position_checked_;
  }
  const bool end_is_current = log.IsEndCurrent();
  if (cursor.position_ || (!end_is_current && !end_was_read)) {
    AwaitRead(cursor, kEndOfLog);
    result->pending = true;
    return false;
  }
  // A cursor without a position begins at the end, and is told at once where that is.
  cursor.position_ = end_is_current ? log.end->position : log.newest_snapshot.position;
  cursor.position_checked_ = true;
  result->bookmark = end_is_current ? log.end->bookmark : log.newest_snapshot.bookmark;
  return false;
}

void EventFeed::CollectEvents(LogCursor& cursor, PollResult* result) {
  int64_t position = *cursor.position_;
  size_t bytes = 0;
  const auto add = [&](const std::shared_ptr<const EventChunk>& chunk) {
    const size_t first = chunk->FirstAfter(position);
    if (first == chunk->size()) return;
    bytes += chunk->BytesFrom(first).bytes.size();
    result->events.push_back({chunk, first});
  };
  if (cursor.read_chunk_ != nullptr && cursor.read_after_ <= position && position < cursor.read_chunk_->last_seq()) {
    add(cursor.read_chunk_);
    position = cursor.read_chunk_->last_seq();
  }
  while (result->events.size() < kMaxChunksPerPoll && bytes < kMaxBytesPerPoll) {
    const EventCache::Segment* segment = cache_.Find(cursor.log_->id, position);
    if (segment == nullptr) break;
    add(segment->chunk);
    position = segment->end;
  }
  cursor.position_ = position;
}

void EventFeed::AwaitMore(LogCursor& cursor, PollResult* result) {
  const EventLog& log = *cursor.log_;
  const int64_t position = *cursor.position_;
  result->pending = true;
  if (!log.end || position < log.end->position) return AwaitRead(cursor, position);
  if (!log.IsEndCurrent()) return AwaitRead(cursor, NextReadPosition(log));
  if (Now() < cursor.bookmark_due_) return AwaitAppend(cursor);
  if (log.end->checked_at + kMaxBookmarkAge < cursor.bookmark_due_ || log.end->position < position) {
    return AwaitRead(cursor, NextReadPosition(log));
  }
  result->pending = false;
  result->bookmark = log.end->bookmark;
  cursor.position_ = log.end->position;
}

void EventFeed::AwaitAppend(LogCursor& cursor) {
  const bool is_next = wait_list_.Add(cursor.log_->waiters, cursor.shared_from_this(), cursor.bookmark_due_);
  if (is_next) wake_.NotifyOne();
}

void EventFeed::AwaitRead(LogCursor& cursor, int64_t after) {
  QueueRead(*cursor.log_, after).cursors.push_back(std::static_pointer_cast<LogCursor>(cursor.shared_from_this()));
}

void EventFeed::WakeWaiters(EventLog& log) {
  wait_list_.WakeAll(log.waiters);
  wake_.NotifyOne();
}

int64_t EventFeed::NextReadPosition(const EventLog& log) const { return std::max(log.end->position, trimmed_seq_); }

PendingRead& EventFeed::QueueRead(EventLog& log, int64_t after) {
  std::shared_ptr<PendingRead>& read = log.reads[after];
  if (read == nullptr) {
    read = std::make_shared<PendingRead>(log.shared_from_this(), after);
    queued_reads_.push_back(read);
  }
  return *read;
}

void EventFeed::StartReads() {
  if (starting_reads_) return;  // whoever is at it starts these too; it may be waiting for this very call to return
  starting_reads_ = true;
  while (reads_in_flight_ < kMaxReadsInFlight && !queued_reads_.empty() && !retry_at_) {
    std::shared_ptr<PendingRead> read = std::move(queued_reads_.front());
    queued_reads_.pop_front();
    ++reads_in_flight_;
    read->number = ++reads_started_;
    read->commits = read->log->commits;
    read->check_clinic = !read->log->clinic_exists;
    mutex_.Unlock();
    auto result = std::make_shared<absl::StatusOr<LogReadResult>>();
    SystemAccess::Read(
        engine_,
        [this, read, result](store::ReadTransaction& tx) {
          *result = RunRead(tx, *read);
          return result->status();
        },
        [this, read, result](absl::Status status) {
          if (!status.ok()) *result = std::move(status);
          OnReadDone(read, *result);
        });
    mutex_.Lock();
  }
  starting_reads_ = false;
}

absl::StatusOr<LogReadResult> EventFeed::RunRead(store::ReadTransaction& tx, const PendingRead& read) const {
  if (read.check_clinic) {
    if (const auto clinic = RequireClinic(tx, read.log->clinic); !clinic.ok()) return clinic.status();
  }
  return ReadLog(tx, engine_.tokens(), read.log->clinic, read.after);
}

void EventFeed::OnReadDone(const std::shared_ptr<PendingRead>& read, const absl::StatusOr<LogReadResult>& result) {
  MutexLock lock(mutex_);
  --reads_in_flight_;
  if (absl::IsResourceExhausted(result.status())) {
    queued_reads_.push_front(read);
    retry_at_ = Now() + kRetryDelay;
    wake_.NotifyOne();
    return;
  }
  EventLog& log = *read->log;
  log.reads.erase(read->after);
  if (result.ok()) {
    ApplyResult(*read, *result);
    if (log.IsEndCurrent() || log.waiters.empty()) log.behind_since.reset();
  } else if (!log.waiters.empty()) {
    WakeWaiters(log);  // they read for themselves, and get the error if it persists
  }
  ResumeCursors(*read, result);
  StartReads();
}

void EventFeed::ApplyResult(const PendingRead& read, const LogReadResult& result) {
  trimmed_seq_ = std::max(trimmed_seq_, result.trimmed_seq);
  last_seq_ = std::max(last_seq_, result.last_seq);
  EventLog& log = *read.log;
  log.clinic_exists = true;
  if (log.cursors == 0) return;
  if (result.chunk != nullptr) {
    cache_.Insert(log.id, read.after, {result.chunk, result.end});
  } else if (read.after != kEndOfLog && read.after >= result.trimmed_seq) {
    cache_.ExtendSegment(log.id, read.after, result.end);
  }
  const bool end_moved = log.UpdateEnd(read, result, Now());
  if (log.waiters.empty()) return;
  if (end_moved && result.chunk != nullptr) {
    WakeWaiters(log);
  } else if (!log.IsEndCurrent()) {
    QueueRead(log, NextReadPosition(log));
  }
}

void EventFeed::ResumeCursors(PendingRead& read, const absl::StatusOr<LogReadResult>& result) {
  for (std::shared_ptr<LogCursor>& cursor : read.cursors) {
    cursor->read_status_ = result.status();
    if (result.ok()) {
      cursor->read_chunk_ = result->chunk;
      cursor->read_after_ = read.after;
      const bool found_nothing = result->chunk == nullptr && read.after >= result->trimmed_seq;
      if (found_nothing && cursor->position_ == read.after) cursor->position_ = result->end;
    }
    wait_list_.AddReady(std::move(cursor));
  }
  read.cursors.clear();
  wake_.NotifyOne();
}

void EventFeed::Run() {
  MutexLock lock(mutex_);
  while (true) {
    if (std::vector<std::shared_ptr<Waiter>> ready = wait_list_.TakeReady(Now()); !ready.empty()) {
      lock.Unlock();
      for (const std::shared_ptr<Waiter>& waiter : ready) waiter->Resume();
      ready.clear();  // may destroy cursors, which takes the lock
      lock.Lock();
    } else if (stopping_) {
      return;
    } else if (retry_at_ && *retry_at_ <= Now()) {
      retry_at_.reset();
      StartReads();
    } else {
      Sleep();
    }
  }
}

void EventFeed::Sleep() {
  std::optional<Time> until = wait_list_.NextDeadline();
  if (retry_at_) until = std::min(until.value_or(Time::max()), *retry_at_);
  if (until) {
    wake_.WaitUntil(mutex_, *until);
  } else {
    wake_.Wait(mutex_);
  }
}

}  // namespace aftercare::engine
