#include "scheduler/engine/engine.h"

#include <utility>
#include <vector>

namespace aftercare::engine {
namespace {

// Whether it may have ended a lease that its holder knows nothing of.
bool MayRevokeLease(const store::EventNote& event) {
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
void WakeWaiters(EngineContext& context, const std::vector<store::EventNote>& events) {
  WakeupHub& topics = context.wakeups();
  std::vector<absl::string_view> clinics;
  bool due = false;
  bool revoked = false;
  for (const store::EventNote& event : events) {
    if (clinics.empty() || clinics.back() != event.clinic) clinics.push_back(event.clinic);
    due = due || event.reminder_state == v1::REMINDER_STATE_DUE;
    revoked = revoked || MayRevokeLease(event);
  }
  for (absl::string_view clinic : clinics) {
    context.events().Appended(clinic);
    if (due) topics.Notify(LeasesTopic(clinic));
  }
  if (due) topics.Notify(kAllLeasesTopic);
  if (revoked) topics.Notify(kLeasesRevokedTopic);
}

// Sets the listeners before anything is submitted.
EngineContext& Listen(EngineContext& context, store::Store::HealthListener on_health) {
  context.store().SetListeners(
      [&context](const std::vector<store::EventNote>& events) { WakeWaiters(context, events); },
      [&context, on_health = std::move(on_health)](bool healthy) {
        if (!healthy) context.definitions().Clear();
        if (on_health) on_health(healthy);
      });
  return context;
}

}  // namespace

Engine::Engine(store::Store& store, Clock& clock, store::Store::HealthListener on_health, int64_t zone_database,
               absl::Duration event_retention)
    : context(store, clock, zone_database),
      sweeper(Listen(context, std::move(on_health))),
      event_log_cleaner(context, event_retention),
      clinics(context, sweeper),
      pathways(context),
      enrollments(context, sweeper),
      visits(context, sweeper),
      reminders(context, sweeper),
      deliveries(context, sweeper),
      consents(context),
      replies(context, sweeper) {}

void Engine::Shutdown() {
  context.wakeups().Close();
  context.events().Close();
}

}  // namespace aftercare::engine
