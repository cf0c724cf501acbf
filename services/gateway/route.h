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

// What a route is for.
struct RouteOptions {
  std::string name;  // in the log
  std::string parent;
  v1::Channel channel;
  int concurrency;         // how many are sent at the same time, and leased
  absl::Duration timeout;  // of one
  SenderFactory senders;
};

// How long a lease that comes now may be used, by its expire_time where the clinic's clock is this host's (a sandbox
// has its own, and then the server tells when it ends): zero if it has ended on its way. Thread safe.
absl::Duration UsableFor(const v1::Lease& lease, absl::Duration lease_duration, absl::Time now);

// Takes the messages of one channel from the server, sends them and reports, for as long as it lives, whatever goes
// away meanwhile: a stream that broke is opened again after a growing pause; so is one that was closed because the
// channel is down, and then with one message at a time until one goes out. Leases are asked for long enough to send
// within them, so none is extended; nothing is sent once its lease has ended, or the stream has broken that would
// tell so. A report is kept until the server answers it. Thread safe.
class Route {
 public:
  // `link` must outlive it.
  Route(ServerLink& link, RouteOptions options);

  // Ends at once, but for what is being sent.
  ~Route();

  // Nothing more is taken or begun: what is not being sent is given back. Does not wait.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

  // After Stop: waits until nothing is being sent, or `limit` is over.
  void AwaitSent(absl::Duration limit) ABSL_LOCKS_EXCLUDED(mutex_);

  // After that: waits until all is reported, or `limit` is over. Answers how many messages were sent that the server
  // does not know of.
  size_t AwaitDrained(absl::Duration limit) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Clock = std::chrono::steady_clock;

  struct Task {
    v1::Lease lease;
    Clock::time_point deadline;  // not to be sent from then on
    int64_t session = 0;
  };

  // The threads.
  void RunSessions();
  void RunReports();
  void RunSender();

  // Sessions: a stream each, one after the other.
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
  bool over_ ABSL_GUARDED_BY(mutex_) = false;  // and nothing is waited for
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  int sending_ ABSL_GUARDED_BY(mutex_) = 0;
  Outbox outbox_ ABSL_GUARDED_BY(mutex_);
  Clock::time_point report_at_ ABSL_GUARDED_BY(mutex_);  // not before, after a report that did not get through
  bool report_failed_ ABSL_GUARDED_BY(mutex_) = false;   // the last one
  Backoff report_pauses_ ABSL_GUARDED_BY(mutex_){absl::Milliseconds(500), absl::Seconds(5)};

  // The session: while `open_`, leases are taken from its stream and reports go by it. Then it is `closing_` if that is
  // our wish, until the stream has ended.
  int64_t session_ ABSL_GUARDED_BY(mutex_) = 0;
  bool in_session_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<ReminderStream> stream_ ABSL_GUARDED_BY(mutex_);
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;
  Clock::time_point close_by_ ABSL_GUARDED_BY(mutex_);   // when a half-closed stream is ended by force
  Clock::time_point resume_at_ ABSL_GUARDED_BY(mutex_);  // no other session before
  Backoff stream_pauses_ ABSL_GUARDED_BY(mutex_){absl::Milliseconds(500), absl::Seconds(30)};
  std::string stream_error_ ABSL_GUARDED_BY(mutex_);  // why the last one broke, until one is heard of

  std::string down_ ABSL_GUARDED_BY(mutex_);  // why nothing goes out by this channel, while it is so
  Backoff down_pauses_ ABSL_GUARDED_BY(mutex_){absl::Seconds(1), absl::Minutes(1)};

  std::vector<std::thread> threads_;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_ROUTE_H_
