#include "scheduler/engine/planning/sweeper.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "scheduler/engine/planning/replanning.h"
#include "scheduler/engine/runtime/system_access.h"
#include "scheduler/engine/runtime/wakeup_topics.h"

namespace aftercare::engine {
namespace {

constexpr int kChangesPerSweep = 256;
constexpr absl::Duration kRetryDelay = absl::Seconds(1);

SweepScope RealTime(absl::Time now) { return {.clock = "", .now = now, .limit = kChangesPerSweep}; }

// Marks all enrollments stale if they were last planned by other time zone rules.
absl::Status CheckZones(EngineContext& engine, store::WriteTransaction& tx) {
  auto last = tx.ZoneDatabase();
  if (!last.ok()) return last.status();
  return *last == engine.zone_database() ? absl::OkStatus() : tx.ReplanAll(engine.zone_database());
}

// Replans some stale enrollments of one clinic. Returns whether there may be more.
absl::StatusOr<bool> ReplanOneClinic(EngineContext& engine, store::WriteTransaction& tx) {
  auto clinic = tx.FirstToReplan();
  if (!clinic.ok() || !clinic->has_value()) return clinic.ok() ? absl::StatusOr<bool>(false) : clinic.status();
  absl::Status status = ReplanStaleEnrollments(engine, tx, kReplannedPerMutation, &**clinic);
  if (!status.ok()) return status;
  return true;
}

absl::Time Earlier(const std::optional<absl::Time>& a, absl::Time b) { return a ? std::min(*a, b) : b; }

}  // namespace

Sweeper::Sweeper(EngineContext& engine, EnrollmentCache& cache)
    : engine_(engine), cache_(cache), thread_([this] { Run(); }) {
  SweepNow(/*check_zones=*/true);
}

Sweeper::~Sweeper() {
  {
    MutexLock lock(mutex_);
    stop_ = true;
    wake_.NotifyAll();
    while (sweeping_) wake_.Wait(mutex_);
  }
  thread_.join();
}

void Sweeper::WakeAt(absl::Time time) {
  MutexLock lock(mutex_);
  if (time >= next_sweep_) return;
  next_sweep_ = time;
  wake_.NotifyAll();
}

void Sweeper::Run() {
  MutexLock lock(mutex_);
  while (!stop_) {
    if (sweeping_) {
      wake_.Wait(mutex_);
    } else if (next_sweep_ > engine_.clock().Now()) {
      engine_.clock().WaitUntil(mutex_, wake_, next_sweep_);
    } else {
      sweeping_ = true;
      next_sweep_ = absl::InfiniteFuture();
      const bool check_zones = !zones_checked_;
      const bool more_due = more_due_;
      SweepPlan ahead = std::exchange(ahead_, {});
      lock.Unlock();
      if (!ahead.firing.empty()) {
        SweepNow(check_zones, std::move(ahead));
      } else if (more_due && !check_zones) {
        PlanAndSweep();
      } else {
        SweepNow(check_zones);
      }
      lock.Lock();
    }
  }
}

void Sweeper::PlanAndSweep() {
  auto plan = std::make_shared<SweepPlan>();
  SystemAccess::ReadInBackground(
      engine_,
      [this, plan](store::ReadTransaction& tx) {
        return PlanSweep(engine_, tx, RealTime(engine_.RealNow()), /*after=*/{}, last_clinic_, plan.get());
      },
      [this, plan](const absl::Status& status) {
        SweepNow(/*check_zones=*/false, status.ok() ? std::move(*plan) : SweepPlan());
      });
}

// What a sweep did, and what was planned meanwhile.
struct Sweeper::Outcome {
  std::atomic<int> parts{1};  // that are not done
  absl::Status status;
  SweepResult swept;
  bool more = false;
  absl::Time next = absl::InfiniteFuture();
  SweepPlan ahead;
};

void Sweeper::SweepNow(bool check_zones, SweepPlan plan) {
  auto outcome = std::make_shared<Outcome>();
  const auto part_done = [this, outcome] {
    if (outcome->parts.fetch_sub(1) == 1) OnSweepDone(*outcome);
  };
  if (plan.end) {
    outcome->parts = 2;
    SystemAccess::ReadInBackground(
        engine_,
        [this, outcome, end = *plan.end](store::ReadTransaction& tx) {
          return PlanSweep(engine_, tx, RealTime(engine_.RealNow()), end, last_clinic_, &outcome->ahead);
        },
        [outcome, part_done](const absl::Status& status) {
          if (!status.ok()) outcome->ahead = {};
          part_done();
        });
  }
  SystemAccess::Write(
      engine_,
      [this, outcome, check_zones, plan = std::move(plan)](store::WriteTransaction& tx) {
        return RunSweep(tx, check_zones, plan, outcome.get());
      },
      [this, outcome, part_done](absl::Status status) {
        if (status.ok()) CacheFiredEnrollments(cache_, &outcome->swept);
        outcome->status = std::move(status);
        part_done();
      });
}

absl::Status Sweeper::RunSweep(store::WriteTransaction& tx, bool check_zones, const SweepPlan& plan, Outcome* outcome) {
  if (check_zones) {
    if (absl::Status status = CheckZones(engine_, tx); !status.ok()) return status;
  }
  auto more_stale = ReplanOneClinic(engine_, tx);
  if (!more_stale.ok()) return more_stale.status();
  const absl::Time now = engine_.RealNow();
  auto swept = Sweep(engine_, cache_, tx, RealTime(now), plan);
  if (!swept.ok()) return swept.status();
  auto wake = tx.NextWake("");
  if (!wake.ok()) return wake.status();
  auto available = tx.NextAvailable("", now);  // gateways wait for a lease that runs out or a pause that ends
  if (!available.ok()) return available.status();
  outcome->more = swept->more || *more_stale;
  outcome->swept = *std::move(swept);
  outcome->next = Earlier(*wake, Earlier(*available, absl::InfiniteFuture()));
  return absl::OkStatus();
}

void Sweeper::OnSweepDone(Outcome& outcome) {
  const absl::Time now = engine_.clock().Now();
  const bool ok = outcome.status.ok();
  if (ok) engine_.wakeups().NotifyAll(kAllLeasesTopic);  // leases may have run out, and pauses ended
  MutexLock lock(mutex_);
  sweeping_ = false;
  zones_checked_ = zones_checked_ || ok;
  more_due_ = ok && outcome.more;
  if (more_due_) ahead_ = std::move(outcome.ahead);
  next_sweep_ = std::min(next_sweep_, !ok ? now + kRetryDelay : outcome.more ? now : outcome.next);
  wake_.NotifyAll();
}

}  // namespace aftercare::engine
