// Deliveries::Lease: leasing what is due, and waiting for it.
#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/changes.h"
#include "scheduler/engine/deliveries.h"
#include "scheduler/engine/lease_id.h"
#include "scheduler/engine/names.h"
#include "scheduler/engine/subject.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kDefaultMax = 100;
constexpr int kMaxReminders = 1000;
constexpr absl::Duration kDefaultLease = absl::Seconds(60);
constexpr absl::Duration kShortestLease = absl::Seconds(1);
constexpr absl::Duration kLongestLease = absl::Hours(1);
constexpr absl::Duration kLongestWait = absl::Seconds(60);

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

// When the patient may next be contacted: now, at the next opening, or, where there is none in the window, when it closes.
absl::Time NextContact(const Subject& subject, absl::Time now, absl::Time expire) {
  if (subject.facts.hours.always_open()) return now;
  plan::LocalClock clock(subject.facts.zone);
  const int64_t second = absl::ToUnixSeconds(now);
  const int64_t open = subject.facts.hours.NextOpen(second, absl::ToUnixSeconds(expire), &clock);
  return open == second ? now : std::min(absl::FromUnixSeconds(open), expire);
}

// Puts off what nobody may be sent now: it waited, or is to be tried again. A lease that ran out is over with that.
absl::Status PutOff(store::Transaction& tx, const Subject& subject, absl::Time until, absl::Time now,
                    store::ReminderRow* row) {
  row->available = until;
  if (row->state == v1::REMINDER_STATE_DUE) return tx.UpdateReminder(*row);
  return ChangeReminder(tx, subject, Input::kRelease, v1::REMINDER_REASON_UNSPECIFIED, now, row);
}

}  // namespace

struct LeaseCall::State {
  const v1::LeaseRemindersRequest& request;
  v1::LeaseRemindersResponse* response;
  Caller caller;
  Done done;
  std::string clinic;  // empty: all
  Filter filter;
  int max = kDefaultMax;
  absl::Duration duration = kDefaultLease;
  absl::Duration wait = absl::ZeroDuration();

  Core& core;
  absl::Time wait_until;  // in real time
  std::atomic<bool> cancelled{false};
  std::atomic<uint64_t> waiting{0};  // id of the wait, if there is one
  uint64_t seen = 0;
  std::string topic = std::string(kAllLeasesTopic);

  // Of the attempt under way.
  store::ClockId clock{};
  absl::Time now{};
  absl::Time next_available{};
  absl::flat_hash_map<std::string, store::ClinicRow> clinics{};
};

void LeaseCall::Cancel() {
  state_->cancelled = true;
  if (const uint64_t id = state_->waiting) state_->core.topics().Cancel(id);
}

LeaseCall Deliveries::Lease(const Caller& caller, const v1::LeaseRemindersRequest& request,
                            v1::LeaseRemindersResponse* response, Done done) {
  plan::FieldErrors errors;
  std::string clinic;
  if (request.parent() != "clinics/-") {
    clinic = ParseClinicName(request.parent()).value_or("");
    if (clinic.empty()) errors.push_back({"parent", "must be clinics/{clinic} or clinics/-"});
  }
  Filter filter = Filter::Make(request.filter(), clinic, &errors);
  if (request.filter().states_size() > 0) errors.push_back({"filter.states", "must not be set; what is due is leased"});
  if (request.filter().audience() == v1::AUDIENCE_CARE_TEAM) {
    errors.push_back({"filter.audience", "must not be CARE_TEAM; tasks are not sent"});
  }
  if (request.max_reminders() < 0 || request.max_reminders() > kMaxReminders) {
    errors.push_back({"max_reminders", "must be 1 to 1000"});
  }
  const absl::Duration duration =
      request.has_lease_duration() ? ToDuration(request.lease_duration()) : kDefaultLease;
  if (duration < kShortestLease || duration > kLongestLease) {
    errors.push_back({"lease_duration", "must be from 1 second to 1 hour"});
  }
  const absl::Duration wait = ToDuration(request.wait());
  if (wait < absl::ZeroDuration() || wait > kLongestWait) errors.push_back({"wait", "must be from 0 to 60 seconds"});

  LeaseCall call;
  call.state_.reset(new LeaseCall::State{
      .request = request,
      .response = response,
      .caller = caller,
      .done = std::move(done),
      .clinic = clinic,
      .filter = std::move(filter),
      .max = request.max_reminders() == 0 ? kDefaultMax : request.max_reminders(),
      .duration = duration,
      .wait = wait,
      .core = core_,
      .wait_until = core_.clock().Now() + wait});
  absl::Status status = errors.empty() ? absl::OkStatus() : InvalidFields(errors);
  if (status.ok() && !clinic.empty()) status = CheckClinic(caller, clinic);
  if (!status.ok()) {
    call.state_->done(status);
  } else {
    TryLease(call.state_);
  }
  return call;
}

