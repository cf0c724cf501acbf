#include "scheduler/engine/engine.h"

#include <utility>
#include <vector>

#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/wakeup_topics.h"

namespace aftercare::engine {
namespace {

// Returns whether the change may have revoked a lease, that is ended it by another than its holder.
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
  const bool by_holder = IsOpen(state) || state == v1::REMINDER_STATE_SENT || state == v1::REMINDER_STATE_DELIVERED ||
                         state == v1::REMINDER_STATE_FAILED;
  return event.attempts > 0 && !by_holder;
}

// Wakes everyone who waits for what was just committed. Runs on the writer's thread.
void WakeWaiters(EngineContext& context, EventFeed& feed, const std::vector<store::EventNote>& events) {
  std::vector<absl::string_view> clinics;
  bool due = false;
  bool revoked = false;
  for (const store::EventNote& event : events) {
    if (clinics.empty() || clinics.back() != event.clinic) clinics.push_back(event.clinic);
    due = due || event.reminder_state == v1::REMINDER_STATE_DUE;
    revoked = revoked || MayRevokeLease(event);
  }
  WakeupHub& wakeups = context.wakeups();
  for (absl::string_view clinic : clinics) {
    feed.NotifyAppended(clinic);
    if (due) wakeups.Notify(LeasesTopic(clinic));
  }
  if (due) wakeups.Notify(kAllLeasesTopic);
  if (revoked) wakeups.Notify(kLeasesRevokedTopic);
}

// Sets the store's listeners and returns `context`. Must run before anything is submitted to the store.
EngineContext& SetListeners(EngineContext& context, EventFeed& feed, store::Store::HealthListener on_health) {
  context.store().SetListeners(
      [&context, &feed](const std::vector<store::EventNote>& events) { WakeWaiters(context, feed, events); },
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
      event_feed(store, context.tokens()),
      sweeper(SetListeners(context, event_feed, std::move(on_health)), enrollment_cache),
      event_log_cleaner(context, event_feed, event_retention),
      clinics(context, enrollment_cache, sweeper),
      pathways(context),
      enrollments(context, sweeper),
      visits(context, sweeper),
      reminders(context, enrollment_index_cache, sweeper),
      deliveries(context, enrollment_cache, enrollment_index_cache, sweeper),
      consents(context),
      replies(context, sweeper) {}

void Engine::Shutdown() {
  context.wakeups().Close();
  event_feed.Close();
}

}  // namespace aftercare::engine
