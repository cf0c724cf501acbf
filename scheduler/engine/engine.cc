#include "scheduler/engine/engine.h"

#include <set>
#include <utility>

#include "absl/strings/string_view.h"
#include "scheduler/engine/runtime/wakeup_topics.h"

namespace aftercare::engine {
namespace {

const Authorizer& AuthorizerOf(const EngineOptions& options) {
  static const RoleAuthorizer by_role;
  return options.authorizer != nullptr ? *options.authorizer : by_role;
}

}  // namespace

Engine::Engine(store::Store& store, Clock& clock, store::Store::HealthListener on_health, const EngineOptions& options)
    : context(store, clock, AuthorizerOf(options), options.zone_database),
      event_feed(context),
      lease_revocations(context.tokens()),
      sweeper(
          Listen(store, options.telemetry != nullptr ? *options.telemetry : Telemetry::None(), std::move(on_health)),
          enrollment_cache),
      event_log_cleaner(context, event_feed, options.event_retention),
      clinics(context, enrollment_cache),
      pathways(context),
      enrollments(context),
      visits(context),
      reminders(context, enrollment_index_cache),
      deliveries(context, enrollment_cache, enrollment_index_cache, lease_revocations),
      watches(context, event_feed),
      consents(context),
      replies(context) {}

EngineContext& Engine::Listen(store::Store& store, Telemetry& telemetry, store::Store::HealthListener on_health) {
  store.SetGroupListener(
      [&telemetry](absl::Duration duration, int mutations) { telemetry.OnCommit(duration, mutations); });
  store.SetListeners([this, &telemetry](const store::CommitNotes& notes) { OnCommit(notes, telemetry); },
                     [this, on_health = std::move(on_health)](bool healthy) {
                       if (!healthy) context.definitions().Clear();
                       if (on_health) on_health(healthy);
                     });
  return context;
}

// Uses only what is made before the sweeper, which submits the first mutation.
void Engine::OnCommit(const store::CommitNotes& notes, Telemetry& telemetry) {
  std::set<absl::string_view> appended;
  std::set<absl::string_view> leasable(notes.leasable_clinics.begin(), notes.leasable_clinics.end());
  for (const store::EventNote& event : notes.events) {
    appended.insert(event.clinic);
    if (event.reminder_state == v1::REMINDER_STATE_DUE) leasable.insert(event.clinic);
  }
  for (absl::string_view clinic : appended) event_feed.NotifyAppended(clinic);
  for (absl::string_view clinic : leasable) context.wakeups().Notify(LeasesTopic(clinic));
  if (!leasable.empty()) context.wakeups().Notify(kAllLeasesTopic);
  lease_revocations.Publish(notes.revoked_leases);
  if (!notes.offered_since.empty()) {
    const absl::Time now = context.RealNow();
    for (absl::Time since : notes.offered_since) telemetry.OnOffered(now - since);
  }
  if (notes.wake != absl::InfiniteFuture()) sweeper.WakeAt(notes.wake);
}

void Engine::Shutdown() {
  context.wakeups().Close();
  event_feed.Close();
}

}  // namespace aftercare::engine
