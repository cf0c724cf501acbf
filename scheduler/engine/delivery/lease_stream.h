// One StreamReminders: leases reminders for a gateway as it has room for them, takes its reports, and tells it when
// leases end.
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
// The stream keeps itself alive while anything is under way; the transport must call Next until the stream is over.
class LeaseStream : public std::enable_shared_from_this<LeaseStream> {
 public:
  using Ready = absl::AnyInvocable<void()>;

  // `context` must outlive the stream.
  static std::shared_ptr<LeaseStream> Open(DeliveryContext& context, CallPtr call);

  // Handles a message of the gateway. Calls `ready` when the next message may be read; never if the stream ends first.
  // A message that is refused ends the stream.
  void Receive(v1::StreamRemindersRequest request, Ready ready);

  // The gateway sends no more. No more is leased, and the stream ends OK once all responses are written.
  void Close();

  // Ends the stream with `status`, unless it is ending already.
  void Abort(absl::Status status);

  // Waits for something to tell the gateway, writes it to `response` and calls `done` with OK. If the stream is over
  // instead, sets `*end` and calls `done` with the status of the stream; by then every `ready` has returned. `response`
  // and `end` must live until `done`.
  void Next(v1::StreamRemindersResponse* response, bool* end, Done done);

 private:
  struct Look;
  struct Check;
  using Action = absl::AnyInvocable<void()>;

  // What a Next that is under way writes to.
  struct Writer {
    v1::StreamRemindersResponse* response;
    bool* end;
    Done done;
  };

  LeaseStream(DeliveryContext& context, CallPtr call);

  // Ends the stream when the engine shuts down.
  void WatchShutdown();

  // Each of the three handles a message, and leads to OnMessageHandled.
  void Configure(const v1::StreamConfiguration& configuration);
  void Report(v1::StreamReports reports);
  void Extend(v1::StreamExtensions extensions);
  // Ends the stream if the message was refused.
  void OnMessageHandled(absl::Status status);
  void AddResults(v1::ReportDeliveriesResponse& response);
  void AddExtensions(v1::ExtendLeasesResponse& response);

  // Does every step that can be done now, one after the other, without holding the lock.
  void Proceed();
  // Begins the next step. Returns what is to be done for it; null if there is no step.
  Action NextAction();
  Action ReadAction() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Action WriteAction() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Action CheckAction() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Action LeaseAction() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Action EndAction() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void Lease(std::shared_ptr<Look> look);
  void OnLookDone(Look& look, absl::Status status);
  // Looks again whenever more may be leased than the batch of the first look brought.
  void WatchLeases(const LeaseBatch& batch);
  // Releases leases that the gateway never got, so that others may have them at once.
  void Release(v1::ReportDeliveriesRequest unseen);

  // Checks those of the leases that are held, or being leased.
  void OnRevoked(const std::vector<std::string>& lease_ids);
  void CheckLeases(std::shared_ptr<Check> check);
  void OnCheckDone(Check& check, absl::Status status);
  // Returns the leases that a check looks at.
  std::vector<HeldLease> LeasesOf(const Check& check, absl::Time now);
  // Removes a lease that the gateway holds no more, which gives room for another. Returns false if it is not held.
  bool Forget(const std::string& lease_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  DeliveryContext& context_;
  const CallPtr call_;
  const std::shared_ptr<TopicWatch> lease_watch_;  // started by the first look
  const std::shared_ptr<TopicWatch> shutdown_watch_;

  Mutex mutex_;
  StreamFlowControl flow_ ABSL_GUARDED_BY(mutex_);
  HeldLeases held_ ABSL_GUARDED_BY(mutex_);

  // The pointer is set once, by the configuration. What it points to is used without the lock, by the look or the check
  // that is under way; flow_ has only one of them under way at a time.
  std::shared_ptr<LeaseTerms> terms_ ABSL_GUARDED_BY(mutex_);
  QueuePositions look_start_ ABSL_GUARDED_BY(mutex_);    // where the next look begins
  bool has_test_clock_ ABSL_GUARDED_BY(mutex_) = false;  // leases expire by a test clock; known after the first look

  v1::StreamRemindersResponse output_ ABSL_GUARDED_BY(mutex_);  // to be written
  std::optional<Writer> writer_ ABSL_GUARDED_BY(mutex_);        // set while flow_ has a writer that is ready
  Ready ready_ ABSL_GUARDED_BY(mutex_);                         // of the last message
  absl::Status end_status_ ABSL_GUARDED_BY(mutex_);             // how the stream ends
  uint64_t revocations_id_ ABSL_GUARDED_BY(mutex_) = 0;         // of LeaseRevocations; 0 before the configuration
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_STREAM_H_