void Deliveries::TryLease(LeaseState state) {
  core_.Write([this, state](store::Transaction& tx) { return LeaseNow(tx, *state); },
              [this, state](absl::Status status) {
                if (!status.ok()) return state->done(status);
                sweeper_.WakeAt(state->next_available);
                if (!state->response->leases().empty()) return state->done(absl::OkStatus());
                WaitOrFinish(state);
              });
}

void Deliveries::WaitOrFinish(LeaseState state) {
  const absl::Duration left = std::min(state->wait_until - core_.clock().Now(), state->wait);
  if (left <= absl::ZeroDuration() || state->cancelled) return state->done(absl::OkStatus());
  const uint64_t id = core_.topics().NewId();
  state->waiting = id;
  core_.topics().Wait(id, state->topic, state->seen, left, [this, state](Topics::Wake wake) {
    state->waiting = 0;
    if (wake == Topics::Wake::kRaised) return TryLease(state);
    if (wake == Topics::Wake::kTimeout) return state->done(absl::OkStatus());
    state->done(state->cancelled ? absl::CancelledError("cancelled")
                                 : ShuttingDown());
  });
  // Cancelled in between: Cancel found no wait yet. If the wait is over already, this does nothing.
  if (state->cancelled) core_.topics().Cancel(id);
}

absl::Status Deliveries::LeaseNow(store::Transaction& tx, LeaseCall::State& state) {
  state.response->Clear();
  state.clinics.clear();
  state.next_available = absl::InfiniteFuture();
  state.now = core_.clock().Now();
  if (state.cancelled) return absl::CancelledError("cancelled");
  if (!state.clinic.empty()) {
    auto row = RequireClinic(tx, state.clinic);
    if (!row.ok()) return row.status();
    state.clock = ClockOf(*row);
    state.now = core_.Now(*row);
    if (!state.clock.empty()) state.topic = LeasesTopic(state.clinic);
  }
  state.seen = core_.topics().Seen(state.topic);  // before looking
  // What does not match stands in the way only of the look, not of the answer: look further until enough do.
  for (int looked_at = state.max;; looked_at *= 4) {
    auto rows = tx.LeasableReminders(state.clock, state.clinic, state.now, looked_at);
    if (!rows.ok()) return rows.status();
    const bool all = static_cast<int>(rows->size()) < looked_at;
    for (store::ReminderRow& row : *rows) {
      if (state.response->leases_size() == state.max) return absl::OkStatus();
      absl::Status status = LeaseOne(tx, state, std::move(row));
      if (!status.ok()) return status;
    }
    if (all || state.response->leases_size() == state.max) return absl::OkStatus();
  }
}

absl::Status Deliveries::LeaseOne(store::Transaction& tx, LeaseCall::State& state, store::ReminderRow row) {
  if (!state.caller.MayTouch(row.key.clinic) || !state.filter.MatchesDue(row.due)) return absl::OkStatus();
  auto subject = RequireSubject(core_, tx, row.key.clinic, row.key.enrollment);
  if (!subject.ok()) return subject.status();
  const RowRule rule = RuleOf(*subject, row);
  const v1::Channel channel = ChannelOf(*subject, v1::AUDIENCE_PATIENT, row.contact_point);
  if (!state.filter.MatchesSubject(*subject) || !state.filter.MatchesRule(*rule.pathway, rule.rule) ||
      !state.filter.MatchesChannel(channel)) {
    return absl::OkStatus();
  }
  if (const absl::Time open = NextContact(*subject, state.now, row.expire); open > state.now) {
    if (row.clock.empty()) state.next_available = std::min(state.next_available, open);
    return PutOff(tx, *subject, open, state.now, &row);
  }
  const auto [clinic, added] = state.clinics.try_emplace(row.key.clinic);
  if (added) {
    auto found = RequireClinic(tx, row.key.clinic);
    if (!found.ok()) return found.status();
    clinic->second = *std::move(found);
  }
  const absl::Time until = std::min(state.now + state.duration, row.expire);
  row.available = until;
  ++row.attempts;
  absl::Status status =
      ChangeReminder(tx, *subject, Input::kLease, v1::REMINDER_REASON_UNSPECIFIED, state.now, &row);
  if (!status.ok()) return status;
  if (row.clock.empty()) state.next_available = std::min(state.next_available, until);

  v1::Lease* lease = state.response->add_leases();
  lease->set_lease_id(MakeLeaseId(core_.tokens(), {row.key, row.attempts}));
  lease->set_reminder(ReminderNameOf(row.key));
  lease->set_patient(subject->row.data.patient());
  lease->set_attempt(row.attempts);
  plan::SetTimestamp(until, lease->mutable_expire_time());
  lease->set_idempotency_key(core_.tokens().Pseudonym(lease->reminder()));
  *lease->mutable_contact_point() = subject->row.data.contact_points(row.contact_point);
  lease->set_text(TextOf(*subject, clinic->second.data, row));
  lease->set_locale((*rule.pathway)->TextFor(rule.rule, subject->row.data.locale()).locale);
  plan::SetTimestamp(row.due, lease->mutable_due_time());
  lease->set_phase(rule.source().phase());
  lease->set_category(rule.source().category());
  return absl::OkStatus();
}

}  // namespace aftercare::engine
