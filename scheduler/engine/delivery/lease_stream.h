// One StreamReminders call: leases reminders for a gateway while it has room for them, takes its reports, and tells it
// when leases end.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_STREAM_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_STREAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/delivery/held_leases.h"
#include "scheduler/engine/delivery/lease_selection.h"
#include "scheduler/engine/delivery/lease_terms.h"
#include "scheduler/engine/delivery/stream_flow_control.h"
#include "scheduler/engine/delivery/topic_watch.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// A stream without its transport. The transport passes in each message that it reads (Receive), and asks for each
// response that it writes (Next). StreamFlowControl paces the two.
//
// Thread safe. But only one Next may be under way, and Receive may be called again only after its `ready` was called.
// The stream keeps itself alive while anything is under way. It is over only once a Next has said so, so the transport
// must call Next until then.
class LeaseStream : public std::enable_shared_from_this<LeaseStream> {
 public:
  using Ready = absl::AnyInvocable<void()>;

  // `context` must outlive the stream.
  static std::shared_ptr<LeaseStream> Open(DeliveryContext& context, CallPtr call);

  // Handles a message of the gateway. Calls `ready` once, when the next message may be read. Does not call it if the
  // stream ends first. A message that is refused ends the stream.
  void Receive(v1::StreamRemindersRequest request, Ready ready);

  // Says that the gateway sends no more messages. The stream leases no more, and ends with OK once all responses are
  // written.
  void Close();

  // Ends the stream with `status`, unless an Abort came before. Drops the responses that are not written yet, and
  // releases the leases in them.
  void Abort(absl::Status status);

  // Waits until there is something to tell the gateway. Then writes that to `response`, sets `*end` to false and calls
  // `done` with OK. If the stream ends instead, sets `*end` to true and calls `done` with the status of the stream. By
  // then every call of a `ready` has returned. `response` and `end` must live until `done` is called.
  void Next(v1::StreamRemindersResponse* response, bool* end, Done done);

 private:
  struct Look;
  struct Check;
  using Action = absl::AnyInvocable<void()>;

  // The arguments of a Next that is under way.
  struct Writer {
    v1::StreamRemindersResponse* response;
    bool* end;
    Done done;
  };

  LeaseStream(DeliveryContext& context, CallPtr call);

  // Ends the stream when the engine shuts down.
  void WatchShutdown();

  // Each of the three handles a message, and calls OnMessageHandled when that is done.
  void Configure(const v1::StreamConfiguration& configuration);
  void Report(v1::StreamReports reports);
  void Extend(v1::StreamExtensions extensions);
  // Ends the stream if the message was refused.
  void OnMessageHandled(absl::Status status);
  void AddResults(v1::ReportDeliveriesResponse& response);
  void AddExtensions(v1::ExtendLeasesResponse& response);

  // Does every step that can be done now, one after the other, without holding the lock.
  void Proceed();
  // Begins the next step. Returns the action that carries it out, for the caller to run without the lock. Returns null
  // if there is no step.
  Action NextAction();
  Action ReadAction() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Action WriteAction() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Action CheckAction() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Action LeaseAction() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Action EndAction() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void Lease(std::shared_ptr<Look> look);
  // Reads ahead for the next look.
  void Prefetch(std::shared_ptr<const LeaseTerms> terms, absl::Time now);
  void OnLookDone(Look& look, absl::Status status);
  // Has an effect after the first look only: from then on, each notification of the batch's topic leads to another look
  // and to a check for expired leases.
  void WatchLeases(const LeaseBatch& batch);
  // Releases leases that the gateway never got, so that other gateways may have them at once.
  void Release(v1::ReportDeliveriesRequest unseen);

  // Begins a check of those leases that the gateway holds, or that are just being leased for it.
  void OnRevoked(const std::vector<std::string>& lease_ids);
  void CheckLeases(std::shared_ptr<Check> check);
  void OnCheckDone(Check& check, absl::Status status);
  // Returns the leases that a check looks at.
  std::vector<HeldLease> LeasesOf(const Check& check, absl::Time now);
  // Removes a lease that the gateway no longer holds, so that another may be leased. Returns false if held_ does not
  // have the lease.
  bool Forget(const std::string& lease_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  DeliveryContext& context_;
  const CallPtr call_;
  const std::shared_ptr<TopicWatch> lease_watch_;  // started by the first look
  const std::shared_ptr<TopicWatch> shutdown_watch_;

  Mutex mutex_;
  StreamFlowControl flow_ ABSL_GUARDED_BY(mutex_);
  HeldLeases held_ ABSL_GUARDED_BY(mutex_);

  // The pointer is set once, by the configuration. The terms are used without the lock by the look or the check that is
  // under way. That is safe because flow_ lets only one of them be under way at a time.
  std::shared_ptr<LeaseTerms> terms_ ABSL_GUARDED_BY(mutex_);
  QueuePositions look_start_ ABSL_GUARDED_BY(mutex_);    // where the next look begins
  // The batch's topic was notified after the last look that began at the front. What has come since may be at a
  // position that the looks after it had passed.
  bool more_at_front_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_test_clock_ ABSL_GUARDED_BY(mutex_) = false;  // leases expire by a test clock; known after the first look

  v1::StreamRemindersResponse output_ ABSL_GUARDED_BY(mutex_);  // to be written
  std::optional<Writer> writer_ ABSL_GUARDED_BY(mutex_);        // set while a Next waits
  Ready ready_ ABSL_GUARDED_BY(mutex_);                         // of the last Receive
  absl::Status end_status_ ABSL_GUARDED_BY(mutex_);             // the status that the stream ends with
  uint64_t revocations_id_ ABSL_GUARDED_BY(mutex_) = 0;         // from LeaseRevocations; 0 before the configuration
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_STREAM_H_
