#include "scheduler/engine/engine.h"

#include <utility>
#include <vector>

namespace aftercare::engine {
namespace {

// Whether it may have ended a lease that its holder knows nothing of.
bool MayRecall(const store::EventNote& event) {
  switch (event.type) {
    case v1::EVENT_TYPE_ENROLLMENT_PAUSED:
    case v1::EVENT_TYPE_ENROLLMENT_UPDATED:
    case v1::EVENT_TYPE_CONSENT_CHANGED:
      return true;
    case v1::EVENT_TYPE_REMINDER_CHANGED:
      break;
    default:
      return false;
  }
  const v1::ReminderState state = event.reminder_state;
  const bool by_holder = state == v1::REMINDER_STATE_DUE || state == v1::REMINDER_STATE_LEASED ||
                         state == v1::REMINDER_STATE_SENT || state == v1::REMINDER_STATE_DELIVERED ||
                         state == v1::REMINDER_STATE_FAILED;
  return event.attempts > 0 && !by_holder;
}

// Wakes who waits for what was just committed.
void WakeWaiters(Core& core, const std::vector<store::EventNote>& events) {
  Topics& topics = core.topics();
  std::vector<absl::string_view> clinics;
  bool due = false;
  bool recall = false;
  for (const store::EventNote& event : events) {
    if (clinics.empty() || clinics.back() != event.clinic) clinics.push_back(event.clinic);
    due = due || event.reminder_state == v1::REMINDER_STATE_DUE;
    recall = recall || MayRecall(event);
  }
  for (absl::string_view clinic : clinics) {
    core.events().Appended(clinic);
    if (due) topics.Raise(LeasesTopic(clinic));
  }
  if (due) topics.Raise(kAllLeasesTopic);
  if (recall) topics.Raise(kRecallsTopic);
}

// Sets the listeners before anything is submitted.
Core& Listen(Core& core, store::Store::HealthListener on_health) {
  core.store().SetListeners(
      [&core](const std::vector<store::EventNote>& events) { WakeWaiters(core, events); },
      [&core, on_health = std::move(on_health)](bool healthy) {
        if (!healthy) core.catalog().Clear();
        if (on_health) on_health(healthy);
      });
  return core;
}

}  // namespace

Engine::Engine(store::Store& store, Clock& clock, store::Store::HealthListener on_health, int64_t zone_database,
               absl::Duration event_retention)
    : core(store, clock, zone_database),
      sweeper(Listen(core, std::move(on_health))),
      log_keeper(core, event_retention),
      clinics(core, sweeper),
      pathways(core),
      enrollments(core, sweeper),
      visits(core, sweeper),
      reminders(core, sweeper),
      deliveries(core, sweeper),
      consents(core),
      replies(core, sweeper) {}

void Engine::Shutdown() {
  core.topics().Close();
  core.events().Close();
}

}  // namespace aftercare::engine
