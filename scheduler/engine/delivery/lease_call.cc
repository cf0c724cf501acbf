#include "scheduler/engine/delivery/lease_call.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "scheduler/engine/delivery/lease_selection.h"
#include "scheduler/engine/delivery/lease_terms.h"
#include "scheduler/engine/delivery/lease_view.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/sync.h"

namespace aftercare::engine {
namespace {

constexpr int kDefaultMaxReminders = 100;
constexpr int kMaxReminders = 1000;
constexpr absl::Duration kMaxRequestedWait = absl::Seconds(60);

// What a request asks for.
struct Parameters {
  LeaseTerms terms;
  int max;
  absl::Duration wait;
};

absl::StatusOr<Parameters> ReadRequest(const v1::LeaseRemindersRequest& request) {
  plan::FieldErrors errors;
  LeaseTerms terms = ReadLeaseTerms(request.parent(), request.filter(),
                                    request.has_lease_duration() ? &request.lease_duration() : nullptr, &errors);
  if (request.max_reminders() < 0 || request.max_reminders() > kMaxReminders) {
    errors.push_back({"max_reminders", "must be 1 to 1000"});
  }
  const absl::Duration wait = absl::Seconds(request.wait().seconds()) + absl::Nanoseconds(request.wait().nanos());
  if (wait < absl::ZeroDuration() || wait > kMaxRequestedWait) {
    errors.push_back({"wait", "must be from 0 to 60 seconds"});
  }
  if (!errors.empty()) return InvalidFields(errors);
  const int max = request.max_reminders() == 0 ? kDefaultMaxReminders : request.max_reminders();
  return Parameters{std::move(terms), max, wait};
}

}  // namespace

// The call itself. It looks, waits and looks again, one after the other; so only what End uses is used by two
// threads at a time.
class LeaseCall::Work : public std::enable_shared_from_this<LeaseCall::Work> {
 public:
  Work(DeliveryContext& context, CallPtr call, Parameters parameters, v1::LeaseRemindersResponse* response, Done done)
      : context_(context),
        call_(std::move(call)),
        parameters_(std::move(parameters)),
        wait_until_(context.engine.RealNow() + parameters_.wait),
        response_(response),
        done_(std::move(done)) {}

  void Begin() {
    absl::Status status = call_->StayOpen(parameters_.terms.scope(), [weak = weak_from_this()](absl::Status denied) {
      if (const std::shared_ptr<Work> self = weak.lock()) self->End(std::move(denied));
    });
    if (!status.ok()) return done_(std::move(status));
    Lease();
  }

  // Ends a call that waits with `status`, and one that has not leased yet.
  void End(absl::Status status) {
    {
      MutexLock lock(mutex_);
      if (end_status_.ok()) end_status_ = std::move(status);
    }
    ended_ = true;
    if (const uint64_t id = wait_id_) context_.engine.wakeups().Cancel(id);
  }

 private:
  void Lease() {
    batch_ = LeaseBatch{};
    call_->Write(
        parameters_.terms.scope(), /*response=*/nullptr,
        [self = shared_from_this()](store::WriteTransaction& tx) {
          if (self->ended_) return self->EndStatus();
          return LeaseDueReminders(self->context_, tx, self->parameters_.terms, self->parameters_.max, self->start_,
                                   &self->batch_);
        },
        [self = shared_from_this()](absl::Status status) { self->OnLeased(std::move(status)); });
  }

  absl::Status EndStatus() {
    MutexLock lock(mutex_);
    return end_status_;
  }

  void OnLeased(absl::Status status) {
    if (!status.ok()) return done_(std::move(status));
    if (start_.empty()) seen_ = batch_.seen;
    if (batch_.leased.empty() && batch_.more) {
      start_ = std::move(batch_.positions);
      return Lease();
    }
    if (batch_.leased.empty()) return WaitOrFinish();
    context_.engine.RunInBackground([self = shared_from_this()] {
      for (v1::Lease& lease : LeasesToProto(self->context_, self->batch_)) {
        *self->response_->add_leases() = std::move(lease);
      }
      self->done_(absl::OkStatus());
    });
  }

  // Waits until more may be leased, then looks again. Finishes without leases if the wait of the request is over.
  void WaitOrFinish() {
    // A clock that was set back does not prolong the wait.
    const absl::Duration left = std::min(wait_until_ - context_.engine.RealNow(), parameters_.wait);
    if (ended_) return done_(EndStatus());
    if (left <= absl::ZeroDuration()) return done_(absl::OkStatus());
    start_.clear();
    WakeupHub& wakeups = context_.engine.wakeups();
    const uint64_t id = wakeups.NewId();
    wait_id_ = id;
    wakeups.Wait(id, batch_.topic, seen_, left,
                 [self = shared_from_this()](WakeupHub::Wake wake) { self->OnWake(wake); });
    // An End that came before Wait found nothing to cancel. If the wait is over already, this does nothing.
    if (ended_) wakeups.Cancel(id);
  }

  void OnWake(WakeupHub::Wake wake) {
    wait_id_ = 0;
    if (wake == WakeupHub::Wake::kNotified) return Lease();
    if (wake == WakeupHub::Wake::kTimeout) return done_(absl::OkStatus());
    done_(ended_ ? EndStatus() : ShuttingDown());
  }

  DeliveryContext& context_;
  const CallPtr call_;
  Parameters parameters_;
  const absl::Time wait_until_;  // in real time
  v1::LeaseRemindersResponse* const response_;
  Done done_;

  QueuePositions start_;  // where the next look begins
  uint64_t seen_ = 0;     // of the last look that began at the front; what has come since may be behind the other looks
  LeaseBatch batch_;      // of the last look

  Mutex mutex_;
  absl::Status end_status_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> ended_{false};    // end_status_ is set
  std::atomic<uint64_t> wait_id_{0};  // of the WakeupHub; 0 while the call does not wait
};

LeaseCall LeaseCall::Start(DeliveryContext& context, const CallPtr& call, const v1::LeaseRemindersRequest& request,
                           v1::LeaseRemindersResponse* response, Done done) {
  LeaseCall started;
  auto parameters = ReadRequest(request);
  if (!parameters.ok()) {
    done(parameters.status());
    return started;
  }
  started.work_ = std::make_shared<Work>(context, call, *std::move(parameters), response, std::move(done));
  started.work_->Begin();
  return started;
}

void LeaseCall::Cancel() {
  if (work_ != nullptr) work_->End(absl::CancelledError("cancelled"));
}

}  // namespace aftercare::engine
