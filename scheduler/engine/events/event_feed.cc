#include "scheduler/engine/events/event_feed.h"

#include "scheduler/engine/runtime/errors.h"

namespace aftercare::engine {
namespace {

// Reads for the feed that the store has at a time: it has others to answer.
constexpr int kReadsAtOnce = 4;
constexpr std::chrono::milliseconds kRetry(50);

// One message, about: its chunks are added until there are so many, or so many bytes.
constexpr size_t kChunksAtOnce = 64;
constexpr size_t kBytesAtOnce = 64 << 10;

// Readers that are told to look again between two looks at the clock.
constexpr int kResumedAtOnce = 64;

// How old what is known of the end of a log may be when a bookmark is made of it.
constexpr std::chrono::seconds kBookmarkAge(4);

absl::Status Expired() {
  return MakeError(absl::StatusCode::kOutOfRange, "RESUME_TOKEN_EXPIRED",
                   "the log no longer holds what follows resume_token: list what you need again, then watch from the"
                   " resume_token of that list");
}

}  // namespace

LogCursor::LogCursor(EventFeed& feed, const std::string& clinic, std::optional<int64_t> place)
    : feed_(feed), log_(feed.Attach(clinic)), place_(place) {}

LogCursor::~LogCursor() { feed_.Detach(*log_); }

EventFeed::EventFeed(store::Store& store, const Tokens& tokens, size_t max_kept)
    : store_(store), tokens_(tokens), max_kept_(max_kept), thread_([this] { Run(); }) {}

EventFeed::~EventFeed() {
  Close();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

std::shared_ptr<EventLog> EventFeed::Attach(const std::string& clinic) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::shared_ptr<EventLog>& log = logs_[clinic];
  if (log == nullptr) log = std::make_shared<EventLog>(clinic);
  ++log->readers;
  return log;
}

void EventFeed::Detach(EventLog& log) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (--log.readers > 0) return;
  while (!log.parts.empty()) Drop(log.parts.begin()->second.kept);
  logs_.erase(log.clinic);
}

void EventFeed::Appended(absl::string_view clinic) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto found = logs_.find(clinic);
  if (found == logs_.end()) return;
  EventLog& log = *found->second;
  ++log.raised;
  if (log.waiting.empty()) return;
  EnsureRead(log, Frontier(log));
  Submit(lock);
}

void EventFeed::Trimmed(int64_t seq) {
  std::lock_guard<std::mutex> lock(mutex_);
  trimmed_ = std::max(trimmed_, seq);
}

void EventFeed::Close() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    for (const auto& [clinic, log] : logs_) WakeAll(*log);
  }
  wake_.notify_one();
}

EventFeed::PollResult EventFeed::Poll(LogCursor& cursor) {
  PollResult found;
  std::unique_lock<std::mutex> lock(mutex_);
  if (cursor.cancelled_) {
    found.status = absl::CancelledError("cancelled");
  } else if (closed_) {
    found.status = ShuttingDown();
  } else if (!cursor.status_.ok()) {
    found.status = cursor.status_;
  } else if (cursor.checked_ || Open(cursor, &found)) {
    if (*cursor.place_ < trimmed_) {
      found.status = Expired();
    } else {
      Collect(cursor, &found);
      if (found.chunks.empty()) AwaitMore(cursor, &found);
    }
  }
  cursor.part_.reset();
  // From here on the cursor may be resumed, and gone.
  Submit(lock);
  return found;
}

bool EventFeed::Open(LogCursor& cursor, PollResult* found) {
  const EventLog& log = *cursor.log_;
  if (!cursor.opened_) cursor.opened_ = begun_;
  const bool asked = log.asked > *cursor.opened_;
  if (cursor.place_ && (*cursor.place_ <= last_ || asked)) {
    // A place further than the log has ever come is from a later life of the store, which was put back since.
    if (*cursor.place_ > last_) found->status = Expired();
    cursor.checked_ = found->status.ok();
    return cursor.checked_;
  }
  const bool known = log.end && log.IsAtEnd();
  if (cursor.place_ || (!known && !asked)) {
    Join(cursor, kWhereItEnds);
    found->later = true;
    return false;
  }
  cursor.place_ = known ? *log.end : log.asked_end;
  cursor.checked_ = true;
  found->bookmark = known ? log.end_bookmark : log.asked_bookmark;
  return false;
}

