#include "scheduler/engine/events/event_log_cleaner.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "scheduler/engine/runtime/system_access.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kSentMessageRetention = absl::Hours(720);

// How many rows of each kind a mutation deletes, and of how many clinics.
constexpr int kMaxRowsPerMutation = 300;
constexpr int kMaxClinicsPerMutation = 64;

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
    stopping_ = true;
    wake_.NotifyAll();
    while (mutation_pending_) wake_.Wait(mutex_);
  }
  thread_.join();
}

void EventLogCleaner::Run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    const absl::Time now = engine_.clock().Now();
    if (mutation_pending_) {
      wake_.Wait(mutex_);
    } else if (last_run_ <= now && now < next_run_) {  // if now < last_run_, the clock was set back
      engine_.clock().WaitUntil(mutex_, wake_, next_run_);
    } else {
      mutation_pending_ = true;
      std::string clinics_done = clinics_done_;
      lock.Unlock();
      StartMutation(std::move(clinics_done));
      lock.Lock();
    }
  }
}

void EventLogCleaner::StartMutation(std::string clinics_done) {
  auto outcome = std::make_shared<Outcome>();
  const absl::Time now = engine_.clock().Now();
  SystemAccess::Write(
      engine_,
      [this, outcome, now, clinics_done = std::move(clinics_done)](store::WriteTransaction& tx) -> absl::Status {
        auto trimmed = Trim(tx, now, clinics_done);
        if (!trimmed.ok()) return trimmed.status();
        *outcome = *std::move(trimmed);
        return absl::OkStatus();
      },
      [this, outcome, now](absl::Status status) { OnMutationDone(status, now, *outcome); });
}

// Events are first given up, then deleted, by as many mutations as it takes. Whoever reads the log in between is told
// that events are missing, and is not shown an incomplete rest.
absl::StatusOr<EventLogCleaner::Outcome> EventLogCleaner::Trim(store::WriteTransaction& tx, absl::Time now,
                                                               std::string clinics_done) const {
  if (absl::Status status = tx.MarkLog(now); !status.ok()) return status;
  if (auto given_up = tx.GiveUpEventsOf(now - retention_); !given_up.ok()) return given_up.status();
  const auto forgotten = tx.DeleteSentMessagesBefore(now - kSentMessageRetention, kMaxRowsPerMutation);
  if (!forgotten.ok()) return forgotten.status();
  const auto trimmed_seq = tx.TrimmedSeq();
  if (!trimmed_seq.ok()) return trimmed_seq.status();
  Outcome outcome{*trimmed_seq, std::move(clinics_done), /*more=*/true};
  int left = kMaxRowsPerMutation;
  for (int i = 0; i < kMaxClinicsPerMutation && left > 0; ++i) {
    auto deleted = tx.DeleteGivenUpEvents(outcome.clinics_done, left);
    if (!deleted.ok()) return deleted.status();
    if (deleted->clinic.empty()) {
      outcome.more = *forgotten == kMaxRowsPerMutation;
      break;
    }
    // If as many were deleted as were allowed, this clinic may have more.
    if (deleted->count < left) outcome.clinics_done = std::move(deleted->clinic);
    left -= deleted->count;
  }
  return outcome;
}

void EventLogCleaner::OnMutationDone(const absl::Status& status, absl::Time now, const Outcome& outcome) {
  if (status.ok()) {
    feed_.NotifyTrimmed(outcome.trimmed_seq);
    if (!outcome.more) engine_.wakeups().Notify(kEventLogCleanedTopic);
  }
  MutexLock lock(mutex_);
  last_run_ = now;  // not the present time: the clock may have been moved since
  const bool more = status.ok() && outcome.more;
  clinics_done_ = more ? outcome.clinics_done : "";
  next_run_ = more ? last_run_ : last_run_ + interval_;
  mutation_pending_ = false;
  wake_.NotifyAll();
}

}  // namespace aftercare::engine
