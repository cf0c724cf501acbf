#include "scheduler/engine/runtime/open_calls.h"

#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "scheduler/engine/runtime/call.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kRecheckInterval = absl::Milliseconds(400);

}  // namespace

OpenCalls::OpenCalls(const Authorizer& authorizer, Timers& timers)
    : authorizer_(authorizer), timers_(timers), generation_(authorizer.Generation()) {}

uint64_t OpenCalls::Add(std::weak_ptr<const Call> call, absl::string_view clinic, OnDenied on_denied) {
  MutexLock lock(mutex_);
  const uint64_t id = next_id_++;
  open_.emplace(id, Open{std::move(call), std::string(clinic), std::move(on_denied)});
  ScheduleRecheck();
  return id;
}

void OpenCalls::Remove(uint64_t id) {
  OnDenied removed;  // destroyed without the lock
  MutexLock lock(mutex_);
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  removed = std::move(found->second.on_denied);
  open_.erase(found);
}

void OpenCalls::ScheduleRecheck() {
  if (open_.empty() || std::exchange(scheduled_, true)) return;
  timers_.Start(kRecheckInterval, [this] { Recheck(); });
}

void OpenCalls::Recheck() {
  std::vector<std::pair<uint64_t, std::weak_ptr<const Call>>> calls;
  std::vector<std::string> clinics;
  {
    MutexLock lock(mutex_);
    scheduled_ = false;
    ScheduleRecheck();
    const uint64_t generation = authorizer_.Generation();
    if (std::exchange(generation_, generation) == generation) return;
    for (const auto& [id, open] : open_) {
      calls.emplace_back(id, open.call);
      clinics.push_back(open.clinic);
    }
  }
  for (size_t i = 0; i < calls.size(); ++i) {
    const std::shared_ptr<const Call> call = calls[i].second.lock();
    if (call == nullptr) continue;
    absl::Status status = call->Authorize(clinics[i]);
    if (status.ok()) continue;
    OnDenied on_denied;
    {
      MutexLock lock(mutex_);
      const auto found = open_.find(calls[i].first);
      if (found == open_.end()) continue;
      on_denied = std::move(found->second.on_denied);
      open_.erase(found);
    }
    on_denied(std::move(status));
  }
}

}  // namespace aftercare::engine
