#ifndef AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_ADHERENCE_COUNTER_H_
#define AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_ADHERENCE_COUNTER_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// The wake-up topic that is notified whenever everything that had to be counted is counted.
inline constexpr absl::string_view kAdherenceCountedTopic = "adherence-counted/";

// In real time, a patient's day is counted this long after it is over.
inline constexpr absl::Duration kCountDelay = absl::Minutes(1);

// Counts how patients follow their care plans, in the background, so that lists need not. Counts the enrollments that
// are marked (AdherenceMark), some of one clinic at a time: a background read counts them, a short mutation stores
// what was counted. An enrollment that is marked again in between is counted again. The marks are durable, so nothing
// is forgotten in a crash.
//
// Thread safe. Runs a thread of its own, which sleeps while there is nothing to count.
class AdherenceCounter {
 public:
  // Does nothing until WakeAt. `engine` must outlive the counter.
  explicit AdherenceCounter(EngineContext& engine);
  // Waits for a read or a mutation under way.
  ~AdherenceCounter();

  // Looks for marks at `time`, in real time, or soon if that is in the past. Does nothing if it will look earlier.
  void WakeAt(absl::Time time) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Batch;

  void Run() ABSL_LOCKS_EXCLUDED(mutex_);
  // Begin the two parts of a batch. Each ends with OnDone, or the first with the second.
  void StartReading() ABSL_LOCKS_EXCLUDED(mutex_);
  void StartWriting(std::shared_ptr<Batch> batch) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status ReadBatch(store::ReadTransaction& tx, Batch* batch) const;
  // Counts marked enrollments of the clinic of `first`, if it is time, or notes when it will be.
  absl::Status CountClinic(store::ReadTransaction& tx, const store::AdherenceMark& first, Batch* batch) const;
  void OnDone(const absl::Status& status, const Batch& batch) ABSL_LOCKS_EXCLUDED(mutex_);

  EngineContext& engine_;

  Mutex mutex_;
  CondVar wake_;
  // The clinic counted last. The next one gets its turn first. Only used by the batch under way.
  std::string last_clinic_;
  absl::Time last_round_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // When everything was counted last.
  absl::Time next_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool batch_pending_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_ADHERENCE_COUNTER_H_
