#include "scheduler/engine/engine.h"

#include <utility>
#include <vector>

namespace aftercare::engine {
namespace {

// Wakes who waits for what was just committed.
void WakeWaiters(Topics& topics, const std::vector<store::EventRow>& events) {
  std::vector<absl::string_view> clinics;
  bool due = false;
  for (const store::EventRow& event : events) {
    if (clinics.empty() || clinics.back() != event.clinic) clinics.push_back(event.clinic);
    due = due || event.data.reminder().state() == v1::REMINDER_STATE_DUE;
  }
  for (absl::string_view clinic : clinics) {
    topics.Raise(EventsTopic(clinic));
    if (due) topics.Raise(LeasesTopic(clinic));
  }
  if (due) topics.Raise(kAllLeasesTopic);
}

// Sets the listeners before anything is submitted.
Core& Listen(Core& core, store::Store::HealthListener on_health) {
  core.store().SetListeners(
      [&core](const std::vector<store::EventRow>& events) { WakeWaiters(core.topics(), events); },
      [&core, on_health = std::move(on_health)](bool healthy) {
        if (!healthy) core.catalog().Clear();
        if (on_health) on_health(healthy);
      });
  return core;
}

}  // namespace

Engine::Engine(store::Store& store, Clock& clock, store::Store::HealthListener on_health, int64_t zone_database)
    : core(store, clock, zone_database),
      sweeper(Listen(core, std::move(on_health))),
      clinics(core, sweeper),
      pathways(core),
      enrollments(core, sweeper),
      visits(core, sweeper),
      reminders(core, sweeper),
      deliveries(core, sweeper),
      consents(core),
      replies(core, sweeper) {}

void Engine::Shutdown() { core.topics().Close(); }

}  // namespace aftercare::engine
