// How use cases run a mutation that may change what is due: the sweeper is told afterwards when it must look. Functions
// are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_MUTATE_AND_WAKE_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_MUTATE_AND_WAKE_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Changes the store. Returns when the sweeper must look next; InfiniteFuture if it need not. May run more than once and
// must begin afresh each time.
using WakingMutation = absl::AnyInvocable<absl::StatusOr<absl::Time>(store::WriteTransaction& tx)>;

// The same for a request that may also be only validated: `write` is then null, and otherwise the same transaction as
// `tx`. The result counts only where there is a `write`.
using ValidatingMutation =
    absl::AnyInvocable<absl::StatusOr<absl::Time>(store::ReadTransaction& tx, store::WriteTransaction* write)>;

// Runs `work` as EngineContext::Mutate does. When it is durable, wakes the sweeper at the time that `work` returned and
// then calls `done`. `request` and `response` must live until `done`.
void MutateAndWake(EngineContext& engine, Sweeper& sweeper, const google::protobuf::Message& request,
                   absl::string_view clinic, absl::string_view request_id, google::protobuf::Message* response,
                   WakingMutation work, Done done);

// Runs `work` on a snapshot if `validate_only` is set, and else as MutateAndWake does.
void ValidateOrMutate(EngineContext& engine, Sweeper& sweeper, bool validate_only,
                      const google::protobuf::Message& request, absl::string_view clinic, absl::string_view request_id,
                      google::protobuf::Message* response, ValidatingMutation work, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_MUTATE_AND_WAKE_H_
