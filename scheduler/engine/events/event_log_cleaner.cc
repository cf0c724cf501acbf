#include "scheduler/engine/events/event_log_cleaner.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace aftercare::engine {
namespace {

constexpr absl::Duration kSentMessageMemory = absl::Hours(720);

// Rows that one mutation deletes, of one clinic or of several.
constexpr int kRowsAtOnce = 300;
constexpr int kClinicsAtOnce = 64;

}  // namespace

EventLogCleaner::EventLogCleaner(EngineContext& engine, EventFeed& feed, absl::Duration retention)
    : engine_(engine),
      feed_(feed),
      retention_(retention),
      interval_(std::min(absl::Hours(1), retention / 24)),
      thread_([this] { Run(); }) {}

EventLogCleaner::~EventLogCleaner() {
  {
    MutexLock lock(mutex_);
    stop_ = true;
    wake_.NotifyAll();
    while (working_) wake_.Wait(mutex_);
  }
  thread_.join();
}

void EventLogCleaner::Run() {
  MutexLock lock(mutex_);
  while (!stop_) {
    const absl::Time now = engine_.clock().Now();
    if (working_) {
      wake_.Wait(mutex_);
    } else if (looked_ <= now && now < next_) {  // else it is time, or the clock was set back
      engine_.clock().WaitUntil(mutex_, wake_, next_);
    } else {
      working_ = true;
      std::string after = after_;
      lock.Unlock();
      Work(std::move(after));
      lock.Lock();
    }
  }
}

void EventLogCleaner::Work(std::string after) {
  auto outcome = std::make_shared<Outcome>();
  const absl::Time now = engine_.clock().Now();
  engine_.Write(
      [this, outcome, now, after = std::move(after)](store::WriteTransaction& tx) -> absl::Status {
        auto trimmed = Trim(tx, now, after);
        if (!trimmed.ok()) return trimmed.status();
        *outcome = *std::move(trimmed);
        return absl::OkStatus();
      },
      [this, outcome, now](absl::Status status) { OnCleanDone(status, now, *outcome); });
}

// First it is said that events are given up, then they are deleted, if need be in many mutations: whoever reads the log
// in between is told that it has lost what follows, not shown what is left of it.
absl::StatusOr<EventLogCleaner::Outcome> EventLogCleaner::Trim(store::WriteTransaction& tx, absl::Time now,
                                                               const std::string& after) const {
  if (absl::Status status = tx.MarkLog(now); !status.ok()) return status;
  if (auto given_up = tx.GiveUpEventsOf(now - retention_); !given_up.ok()) return given_up.status();
  auto forgotten = tx.DeleteSentMessagesBefore(now - kSentMessageMemory, kRowsAtOnce);
  if (!forgotten.ok()) return forgotten.status();
  auto trimmed = tx.TrimmedSeq();
  if (!trimmed.ok()) return trimmed.status();
  Outcome outcome{*trimmed, after, true};
  int left = kRowsAtOnce;
  for (int i = 0; i < kClinicsAtOnce && left > 0; ++i) {
    auto deleted = tx.DeleteGivenUpEvents(outcome.after, left);
    if (!deleted.ok()) return deleted.status();
    if (deleted->clinic.empty()) {
      outcome.more = *forgotten == kRowsAtOnce;
      break;
    }
    // Where all that was allowed was deleted the clinic may have more.
    if (deleted->count < left) outcome.after = std::move(deleted->clinic);
    left -= deleted->count;
  }
  return outcome;
}

void EventLogCleaner::OnCleanDone(const absl::Status& status, absl::Time now, const Outcome& outcome) {
  if (status.ok()) {
    feed_.Trimmed(outcome.trimmed);
    if (!outcome.more) engine_.wakeups().Notify(kEventLogCleanedTopic);
  }
  MutexLock lock(mutex_);
  looked_ = now;  // not what it is by now: the clock may have been moved meanwhile
  const bool more = status.ok() && outcome.more;
  after_ = more ? outcome.after : "";
  next_ = more ? looked_ : looked_ + interval_;
  working_ = false;
  wake_.NotifyAll();
}

}  // namespace aftercare::engine
