#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_CLEANER_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_CLEANER_H_

#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/events/event_feed.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

inline constexpr absl::Duration kDefaultEventRetention = absl::Hours(720);

// Raised whenever the log has been looked after.
inline constexpr absl::string_view kEventLogCleanedTopic = "event-log-cleaned/";

// Keeps the log from growing for ever: deletes events when they have been there for the retention, real time, and
// forgets which messages were sent after 30 days. Events stay up to a 24th longer, or an hour where that is less. One
// thread that sleeps nearly always; what it has to delete it deletes some at a time, so that no mutation waits long for
// it. Thread safe.
class EventLogCleaner {
 public:
  // Begins at once.
  EventLogCleaner(EngineContext& engine, EventFeed& feed, absl::Duration retention);
  // Waits for a mutation under way.
  ~EventLogCleaner();

 private:
  struct Outcome {
    int64_t trimmed = 0;  // all up to there is given up
    std::string after;    // the clinic through which it is also deleted
    bool more = false;
  };

  void Run();
  void Work(std::string after);  // a round goes on behind clinic `after`
  absl::StatusOr<Outcome> Trim(store::WriteTransaction& tx, absl::Time now, const std::string& after) const;
  void OnCleanDone(const absl::Status& status, absl::Time now, const Outcome& outcome);

  EngineContext& engine_;
  EventFeed& feed_;
  const absl::Duration retention_;
  const absl::Duration interval_;
  Mutex mutex_;
  CondVar wake_;
  absl::Time looked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time next_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::string after_ ABSL_GUARDED_BY(mutex_);  // clinics whose events are deleted, in this round
  bool working_ ABSL_GUARDED_BY(mutex_) = false;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_LOG_CLEANER_H_
