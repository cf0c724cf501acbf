#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_CLEANER_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_CLEANER_H_

#include <cstdint>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/events/event_feed.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

inline constexpr absl::Duration kDefaultEventRetention = absl::Hours(720);

// The wake-up topic that is notified whenever a round of cleaning is done.
inline constexpr absl::string_view kEventLogCleanedTopic = "event-log-cleaned/";

// Keeps the event log from growing for ever. Deletes events at the end of their retention, and the ids of sent messages
// after 30 days, both in real time. It works in rounds: a round begins an hour after the last one, or a 24th of the
// retention if that is less. Events stay in the log up to one round longer. A round is split into small mutations, so
// that no other mutation waits long.
//
// Thread safe. Runs a thread of its own, which sleeps between rounds.
class EventLogCleaner {
 public:
  // Starts the first round at once. `engine` and `feed` must outlive the cleaner.
  EventLogCleaner(EngineContext& engine, EventFeed& feed, absl::Duration retention);
  // Waits for a mutation under way.
  ~EventLogCleaner();

 private:
  // What one mutation of a round did.
  struct Outcome {
    int64_t trimmed_seq = 0;   // events up to here are deleted or about to be
    std::string clinics_done;  // clinics with ids up to this one are done: those events are deleted
    bool more = false;         // the round is not over
  };

  void Run() ABSL_LOCKS_EXCLUDED(mutex_);
  // Submits a mutation. It deletes events of clinics after `clinics_done`.
  void StartMutation(std::string clinics_done) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<Outcome> Trim(store::WriteTransaction& tx, absl::Time now, std::string clinics_done) const;
  void OnMutationDone(const absl::Status& status, absl::Time now, const Outcome& outcome) ABSL_LOCKS_EXCLUDED(mutex_);

  EngineContext& engine_;
  EventFeed& feed_;
  const absl::Duration retention_;
  const absl::Duration interval_;  // between rounds

  Mutex mutex_;
  CondVar wake_;
  absl::Time last_run_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time next_run_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::string clinics_done_ ABSL_GUARDED_BY(mutex_);  // in this round; empty between rounds
  bool mutation_pending_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_CLEANER_H_
