#include "scheduler/engine/engine.h"

#include <future>
#include <set>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "scheduler/engine/runtime/wakeup_topics.h"

namespace aftercare::engine {
namespace {

// Returns the clinics of which messages came due.
std::set<absl::string_view> DueIn(absl::Span<const store::EventNote> events) {
  std::set<absl::string_view> clinics;
  for (const store::EventNote& event : events) {
    if (event.reminder_state == v1::REMINDER_STATE_DUE) clinics.insert(event.clinic);
  }
  return clinics;
}

}  // namespace

Engine::Engine(store::Store& store, Clock& clock, store::Store::HealthListener on_health, const EngineOptions& options)
    : access_table(clock),
      context(store, clock, options.authorizer != nullptr ? *options.authorizer : access_table, options.zone_database),
      event_feed(context),
      lease_revocations(context.tokens()),
      adherence_counter(context),
      sweeper(
          Listen(store, options.telemetry != nullptr ? *options.telemetry : Telemetry::None(), std::move(on_health)),
          enrollment_cache),
      event_log_cleaner(context, event_feed, options.event_retention),
      access(context, access_table),
      clinics(context, enrollment_cache),
      pathways(context),
      enrollments(context),
      visits(context),
      reminders(context, enrollment_cache, enrollment_index_cache),
      deliveries(context, enrollment_cache, enrollment_index_cache, lease_revocations),
      watches(context, event_feed),
      consents(context),
      replies(context) {
  access_table.Start(context);
  // Nobody is turned away only because the engine has just begun.
  std::promise<void> known;
  access_table.Reload([&known](const absl::Status&) { known.set_value(); });
  known.get_future().wait();
  adherence_counter.WakeAt(absl::InfinitePast());
}

EngineContext& Engine::Listen(store::Store& store, Telemetry& telemetry, store::Store::HealthListener on_health) {
  store.SetGroupListener(
      [&telemetry](absl::Duration duration, int mutations) { telemetry.OnCommit(duration, mutations); });
  store.SetBeforeCommitListener([this](const store::CommitNotes& notes) { return BeforeCommit(notes); });
  store.SetListeners([this, &telemetry](const store::CommitNotes& notes) { OnCommit(notes, telemetry); },
                     [this, on_health = std::move(on_health)](bool healthy) {
                       if (!healthy) context.definitions().Clear();
                       if (on_health) on_health(healthy);
                     });
  return context;
}

// Whoever waits for messages is told before the commit of those that come due, and leases them in the same commit:
// leasing is a mutation, so it sees them. Not of many at once: they are leased while the next ones are being planned.
// The two listeners use only what is made before the sweeper, which submits the first mutation.
bool Engine::BeforeCommit(const store::CommitNotes& notes) {
  constexpr size_t kFew = 64;
  if (notes.events.size() > kFew) return false;
  NotifyLeasable(DueIn(notes.events));
  return true;
}

void Engine::OnCommit(const store::CommitNotes& notes, Telemetry& telemetry) {
  std::set<absl::string_view> appended;
  for (const store::EventNote& event : notes.events) appended.insert(event.clinic);
  for (absl::string_view clinic : appended) event_feed.NotifyAppended(clinic);
  std::set<absl::string_view> leasable = DueIn(absl::MakeConstSpan(notes.events).subspan(notes.told_events));
  leasable.insert(notes.leasable_clinics.begin(), notes.leasable_clinics.end());
  NotifyLeasable(leasable);
  lease_revocations.Publish(notes.revoked_leases);
  if (!notes.offered_since.empty()) {
    const absl::Time now = context.RealNow();
    for (absl::Time since : notes.offered_since) telemetry.OnOffered(now - since);
  }
  if (notes.wake != absl::InfiniteFuture()) sweeper.WakeAt(notes.wake);
  if (notes.count != absl::InfiniteFuture()) adherence_counter.WakeAt(notes.count);
}

void Engine::NotifyLeasable(const std::set<absl::string_view>& clinics) {
  for (absl::string_view clinic : clinics) context.wakeups().Notify(LeasesTopic(clinic));
  if (!clinics.empty()) context.wakeups().Notify(kAllLeasesTopic);
}

void Engine::Shutdown() {
  context.wakeups().Close();
  event_feed.Close();
}

}  // namespace aftercare::engine
