// Deliveries::Lease: leasing what is due, and waiting for it.
#include <algorithm>
#include <atomic>
#include <string>
#include <utility>

#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/engine/delivery/leasing.h"
#include "scheduler/engine/runtime/checks.h"

namespace aftercare::engine {
namespace {

constexpr int kDefaultMax = 100;
constexpr int kMaxReminders = 1000;
constexpr absl::Duration kLongestWait = absl::Seconds(60);

}  // namespace

struct LeaseCall::State {
  LeaseTerms terms;
  v1::LeaseRemindersResponse* response;
  Done done;
  int max;
  absl::Duration wait;

  EngineContext& engine;
  absl::Time wait_until;  // in real time
  std::atomic<bool> cancelled{false};
  std::atomic<uint64_t> waiting{0};  // id of the wait, if there is one
  LeaseBatch batch{};                // of the look under way
};

void LeaseCall::Cancel() {
  state_->cancelled = true;
  if (const uint64_t id = state_->waiting) state_->engine.wakeups().Cancel(id);
}

LeaseCall Deliveries::Lease(const Caller& caller, const v1::LeaseRemindersRequest& request,
                            v1::LeaseRemindersResponse* response, Done done) {
  plan::FieldErrors errors;
  LeaseTerms terms = ReadTerms(caller, request.parent(), request.filter(),
                               request.has_lease_duration() ? &request.lease_duration() : nullptr, &errors);
  if (request.max_reminders() < 0 || request.max_reminders() > kMaxReminders) {
    errors.push_back({"max_reminders", "must be 1 to 1000"});
  }
  const absl::Duration wait = absl::Seconds(request.wait().seconds()) + absl::Nanoseconds(request.wait().nanos());
  if (wait < absl::ZeroDuration() || wait > kLongestWait) errors.push_back({"wait", "must be from 0 to 60 seconds"});
  absl::Status status = errors.empty() ? absl::OkStatus() : InvalidFields(errors);
  if (status.ok() && !terms.clinic.empty()) status = CheckClinic(caller, terms.clinic);

  LeaseCall call;
  call.state_.reset(new LeaseCall::State{.terms = std::move(terms),
                                         .response = response,
                                         .done = std::move(done),
                                         .max = request.max_reminders() == 0 ? kDefaultMax : request.max_reminders(),
                                         .wait = wait,
                                         .engine = engine_,
                                         .wait_until = engine_.clock().Now() + wait});
  if (!status.ok()) {
    call.state_->done(status);
  } else {
    TryLease(call.state_);
  }
  return call;
}

void Deliveries::TryLease(LeaseState state) {
  engine_.Write(
      [this, state](store::WriteTransaction& tx) {
        if (state->cancelled) return absl::CancelledError("cancelled");
        return LeaseSome(engine_, cache_, tx, state->terms, turn_, state->max, &state->batch);
      },
      [this, state](absl::Status status) {
        if (!status.ok()) return state->done(status);
        LeaseBatch& batch = state->batch;
        sweeper_.WakeAt(batch.next_available);
        if (batch.leased.empty() && batch.more) return TryLease(state);
        if (batch.leased.empty()) return WaitOrFinish(state);
        engine_.RunInBackground([this, state] {
          for (v1::Lease& lease : LeasesToProto(engine_, cache_, state->batch)) {
            *state->response->add_leases() = std::move(lease);
          }
          state->done(absl::OkStatus());
        });
      });
}

void Deliveries::WaitOrFinish(LeaseState state) {
  const absl::Duration left = std::min(state->wait_until - engine_.clock().Now(), state->wait);
  if (left <= absl::ZeroDuration() || state->cancelled) return state->done(absl::OkStatus());
  const uint64_t id = engine_.wakeups().NewId();
  state->waiting = id;
  engine_.wakeups().Wait(id, state->batch.topic, state->batch.seen, left, [this, state](WakeupHub::Wake wake) {
    state->waiting = 0;
    if (wake == WakeupHub::Wake::kNotified) return TryLease(state);
    if (wake == WakeupHub::Wake::kTimeout) return state->done(absl::OkStatus());
    state->done(state->cancelled ? absl::CancelledError("cancelled") : ShuttingDown());
  });
  // Cancelled in between: Cancel found no wait yet. If the wait is over already, this does nothing.
  if (state->cancelled) engine_.wakeups().Cancel(id);
}

}  // namespace aftercare::engine
