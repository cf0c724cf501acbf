#ifndef AFTERCARE_SERVICES_GATEWAY_AUTO_REPLIES_H_
#define AFTERCARE_SERVICES_GATEWAY_AUTO_REPLIES_H_

#include <chrono>
#include <map>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/outcome.h"
#include "services/gateway/sms_client.h"

namespace aftercare::gateway {

// Sends automatic replies: the confirmation of a stop or start word, and the answer to a help word. They have no lease,
// and nobody is told what became of them, so each is sent at most once:
//
// - It is tried again, after growing pauses and within a minute, only while it is certain that no attempt was taken.
//   If an attempt may have been taken, for example because its answer did not come, it is given up.
// - It is kept in memory only. After a restart it is not sent.
//
// Automatic replies are sent on threads and connections of their own, so they never wait for leased messages, nor
// leased messages for them. The log names neither texts nor addresses. Thread safe.
class AutoReplies {
 public:
  // How many automatic replies may wait or be sent at a time.
  static constexpr size_t kMost = 1000;

  // Starts the threads. Sends through the Kannel of `config`, which it copies.
  explicit AutoReplies(const v1::SmsChannel& config);
  AutoReplies(const AutoReplies&) = delete;
  AutoReplies& operator=(const AutoReplies&) = delete;

  // Drops what waits, and waits for what is being sent.
  ~AutoReplies();

  // Sends the message soon. Does not wait. Returns false, and drops the message, if kMost messages wait or are being
  // sent, or after Drain.
  bool Add(SmsMessage message) ABSL_LOCKS_EXCLUDED(mutex_);

  // Takes no more messages, and waits until none waits or is being sent, at most for `limit`. Drops those that wait
  // then. An attempt that begins during Drain ends within `limit`.
  void Drain(absl::Duration limit) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Clock = std::chrono::steady_clock;

  struct Task {
    SmsMessage message;
    Clock::time_point deadline;  // no attempt ends later
    absl::Duration pause;        // before the next attempt, if this one fails
  };

  void RunSender();
  std::optional<Task> NextTask(absl::Duration* timeout) ABSL_LOCKS_EXCLUDED(mutex_);
  void Finished(Task task, const Outcome& outcome) ABSL_LOCKS_EXCLUDED(mutex_);
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration UntilWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return sending_ == 0 && queue_.empty(); }
  void DropQueue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const v1::SmsChannel config_;

  absl::Mutex mutex_;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;  // being destroyed
  // By the time of the next attempt; those of one time in the order in which they came.
  std::multimap<Clock::time_point, Task> queue_ ABSL_GUARDED_BY(mutex_);
  size_t sending_ ABSL_GUARDED_BY(mutex_) = 0;
  Clock::time_point drained_by_ ABSL_GUARDED_BY(mutex_) = Clock::time_point::max();  // no attempt ends later

  std::vector<std::thread> threads_;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_AUTO_REPLIES_H_