void EventFeed::Collect(LogCursor& cursor, PollResult* found) {
  EventLog& log = *cursor.log_;
  int64_t place = *cursor.place_;
  size_t bytes = 0;
  const auto add = [&](const std::shared_ptr<const EventChunk>& chunk) {
    const size_t first = chunk->FirstAfter(place);
    if (first == chunk->size()) return;
    bytes += chunk->From(first).bytes.size();
    found->chunks.emplace_back(chunk, first);
  };
  if (cursor.part_ != nullptr && cursor.part_after_ <= place && place < cursor.part_->last()) {
    add(cursor.part_);
    place = cursor.part_->last();
  }
  while (found->chunks.size() < kChunksAtOnce && bytes < kBytesAtOnce) {
    EventLog::Part* part = log.Covering(place);
    if (part == nullptr) break;
    add(part->chunk);
    place = part->until;
    kept_.splice(kept_.end(), kept_, part->kept);
  }
  cursor.place_ = place;
}

void EventFeed::AwaitMore(LogCursor& cursor, PollResult* found) {
  const EventLog& log = *cursor.log_;
  found->later = true;
  if (!log.end || *cursor.place_ < *log.end) return Join(cursor, *cursor.place_);
  if (!log.IsAtEnd()) return Join(cursor, Frontier(log));
  if (Clock::now() < cursor.bookmark_due_) return Wait(cursor);
  if (log.end_time + kBookmarkAge < cursor.bookmark_due_ || *log.end < *cursor.place_) {
    return Join(cursor, Frontier(log));
  }
  found->later = false;
  found->bookmark = log.end_bookmark;
  cursor.place_ = *log.end;
}

void EventFeed::Wait(LogCursor& cursor) {
  EventLog& log = *cursor.log_;
  cursor.self_ = cursor.shared_from_this();
  cursor.waiting_ = true;
  cursor.wakes_ = log.wakes;
  cursor.position_ = log.waiting.insert(log.waiting.end(), &cursor);
  const auto due = due_.emplace(cursor.bookmark_due_, &cursor).first;
  if (due == due_.begin()) wake_.notify_one();
}

void EventFeed::StopWaiting(LogCursor& cursor) {
  EventLog& log = *cursor.log_;
  (cursor.wakes_ == log.wakes ? log.waiting : woken_).erase(cursor.position_);
  due_.erase({cursor.bookmark_due_, &cursor});
  cursor.waiting_ = false;
}

// Takes as long for one as for thousands.
void EventFeed::WakeAll(EventLog& log) {
  woken_.splice(woken_.end(), log.waiting);
  ++log.wakes;
  wake_.notify_one();
}

void EventFeed::Cancel(LogCursor& cursor) {
  std::shared_ptr<LogCursor> self;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    cursor.cancelled_ = true;
    if (!cursor.waiting_) return;  // it is about to look, or does not want to
    StopWaiting(cursor);
    self = std::move(cursor.self_);
  }
  self->Resume();
}

void EventFeed::Join(LogCursor& cursor, int64_t place) {
  EnsureRead(*cursor.log_, place).joined.push_back(&cursor);
  cursor.self_ = cursor.shared_from_this();
}

LogRead& EventFeed::EnsureRead(EventLog& log, int64_t place) {
  std::shared_ptr<LogRead>& read = log.reads[place];
  if (read == nullptr) {
    read = std::make_shared<LogRead>();
    read->log = log.shared_from_this();
    read->after = place;
    reads_.push_back(read);
  }
  return *read;
}

void EventFeed::Submit(std::unique_lock<std::mutex>& lock) {
  if (submitting_) return;  // who does it goes on with this one; it may be an answer that came at once
  submitting_ = true;
  while (under_way_ < kReadsAtOnce && !reads_.empty() && !retry_at_) {
    std::shared_ptr<LogRead> read = std::move(reads_.front());
    reads_.pop_front();
    ++under_way_;
    read->number = ++begun_;
    read->raised = read->log->raised;
    read->check_clinic = !read->log->exists;
    lock.unlock();
    store_.Read([this, read](absl::StatusOr<store::ReadTransaction*> tx) {
      OnReadDone(read, tx.ok() ? ReadLog(**tx, tokens_, *read) : tx.status());
    });
    lock.lock();
  }
  submitting_ = false;
}

