// Who may do what, in memory: the tokens, and the roles of principals.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ACCESS_ACCESS_TABLE_H_
#define AFTERCARE_SCHEDULER_ENGINE_ACCESS_ACCESS_TABLE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/runtime/authorizer.h"
#include "scheduler/engine/runtime/clock.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/access_rows.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// A copy of what the store has, which is read again after each change. Answers at once, without the store: every call
// asks. Callers whose rights are their own (Caller::bound is false) have these. Thread safe.
class AccessTable : public Authorizer {
 public:
  // `clock` tells when tokens expire, and must outlive this object.
  explicit AccessTable(Clock& clock) : clock_(clock) {}

  // Begins to read the store, and tries again each second until that succeeds. Until then, callers whose rights are not
  // their own get UNAVAILABLE. Call it once, before any other function. `engine` must outlive this object's use.
  void Start(EngineContext& engine);

  // Reads the store again. `done` is called with OK when everything that was committed before Reload is in force.
  void Reload(Done done);

  // Returns who has a token, given by its secret. UNAUTHENTICATED if it is no valid one.
  absl::StatusOr<Caller> CallerOfToken(absl::string_view secret) ABSL_LOCKS_EXCLUDED(mutex_);

  // Also returns UNAUTHENTICATED if the caller's token is not valid any more.
  absl::Status Authorize(const Caller& caller, Permission permission, absl::string_view clinic) const override
      ABSL_LOCKS_EXCLUDED(mutex_);
  uint64_t Generation() const override ABSL_LOCKS_EXCLUDED(mutex_);

  // The numbers of tokens and of role bindings.
  size_t token_count() const ABSL_LOCKS_EXCLUDED(mutex_);
  size_t binding_count() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Binding {
    std::string clinic;  // store::kInAllClinics for all
    Role role = Role::kReader;

    bool IsForAll() const { return clinic == store::kInAllClinics; }
  };
  // What was read at one moment. Never changes.
  struct Snapshot {
    int64_t version = 0;
    absl::flat_hash_map<std::string, store::TokenRow> tokens;  // by id
    absl::flat_hash_map<std::string, std::vector<Binding>> bindings;  // by principal
    size_t binding_count = 0;
    std::vector<absl::Time> expire_times;  // of the tokens, the latest first
  };

  static std::shared_ptr<const Snapshot> SnapshotOf(store::AccessRows rows);
  // Null if nothing was read yet.
  std::shared_ptr<const Snapshot> Current() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Puts a snapshot in force, unless a newer one is.
  void Install(std::shared_ptr<const Snapshot> snapshot) ABSL_LOCKS_EXCLUDED(mutex_);
  // Stores that a token is used, unless that was done within the last hour.
  void NoteUse(const store::TokenRow& token, absl::Time now) ABSL_LOCKS_EXCLUDED(mutex_);

  Clock& clock_;
  EngineContext* engine_ = nullptr;
  mutable Mutex mutex_;
  std::shared_ptr<const Snapshot> current_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, absl::Time> used_ ABSL_GUARDED_BY(mutex_);  // by id: what NoteUse stored last
  // Grows with each change, and when a token expires. The latter are the last of the current expire_times.
  mutable uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  mutable size_t unexpired_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Returns UNAUTHENTICATED: the caller has not proved who it is. It does not say why.
absl::Status NotAuthenticated();

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ACCESS_ACCESS_TABLE_H_
