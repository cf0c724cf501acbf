// One call of the API: who calls, by which method, and whether anybody still waits for the answer. Use cases reach data
// only through it. Each read and each mutation says which clinic it is about. It is refused unless the caller has the
// method's permission in that clinic, and it can touch no other clinic's data.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALL_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALL_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "scheduler/engine/runtime/caller.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/engine/runtime/permissions.h"
#include "scheduler/store/transaction.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// Stands for every clinic that the caller may touch, where a function of Call takes the id of a clinic.
inline constexpr absl::string_view kAllClinics = "-";

// Stands there for what belongs to no clinic: tokens and role bindings.
inline constexpr absl::string_view kNoClinic = "*";

// Thread safe. Owned by shared_ptr: work that was begun for a call keeps it alive.
class Call : public std::enable_shared_from_this<Call> {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  using ReadWork = absl::AnyInvocable<absl::Status(store::ReadTransaction&)>;
  using WriteWork = absl::AnyInvocable<absl::Status(store::WriteTransaction&)>;
  // Work of a request that may ask only to be validated. If it does, `write` is null and nothing can be written.
  // Otherwise `write` is the same transaction as `tx`.
  using ValidatingWork = absl::AnyInvocable<absl::Status(store::ReadTransaction& tx, store::WriteTransaction* write)>;

  // Who calls, and the properties of the call that use cases need.
  struct Details {
    Caller caller;
    const Method* method = nullptr;  // never null
    std::string trace_id{};          // of the caller's `traceparent`: 32 hexadecimal digits, or empty
    SteadyTime deadline = SteadyTime::max();
  };

  // `engine` must outlive the call.
  static std::shared_ptr<Call> Make(EngineContext& engine, Details details) {
    return std::shared_ptr<Call>(new Call(engine, std::move(details)));
  }

  ~Call();

  const Caller& caller() const { return details_.caller; }
  const Method& method() const { return *details_.method; }
  const std::string& trace_id() const { return details_.trace_id; }

  // For the request log: the id of the clinic that the call named last when it asked for data; empty if it named none.
  std::string clinic() const ABSL_LOCKS_EXCLUDED(mutex_);

  // Lets work about one clinic also touch the data of `clinics`, given by their ids, in which the caller has the
  // method's permission. Call it before the work begins.
  void AlsoTouch(std::vector<std::string> clinics) { also_touched_ = std::move(clinics); }

  // Says that the caller no longer waits for an answer. Work of the call that has not begun is then not begun.
  void Cancel() { cancelled_ = true; }

  // Returns OK while somebody waits for the answer; CANCELLED or DEADLINE_EXCEEDED afterwards.
  absl::Status CheckAwaited() const;

  // Asks the Authorizer whether the caller has the method's permission in `clinic`; see Authorizer::Authorize. For
  // kAllClinics and kNoClinic it asks about no clinic in particular, and about each clinic when its data is touched.
  // Read, Write and Mutate call it themselves.
  absl::Status Authorize(absl::string_view clinic) const;

  // For a call that stays open. Authorizes it as Authorize does and notes the clinic. If the caller loses the
  // permission later, calls `on_denied` with the error: once, within a second, on a thread that must not be blocked.
  // That may happen after the call has ended, but not after it is destroyed. StayOpen must be used at most once per
  // call.
  absl::Status StayOpen(absl::string_view clinic, OpenCalls::OnDenied on_denied) ABSL_LOCKS_EXCLUDED(mutex_);

  // Runs `work` on a snapshot of the data of `clinic`, then `done` with its status. `work` does not run if the call is
  // refused, if nobody waits for it, or if the store cannot be read. `done` then gets the error: that of Authorize or
  // CheckAwaited, UNAVAILABLE or RESOURCE_EXHAUSTED. `done` may be called before Read returns. With kAllClinics, a list
  // of clinics leaves out those in which the caller lacks the permission, and access to the data of one of these fails.
  // An empty `clinic` is an INTERNAL error, here and in the functions below.
  void Read(absl::string_view clinic, ReadWork work, Done done);

  // As Read, for work that prepares a mutation: it runs on a thread that is kept free of the other reads of clients.
  void ReadInBackground(absl::string_view clinic, ReadWork work, Done done);

  // Runs `work` in a mutation of the data of `clinic`. Calls `done` with OK when the mutation is durable, or with the
  // error. `work` may run more than once and must begin afresh each time (see Store::Submit). `response`, if not null,
  // is cleared before each run and must live until `done`. The events of the mutation carry the caller's name.
  void Write(absl::string_view clinic, google::protobuf::Message* response, WriteWork work, Done done);

  // As Write, for an RPC with a `request_id`. If that is not empty, the RPC is idempotent within the clinic for 24
  // hours of real time from the call of Mutate, not longer: the same request gets the first response again, and another
  // request with that id gets ALREADY_EXISTS / REQUEST_ID_REUSED. From 24 hours on, the id counts as new. If the real
  // clock is set back by less than 24 hours meanwhile, the response is remembered until the clock shows 24 hours after
  // the first request; if it is set back by more, the response is forgotten at once. A request that failed may be sent
  // again with its id. `request` and `response`, which must not be null, must live until `done`.
  void Mutate(const google::protobuf::Message& request, absl::string_view clinic, absl::string_view request_id,
              google::protobuf::Message* response, WriteWork work, Done done);

  // Runs `work` as Read does if `validate_only` is set, and as Mutate does otherwise.
  void MutateUnlessValidating(bool validate_only, const google::protobuf::Message& request, absl::string_view clinic,
                              absl::string_view request_id, google::protobuf::Message* response, ValidatingWork work,
                              Done done);

 private:
  Call(EngineContext& engine, Details details) : engine_(engine), details_(std::move(details)) {}

  // Notes the clinic for the log, and authorizes the call.
  absl::Status Admit(absl::string_view clinic) ABSL_LOCKS_EXCLUDED(mutex_);
  // Returns the check that limits work about `clinic` to that clinic. If `clinic` is empty, the check allows every
  // clinic in which the caller has the permission.
  store::AccessCheck AccessOf(absl::string_view clinic);
  store::Store::ReadJob ReadJobOf(absl::string_view clinic, ReadWork work, Done done);

  EngineContext& engine_;
  const Details details_;
  std::vector<std::string> also_touched_;  // constant once work has begun
  std::atomic<bool> cancelled_{false};
  mutable Mutex mutex_;
  std::string clinic_ ABSL_GUARDED_BY(mutex_);
  uint64_t open_id_ ABSL_GUARDED_BY(mutex_) = 0;  // the id in OpenCalls; 0 if the call does not stay open
};

using CallPtr = std::shared_ptr<Call>;

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALL_H_