void EventFeed::OnReadDone(const std::shared_ptr<LogRead>& read, const absl::StatusOr<LogPart>& part) {
  std::unique_lock<std::mutex> lock(mutex_);
  --under_way_;
  if (absl::IsResourceExhausted(part.status())) {
    reads_.push_front(read);
    retry_at_ = Clock::now() + kRetry;
    wake_.notify_one();
    return;
  }
  EventLog& log = *read->log;
  log.reads.erase(read->after);
  if (part.ok()) {
    Learn(*read, *part);
  } else if (!log.waiting.empty()) {
    WakeAll(log);  // they ask for themselves, and are told
  }
  for (LogCursor* cursor : read->joined) {
    cursor->status_ = part.status();
    if (part.ok() && part->chunk == nullptr && cursor->place_ == read->after && read->after >= part->trimmed) {
      cursor->place_ = part->until;  // nothing of this log lies between
    } else if (part.ok()) {
      cursor->part_ = part->chunk;
      cursor->part_after_ = read->after;
    }
    ready_.push_back(std::move(cursor->self_));
  }
  wake_.notify_one();
  Submit(lock);
}

void EventFeed::Learn(const LogRead& read, const LogPart& part) {
  trimmed_ = std::max(trimmed_, part.trimmed);
  last_ = std::max(last_, part.last);
  EventLog& log = *read.log;
  log.exists = true;
  if (log.readers == 0) return;
  if (part.complete && read.number > log.asked) {
    log.asked = read.number;
    log.asked_end = part.until;
    log.asked_bookmark = part.bookmark;
  }
  bool moved = false;
  if (read.after == kWhereItEnds || read.after >= part.trimmed) {
    if (read.after != kWhereItEnds) Keep(log, read.after, part);
    moved = MoveEnd(read, part);
  }
  if (log.waiting.empty()) return;
  if (moved && part.chunk != nullptr) {
    WakeAll(log);
  } else if (!log.IsAtEnd()) {
    EnsureRead(log, Frontier(log));
  }
}

bool EventFeed::MoveEnd(const LogRead& read, const LogPart& part) {
  EventLog& log = *read.log;
  // Who asks only where the log ends has not seen what stands before that.
  if (log.end && (read.after == kWhereItEnds || part.until < *log.end)) return false;
  const bool moved = !log.end || part.until > *log.end;
  if (moved) log.end_raised.reset();
  log.end = part.until;
  if (part.complete) {
    log.end_raised = std::max(log.end_raised.value_or(0), read.raised);
    log.end_time = Clock::now();
    log.end_bookmark = part.bookmark;
  }
  return moved;
}

void EventFeed::Keep(EventLog& log, int64_t after, const LogPart& part) {
  if (part.chunk == nullptr) {
    // Nothing follows: what is kept up to there says so from now on.
    const auto next = log.parts.lower_bound(after);
    if (next == log.parts.begin()) return;
    EventLog::Part& before = std::prev(next)->second;
    if (before.until == after) before.until = part.until;
    return;
  }
  if (const auto old = log.parts.find(after); old != log.parts.end()) Drop(old->second.kept);
  kept_bytes_ += part.chunk->memory();
  const auto kept = kept_.emplace(kept_.end(), &log, after);
  log.parts.emplace(after, EventLog::Part{part.chunk, part.until, kept});
  while (kept_bytes_ > max_kept_) Drop(kept_.begin());
}

void EventFeed::Drop(KeptParts::iterator kept) {
  auto& parts = kept->first->parts;
  const auto part = parts.find(kept->second);
  kept_bytes_ -= part->second.chunk->memory();
  parts.erase(part);
  kept_.erase(kept);
}

void EventFeed::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    if (Ready ready = TakeReady(); !ready.empty()) {
      lock.unlock();
      for (const std::shared_ptr<LogCursor>& cursor : ready) cursor->Resume();
      ready.clear();
      lock.lock();
      continue;
    }
    if (stop_) return;
    if (retry_at_ && *retry_at_ <= Clock::now()) {
      retry_at_.reset();
      Submit(lock);
      continue;
    }
    std::optional<SteadyTime> next = retry_at_;
    if (!due_.empty()) next = std::min(next.value_or(SteadyTime::max()), due_.begin()->first);
    if (next) {
      wake_.wait_until(lock, *next);
    } else {
      wake_.wait(lock);
    }
  }
}

EventFeed::Ready EventFeed::TakeReady() {
  Ready ready;
  for (int i = 0; i < kResumedAtOnce && !ready_.empty(); ++i) {
    ready.push_back(std::move(ready_.front()));
    ready_.pop_front();
  }
  const auto take = [&](LogCursor& cursor) {
    StopWaiting(cursor);
    ready.push_back(std::move(cursor.self_));
  };
  for (int i = 0; i < kResumedAtOnce && !woken_.empty(); ++i) take(*woken_.front());
  if (due_.empty()) return ready;
  const SteadyTime now = Clock::now();
  for (int i = 0; i < kResumedAtOnce && !due_.empty() && due_.begin()->first <= now; ++i) take(*due_.begin()->second);
  return ready;
}

}  // namespace aftercare::engine
