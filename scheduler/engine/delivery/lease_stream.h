#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_STREAM_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_STREAM_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/engine/delivery/leasing.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// One StreamReminders. What comes in is Taken, what goes out is asked for with Next: nothing is leased for a gateway
// that does not read, and nothing more is read from one that does not take its answers, so that a stream costs bounded
// memory. Thread safe, but only one Next may be under way, and a Take only once the one before said `ready`.
class LeaseStream : public std::enable_shared_from_this<LeaseStream> {
 public:
  static std::shared_ptr<LeaseStream> Open(EngineContext& engine, EnrollmentCache& cache, Sweeper& sweeper,
                                           Deliveries& deliveries, Caller caller) {
    std::shared_ptr<LeaseStream> stream(new LeaseStream(engine, cache, sweeper, deliveries, std::move(caller)));
    stream->AwaitRevocations();
    return stream;
  }

  // Takes a message of the gateway; calls `ready` when the next one may come, unless the stream ends. What it refuses
  // ends the stream.
  using Ready = absl::AnyInvocable<void()>;
  void Take(v1::StreamRemindersRequest request, Ready ready);

  // The gateway sends no more: nothing is leased any more, and the stream ends OK when all answers are out.
  void Close();

  // Ends the stream with `status`.
  void Abort(absl::Status status);

  // Waits for something to tell and writes it to `response`; then `done` with OK. `end` is set when the stream is over
  // instead, and `done` has how. It is not called before every `ready` has returned.
  void Next(v1::StreamRemindersResponse* response, bool* end, Done done);

 private:
  // What the gateway has.
  struct Held {
    LeaseId id;
    absl::Time expire;
  };
  using Action = absl::AnyInvocable<void()>;

  LeaseStream(EngineContext& engine, EnrollmentCache& cache, Sweeper& sweeper, Deliveries& deliveries, Caller caller)
      : engine_(engine), cache_(cache), sweeper_(sweeper), deliveries_(deliveries), caller_(std::move(caller)) {}

  absl::Status TakeMessage(v1::StreamRemindersRequest& request);
  absl::Status Configure(const v1::StreamConfiguration& configuration);
  void Report(v1::StreamReports reports);
  void Extend(v1::StreamExtensions extensions);
  void TakeResults(v1::ReportDeliveriesResponse& response);
  void TakeExtensions(v1::ExtendLeasesResponse& response);
  void OnReportDone(absl::Status status);

  // Does whatever is to be done by now: one action after the other, none under the lock.
  void Proceed();
  Action NextAction();
  Action TellAction();
  Action EndAction();

  void Lease(int max);
  void OnLeaseDone(absl::Status status, int max);
  bool AwaitsLeases();
  void Check(bool all);
  std::vector<std::pair<std::string, Held>> CollectSuspects(bool all, absl::Time now);
  absl::Status FindEnded(store::ReadTransaction& tx, bool all);
  void OnCheckDone(absl::Status status);
  void AwaitLeases(const std::string& topic, uint64_t seen);
  void AwaitRevocations();
  void Forget(const std::string& lease_id);
  void GiveBack(v1::ReportDeliveriesRequest request);

  EngineContext& engine_;
  EnrollmentCache& cache_;
  Sweeper& sweeper_;
  Deliveries& deliveries_;
  const Caller caller_;

  std::mutex mutex_;
  std::optional<LeaseTerms> terms_;  // set once; a look uses them without the lock
  int max_outstanding_ = 0;
  absl::flat_hash_map<std::string, Held> held_;  // by lease id
  v1::StreamRemindersResponse pending_;          // to be told

  v1::StreamRemindersResponse* response_ = nullptr;  // of the Next under way
  bool* end_ = nullptr;
  Done done_;

  Ready ready_;           // of the message that was taken last, to be called when its answers are out
  bool taking_ = false;   // a message is being dealt with
  bool readying_ = false;  // `ready` is being called
  bool closed_ = false;   // the gateway sends no more
  std::optional<absl::Status> ended_;  // how the stream ends, as soon as nothing is under way
  bool over_ = false;     // it has

  LeaseBatch batch_;       // of the look under way
  bool leasing_ = false;   // for messages to lease
  bool may_lease_ = false;  // a look may bring more
  bool sandbox_ = false;    // it lives by a test clock
  bool checking_ = false;   // whether leases are held still
  std::vector<v1::EndedLease> found_;  // by the check under way
  bool expiring_ = false;  // some may have run out
  bool revoked_ = false;   // some may have been ended by others
  uint64_t lease_wait_ = 0;  // ids of waits
  uint64_t revocation_wait_ = 0;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_STREAM_H_
