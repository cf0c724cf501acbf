// One call of the API: who calls, by which method, and whether anybody still waits for the answer. It is the only door
// through which a use case reaches data. Each read and each mutation says which clinic it is about. It is refused
// unless the caller has the method's permission in that clinic, and it can touch no other clinic's data.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALL_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALL_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

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

// Thread safe. Shared: whatever was begun for a call keeps it alive.
class Call : public std::enable_shared_from_this<Call> {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  using ReadWork = absl::AnyInvocable<absl::Status(store::ReadTransaction&)>;
  using WriteWork = absl::AnyInvocable<absl::Status(store::WriteTransaction&)>;
  // Work that may also be only validated: `write` is then null, and otherwise the same transaction as `tx`.
  using ValidatingWork = absl::AnyInvocable<absl::Status(store::ReadTransaction& tx, store::WriteTransaction* write)>;

  // Who calls, and what of the call matters to use cases.
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

  // The id of the clinic that the call turned out to be about, for the request log; empty for none or several.
  std::string clinic() const ABSL_LOCKS_EXCLUDED(mutex_);

  // The caller waits for an answer no more. Work that has not begun is not done.
  void Cancel() { cancelled_ = true; }

  // Returns OK while somebody waits for the answer; CANCELLED or DEADLINE_EXCEEDED afterwards.
  absl::Status CheckAwaited() const;

  // Returns OK if the caller has the method's permission in `clinic`. For kAllClinics, returns OK if the caller's role
  // has it; each clinic is then authorized when its data is touched. PERMISSION_DENIED / CLINIC_NOT_YOURS or
  // ROLE_NOT_ALLOWED otherwise. Read, Write and Mutate call this themselves.
  absl::Status Authorize(absl::string_view clinic) const;

  // For a call that stays open: authorizes it as Authorize does, notes the clinic, and calls `on_denied` with the error
  // if the caller loses the permission later. That happens within a second, on a thread that must not be blocked. It
  // may happen after the call has ended, but never after the call is destroyed. At most once per call.
  absl::Status StayOpen(absl::string_view clinic, OpenCalls::OnDenied on_denied) ABSL_LOCKS_EXCLUDED(mutex_);

  // Runs `work` on a snapshot of the data of `clinic`, then `done` with its status. If the call is refused or awaited
  // no more, or the store cannot be read, `work` does not run, and `done` gets the error: that of Authorize or
  // CheckAwaited, UNAVAILABLE or RESOURCE_EXHAUSTED. With kAllClinics, a list of clinics leaves out those that the
  // caller may not touch, and access to one of them fails. An empty `clinic` is an INTERNAL error, here and in the
  // functions below.
  void Read(absl::string_view clinic, ReadWork work, Done done);

  // The same as Read for work that prepares a mutation, on a thread that does not wait for other reads of clients.
  void ReadInBackground(absl::string_view clinic, ReadWork work, Done done);

  // Runs `work` in a mutation of the data of `clinic`, then `done` when that is durable, or with the error. `work` may
  // run more than once and must begin afresh each time. `response`, if not null, is cleared before each run. The events
  // of the mutation carry the caller's name.
  void Write(absl::string_view clinic, google::protobuf::Message* response, WriteWork work, Done done);

  // The same as Write for an RPC with a `request_id`. If that is not empty, the RPC is idempotent within the clinic:
  // the same request gets the first response again, another request with that id ALREADY_EXISTS / REQUEST_ID_REUSED.
  // `request` and `response` must live until `done`.
  void Mutate(const google::protobuf::Message& request, absl::string_view clinic, absl::string_view request_id,
              google::protobuf::Message* response, WriteWork work, Done done);

  // Runs `work` as Read does if `validate_only` is set, and else as Mutate does.
  void MutateUnlessValidating(bool validate_only, const google::protobuf::Message& request, absl::string_view clinic,
                              absl::string_view request_id, google::protobuf::Message* response, ValidatingWork work,
                              Done done);

 private:
  Call(EngineContext& engine, Details details) : engine_(engine), details_(std::move(details)) {}

  // Notes the clinic for the log, and authorizes the call.
  absl::Status Admit(absl::string_view clinic) ABSL_LOCKS_EXCLUDED(mutex_);
  // Returns which clinics work about `clinic` may touch.
  store::AccessCheck AccessOf(absl::string_view clinic);
  store::Store::ReadJob ReadJobOf(absl::string_view clinic, ReadWork work, Done done);

  EngineContext& engine_;
  const Details details_;
  std::atomic<bool> cancelled_{false};
  mutable Mutex mutex_;
  std::string clinic_ ABSL_GUARDED_BY(mutex_);
  uint64_t open_id_ ABSL_GUARDED_BY(mutex_) = 0;  // of OpenCalls; 0 if the call does not stay open
};

using CallPtr = std::shared_ptr<Call>;

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALL_H_
