#include "scheduler/engine/lifecycle/mutate_and_wake.h"

#include <memory>
#include <utility>

namespace aftercare::engine {

void MutateAndWake(EngineContext& engine, Sweeper& sweeper, const google::protobuf::Message& request,
                   absl::string_view clinic, absl::string_view request_id, google::protobuf::Message* response,
                   WakingMutation work, Done done) {
  auto wake = std::make_shared<absl::Time>(absl::InfiniteFuture());
  engine.Mutate(
      request, clinic, request_id, response,
      [wake, work = std::move(work)](store::WriteTransaction& tx) mutable -> absl::Status {
        *wake = absl::InfiniteFuture();
        auto next = work(tx);
        if (!next.ok()) return next.status();
        *wake = *next;
        return absl::OkStatus();
      },
      [&sweeper, wake, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper.WakeAt(*wake);
        done(std::move(status));
      });
}

void ValidateOrMutate(EngineContext& engine, Sweeper& sweeper, bool validate_only,
                      const google::protobuf::Message& request, absl::string_view clinic, absl::string_view request_id,
                      google::protobuf::Message* response, ValidatingMutation work, Done done) {
  if (validate_only) {
    engine.Read([work = std::move(work)](store::ReadTransaction& tx) mutable { return work(tx, nullptr).status(); },
                std::move(done));
    return;
  }
  MutateAndWake(
      engine, sweeper, request, clinic, request_id, response,
      [work = std::move(work)](store::WriteTransaction& tx) mutable { return work(tx, &tx); }, std::move(done));
}

}  // namespace aftercare::engine
