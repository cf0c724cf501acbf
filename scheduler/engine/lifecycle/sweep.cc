#include "scheduler/engine/lifecycle/sweep.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"

namespace aftercare::engine {
namespace {

constexpr int kAtOnce = 256;
constexpr absl::Duration kRetry = absl::Seconds(1);

// Goes on where a clinic's enrollments are planned anew, test clock or not. Whether there may be more to do.
absl::StatusOr<bool> ReplanSomewhere(EngineContext& engine, store::WriteTransaction& tx) {
  auto clinic = tx.FirstToReplan();
  if (!clinic.ok() || !clinic->has_value()) return clinic.ok() ? absl::StatusOr<bool>(false) : clinic.status();
  absl::Status status = ReplanSome(engine, tx, kReplannedAtOnce, &**clinic);
  if (!status.ok()) return status;
  return true;
}

// Has every enrollment planned anew if that was last done by other rules of time zones.
absl::Status NoteZones(EngineContext& engine, store::WriteTransaction& tx) {
  auto noted = tx.ZoneDatabase();
  if (!noted.ok()) return noted.status();
  return *noted == engine.zone_database() ? absl::OkStatus() : tx.ReplanAll(engine.zone_database());
}

// The earlier of two instants that may be absent.
absl::Time Earlier(const std::optional<absl::Time>& a, absl::Time b) { return a ? std::min(*a, b) : b; }

absl::Status Expire(EngineContext& engine, store::WriteTransaction& tx, absl::Time now, store::ReminderRow* row) {
  auto context = engine.enrollment_cache().Require(engine, tx, row->key.clinic, row->key.enrollment);
  if (!context.ok()) return context.status();
  return (*context)->row.state == v1::ENROLLMENT_STATE_PAUSED
             ? ChangeReminder(tx, **context, ReminderEvent::kSuppress, v1::REMINDER_REASON_PAUSED, now, row)
             : ChangeReminder(tx, **context, ReminderEvent::kExpire, v1::REMINDER_REASON_WINDOW_CLOSED, now, row);
}

absl::Status FireAsPlanned(store::WriteTransaction& tx, const SweepPlan& plan, absl::Time now, SweepResult* result) {
  for (const FiringPlan& firing : plan.firing) {
    auto fired = FirePlanned(tx, firing, now);
    if (!fired.ok()) return fired.status();
    if (!fired->has_value()) continue;  // it comes up again among what is due, if it is still
    result->fired += **fired;
    result->contexts.push_back(firing.context);
  }
  return absl::OkStatus();
}

absl::Status FireDue(EngineContext& engine, store::WriteTransaction& tx, absl::string_view clock, absl::Time now,
                     int limit, SweepResult* result) {
  auto due = tx.DueEnrollments(clock, now, limit);
  if (!due.ok()) return due.status();
  for (store::EnrollmentRow& row : *due) {
    auto context = MakeEnrollmentContext(engine, tx, std::move(row));
    if (!context.ok()) return context.status();
    auto fired = FireEnrollment(tx, &*context, now);
    if (!fired.ok()) return fired.status();
    result->fired += *fired;
    result->contexts.push_back(std::make_shared<const EnrollmentContext>(*std::move(context)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PlanSweep(EngineContext& engine, store::ReadTransaction& tx, absl::string_view clock, absl::Time now,
                       int limit, SweepPlan* plan) {
  plan->now = now;
  plan->firing.clear();
  auto due = tx.DueEnrollments(clock, now, limit);
  if (!due.ok()) return due.status();
  for (store::EnrollmentRow& row : *due) {
    auto context = MakeEnrollmentContext(engine, tx, std::move(row));
    if (!context.ok()) return context.status();
    if (auto firing = PlanFiring(*std::move(context), now)) plan->firing.push_back(*std::move(firing));
  }
  return absl::OkStatus();
}

absl::StatusOr<SweepResult> Sweep(EngineContext& engine, store::WriteTransaction& tx, absl::string_view clock,
                                  absl::Time now, int limit, const SweepPlan& plan) {
  SweepResult result;
  auto expired = tx.ExpiredReminders(clock, now, limit);
  if (!expired.ok()) return expired.status();
  for (store::ReminderRow& row : *expired) {
    if (absl::Status status = Expire(engine, tx, now, &row); !status.ok()) return status;
  }
  result.expired = static_cast<int64_t>(expired->size());
  if (plan.now <= now) {
    if (absl::Status status = FireAsPlanned(tx, plan, now, &result); !status.ok()) return status;
  }
  const int left = limit - static_cast<int>(result.contexts.size());
  if (left > 0) {
    if (absl::Status status = FireDue(engine, tx, clock, now, left, &result); !status.ok()) return status;
  }
  result.more = static_cast<int>(std::max(expired->size(), result.contexts.size())) >= limit;
  return result;
}

void CacheFiredEnrollments(EngineContext& engine, SweepResult* result) {
  for (auto& context : result->contexts) engine.enrollment_cache().Keep(std::move(context));
  result->contexts.clear();
}

Sweeper::Sweeper(EngineContext& engine) : engine_(engine), thread_([this] { Run(); }) { SweepNow(/*note_zones=*/true); }

Sweeper::~Sweeper() {
  std::unique_lock<std::mutex> lock(mutex_);
  stop_ = true;
  wake_.notify_all();
  wake_.wait(lock, [this] { return !sweeping_; });
  lock.unlock();
  thread_.join();
}

void Sweeper::WakeAt(absl::Time at) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (at >= next_) return;
  next_ = at;
  wake_.notify_all();
}

void Sweeper::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    if (sweeping_) {
      wake_.wait(lock);
    } else if (next_ > engine_.clock().Now()) {
      engine_.clock().WaitUntil(lock, wake_, next_);
    } else {
      sweeping_ = true;
      next_ = absl::InfiniteFuture();
      const bool note_zones = !zones_noted_;
      const bool more = more_;
      lock.unlock();
      if (more && !note_zones) {
        SweepMore();
      } else {
        SweepNow(note_zones);
      }
      lock.lock();
    }
  }
}

void Sweeper::SweepMore() {
  auto plan = std::make_shared<SweepPlan>();
  engine_.ReadInBackground(
      [this, plan](store::ReadTransaction& tx) {
        return PlanSweep(engine_, tx, "", engine_.RealNow(), kAtOnce, plan.get());
      },
      [this, plan](const absl::Status& status) { SweepNow(false, status.ok() ? std::move(*plan) : SweepPlan()); });
}

void Sweeper::SweepNow(bool note_zones, SweepPlan plan) {
  struct Outcome {
    SweepResult swept;
    bool more = false;
    absl::Time next;
  };
  auto outcome = std::make_shared<Outcome>();
  engine_.Write(
      [this, outcome, note_zones, plan = std::move(plan)](store::WriteTransaction& tx) -> absl::Status {
        if (absl::Status status = note_zones ? NoteZones(engine_, tx) : absl::OkStatus(); !status.ok()) return status;
        auto replanned = ReplanSomewhere(engine_, tx);
        if (!replanned.ok()) return replanned.status();
        const absl::Time now = engine_.RealNow();
        auto swept = Sweep(engine_, tx, "", now, kAtOnce, plan);
        if (!swept.ok()) return swept.status();
        auto wake = tx.NextWake("");
        if (!wake.ok()) return wake.status();
        auto available = tx.NextAvailable("", now);  // a lease that runs out, a pause that ends: gateways wait for it
        if (!available.ok()) return available.status();
        outcome->more = swept->more || *replanned;
        outcome->swept = *std::move(swept);
        outcome->next = Earlier(*wake, Earlier(*available, absl::InfiniteFuture()));
        return absl::OkStatus();
      },
      [this, outcome](absl::Status status) {
        if (status.ok()) CacheFiredEnrollments(engine_, &outcome->swept);
        OnSweepDone(status, outcome->more, outcome->next);
      });
}

void Sweeper::OnSweepDone(const absl::Status& status, bool more, absl::Time next) {
  const absl::Time now = engine_.clock().Now();
  if (status.ok()) engine_.wakeups().Notify(kAllLeasesTopic);
  std::lock_guard<std::mutex> lock(mutex_);
  sweeping_ = false;
  zones_noted_ = zones_noted_ || status.ok();
  more_ = status.ok() && more;
  next_ = std::min(next_, !status.ok() ? now + kRetry : more ? now : next);
  wake_.notify_all();
}

}  // namespace aftercare::engine
