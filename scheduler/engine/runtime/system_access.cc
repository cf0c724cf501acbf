#include "scheduler/engine/runtime/system_access.h"

#include <utility>

namespace aftercare::engine {
namespace {

store::Store::ReadJob JobOf(SystemAccess::ReadWork work, Done done) {
  return [work = std::move(work), done = std::move(done)](absl::StatusOr<store::ReadTransaction*> tx) mutable {
    done(tx.ok() ? work(**tx) : tx.status());
  };
}

}  // namespace

void SystemAccess::Read(EngineContext& engine, ReadWork work, Done done) {
  engine.store_.Read(JobOf(std::move(work), std::move(done)));
}

void SystemAccess::ReadInBackground(EngineContext& engine, ReadWork work, Done done) {
  engine.store_.ReadInBackground(JobOf(std::move(work), std::move(done)));
}

void SystemAccess::Write(EngineContext& engine, WriteWork work, Done done) {
  engine.store_.Submit(std::move(work), std::move(done));
}

SystemAccess::QueueDepths SystemAccess::Queues(const EngineContext& engine) {
  return {engine.store_.QueueDepth(), engine.store_.ReadQueueDepth(), engine.store_.BackgroundReadQueueDepth()};
}

}  // namespace aftercare::engine
