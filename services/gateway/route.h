#ifndef AFTERCARE_SERVICES_GATEWAY_ROUTE_H_
#define AFTERCARE_SERVICES_GATEWAY_ROUTE_H_

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "services/common/backoff.h"
#include "services/gateway/outbox.h"
#include "services/gateway/sender.h"
#include "services/gateway/server_link.h"

namespace aftercare::gateway {

// The settings of a route.
struct RouteOptions {
  std::string name;  // in the log
  std::string parent;  // whose messages to lease: `clinics/{clinic}` or `clinics/-`
  v1::Channel channel;
  int concurrency;         // how many messages are leased and sent at the same time, at least 1
  absl::Duration timeout;  // of sending one message, in whole seconds
  SenderFactory senders;   // makes one sender for each sending thread
};

// Returns how long a lease that has just come may be used: until its expire_time, but no longer than `lease_duration`,
// which is how long it was asked for. Returns zero if it has already expired. An expire_time an hour or more in the
// past is taken as the clock of a sandbox clinic; then the result is `lease_duration`, and the server tells when the
// lease ends. `now` is the time of this host. Pure and thread safe.
absl::Duration UsableFor(const v1::Lease& lease, absl::Duration lease_duration, absl::Time now);

// Leases the messages of one channel over a stream, sends them on threads of its own and reports the outcomes.
//
// - A stream that broke is opened again after a growing pause.
// - If the channel is down, the stream is closed and opened again after a growing pause. Then one message is leased at
//   a time, until one goes out.
// - A lease lasts longer than one sending, so the route extends none. It begins to send a message only while its lease
//   is valid and its stream is open, since only an open stream tells that a lease has ended.
// - A report is kept until the server answers it, or until the route is destroyed.
//
// Thread safe.
class Route {
 public:
  // Starts the threads. `link` must outlive the route.
  Route(ServerLink& link, RouteOptions options);

  // Stops, waits only for the messages that are being sent, and drops reports that are not answered. To keep those,
  // call Stop, AwaitSent and AwaitDrained before.
  ~Route();

  // Leases nothing more and begins to send nothing more. Gives back the leases whose messages are not being sent. Does
  // not wait. A second call does nothing.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

  // Waits until no message is being sent, at most for `limit`. Call it after Stop.
  void AwaitSent(absl::Duration limit) ABSL_LOCKS_EXCLUDED(mutex_);

  // Waits until the stream has ended and the server has answered all reports, at most for `limit`. Returns how many
  // messages were sent that the server has not confirmed. Call it after AwaitSent.
  size_t AwaitDrained(absl::Duration limit) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Clock = std::chrono::steady_clock;

  struct Task {
    v1::Lease lease;
    Clock::time_point deadline;  // the sending must be over by then
    int64_t session = 0;         // the session in which the lease came
  };

  // The threads.
  void RunSessions();
  void RunReports();
  void RunSender();

  // A session is the lifetime of one stream. Sessions follow one another.
  bool AwaitTurn() ABSL_LOCKS_EXCLUDED(mutex_);
  v1::StreamConfiguration OpenSession() ABSL_LOCKS_EXCLUDED(mutex_);
  void Take(const v1::StreamRemindersResponse& response) ABSL_LOCKS_EXCLUDED(mutex_);
  void EndSession() ABSL_LOCKS_EXCLUDED(mutex_);
  void NoteEnd(const absl::Status& ended) ABSL_LOCKS_EXCLUDED(mutex_);
  void CloseSession() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveBack(const v1::Lease& lease) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveBackQueue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Sending.
  bool HasTaskOrStops() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !queue_.empty() || stopping_; }
  bool NextTask(Task* task, absl::Duration* timeout) ABSL_LOCKS_EXCLUDED(mutex_);
  void Finished(const Task& task, const Outcome& outcome) ABSL_LOCKS_EXCLUDED(mutex_);
  void Judge(const Task& task, const Outcome& outcome) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Reporting.
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration UntilWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Report(ReminderStream* stream, const std::vector<v1::DeliveryReport>& batch) ABSL_LOCKS_EXCLUDED(mutex_);
  void Settle(const v1::DeliveryResult& result) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsSent() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return sending_ == 0 && queue_.empty(); }
  bool IsDrained() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  ServerLink& link_;
  const RouteOptions options_;
  const absl::Duration lease_duration_;

  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;  // being destroyed: nothing is waited for
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  int sending_ ABSL_GUARDED_BY(mutex_) = 0;
  Outbox outbox_ ABSL_GUARDED_BY(mutex_);
  Clock::time_point report_at_ ABSL_GUARDED_BY(mutex_);  // no report before
  bool report_failed_ ABSL_GUARDED_BY(mutex_) = false;   // whether the last unary report failed
  Backoff report_pauses_ ABSL_GUARDED_BY(mutex_){absl::Milliseconds(500), absl::Seconds(5)};

  // The present session. While `open_`, leases are taken from its stream and reports are sent over it. While
  // `closing_`, the route has decided to end the stream and waits until it has ended.
  int64_t session_ ABSL_GUARDED_BY(mutex_) = 0;
  bool in_session_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<ReminderStream> stream_ ABSL_GUARDED_BY(mutex_);
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;
  Clock::time_point close_by_ ABSL_GUARDED_BY(mutex_);   // when a half-closed stream is ended by force
  Clock::time_point resume_at_ ABSL_GUARDED_BY(mutex_);  // no new session before
  Backoff stream_pauses_ ABSL_GUARDED_BY(mutex_){absl::Milliseconds(500), absl::Seconds(30)};
  std::string stream_error_ ABSL_GUARDED_BY(mutex_);  // why the last stream broke; empty once the server answers again

  std::string down_ ABSL_GUARDED_BY(mutex_);  // why the channel is down; empty if it is not
  Backoff down_pauses_ ABSL_GUARDED_BY(mutex_){absl::Seconds(1), absl::Minutes(1)};

  std::vector<std::thread> threads_;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_ROUTE_H_
