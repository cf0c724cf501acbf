#include "scheduler/engine/clinics/sandbox_clock.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/clinics/clinic_events.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/engine/planning/sweep.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kMaxAdvance = absl::Hours(24 * 3660);
constexpr int kInstantsPerStep = 64;
constexpr int kChangesPerStep = 1000;

absl::Status NotASandbox(absl::string_view clinic) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_A_SANDBOX",
                   absl::StrCat(ClinicNameOf(clinic), " lives in real time; only a sandbox has a test clock"));
}

// One call. Its steps follow one another, each possibly on another thread; its callbacks keep it alive until `done`.
class TestClockAdvance : public std::enable_shared_from_this<TestClockAdvance> {
 public:
  TestClockAdvance(EngineContext& engine, EnrollmentCache& cache, CallPtr call, std::string clinic,
                   const v1::AdvanceTestClockRequest& request, v1::AdvanceTestClockResponse* response, Done done)
      : engine_(engine),
        cache_(cache),
        call_(std::move(call)),
        clinic_(std::move(clinic)),
        request_(request),
        response_(*response),
        done_(std::move(done)) {}

  // Submits the next step. While the writer fires its plan, a reader's thread plans what comes after that.
  void Step() {
    parts_ = plan_.end ? 2 : 1;
    if (plan_.end) PlanAhead();
    call_->Write(
        clinic_, /*response=*/nullptr,
        [self = shared_from_this()](store::WriteTransaction& tx) { return self->RunStep(tx); },
        [self = shared_from_this()](absl::Status status) {
          self->status_ = std::move(status);
          self->OnPartDone();
        });
  }

 private:
  // What a step did. Counts once it is durable.
  struct StepResult {
    SweepResult swept;  // `more` says that the clock cannot move on yet
    absl::Time reached;
    absl::Time target;
    store::ClinicRow clinic;
  };

  absl::Status RunStep(store::WriteTransaction& tx) {
    step_ = {};
    tx.set_actor("");          // what comes due is nobody's doing, even if somebody moves the clock
    tx.NoteLeasable(clinic_);  // leases may have run out, and pauses after failures ended
    auto clinic = RequireClinic(tx, clinic_);
    if (!clinic.ok()) return clinic.status();
    if (!clinic->data.has_test_clock_time()) return NotASandbox(clinic_);
    const absl::Time now = engine_.Now(*clinic);
    auto target = target_ ? absl::StatusOr<absl::Time>(*target_) : RequestedTarget(now);
    if (!target.ok()) return target.status();
    step_.target = *target;
    step_.reached = now;
    if (clinic->replan_after) {
      step_.swept.more = true;  // the clock stands until every enrollment is planned by the present calendar
      return ReplanStaleEnrollments(engine_, tx, kReplannedPerMutation, &*clinic);
    }
    if (absl::Status status = SweepUpToTarget(tx); !status.ok()) return status;
    absl::Status status = step_.reached == now ? absl::OkStatus() : MoveClock(tx, &*clinic);
    step_.clinic = *std::move(clinic);
    return status;
  }

  // Stores and logs the clinic's new time. The caller moves the clock, though not what comes due by it.
  absl::Status MoveClock(store::WriteTransaction& tx, store::ClinicRow* clinic) {
    plan::SetTimestamp(step_.reached, clinic->data.mutable_test_clock_time());
    ++clinic->version;
    if (absl::Status status = tx.UpdateClinic(*clinic); !status.ok()) return status;
    tx.set_actor(call_->caller().principal);
    return LogClinic(tx, *clinic, v1::EVENT_TYPE_CLINIC_CLOCK_MOVED, step_.reached);
  }

  absl::StatusOr<absl::Time> RequestedTarget(absl::Time now) const {
    const absl::Time target = request_.has_time() ? plan::ToTime(request_.time())
                                                  : now + absl::Seconds(request_.duration().seconds()) +
                                                        absl::Nanoseconds(request_.duration().nanos());
    if (target < now) return InvalidField("time", "must not be before the clinic's clock; time does not go back");
    if (target - now > kMaxAdvance) return InvalidField("time", "must be at most 10 years ahead");
    if (target >= absl::FromUnixSeconds(kEndOfTestClocks)) return InvalidField("time", "must be before 2200");
    return absl::FromUnixMicros(absl::ToUnixMicros(target));
  }

  // Moves step_.reached on, from one instant at which something happens to the next, until the target or the step's
  // limits.
  absl::Status SweepUpToTarget(store::WriteTransaction& tx) {
    SweepResult& result = step_.swept;
    for (int i = 0; i < kInstantsPerStep && result.fired + result.expired + result.escalated < kChangesPerStep; ++i) {
      auto wake = tx.NextWake(clinic_);
      if (!wake.ok()) return wake.status();
      if (!wake->has_value() || **wake > step_.target) {
        // Not back, if another call has gone further meanwhile.
        step_.reached = std::max(step_.reached, step_.target);
        break;
      }
      step_.reached = std::max(step_.reached, **wake);
      auto swept =
          Sweep(engine_, cache_, tx, {clinic_, step_.reached, kChangesPerStep}, i == 0 ? plan_ : SweepPlan());
      if (!swept.ok()) return swept.status();
      result.fired += swept->fired;
      result.expired += swept->expired;
      result.escalated += swept->escalated;
      result.more = swept->more;
      std::move(swept->contexts.begin(), swept->contexts.end(), std::back_inserter(result.contexts));
    }
    if (step_.reached < step_.target) return absl::OkStatus();
    auto wake = tx.NextWake(clinic_);
    if (!wake.ok()) return wake.status();
    result.more = wake->has_value() && **wake <= step_.target;
    return absl::OkStatus();
  }

  void OnPartDone() {
    if (parts_.fetch_sub(1) == 1) OnStepDone();
  }

  void OnStepDone() {
    if (!status_.ok()) return done_(std::move(status_));
    fired_ += step_.swept.fired;
    expired_ += step_.swept.expired;
    target_ = step_.target;
    CacheFiredEnrollments(cache_, &step_.swept);
    plan_ = std::exchange(ahead_, {});
    if (step_.swept.more && plan_.firing.empty()) return PlanNextStep();
    if (step_.swept.more) return Step();
    plan_ = {};
    if (step_.reached < step_.target) return Step();
    *response_.mutable_clinic() = ClinicToProto(step_.clinic);
    response_.set_fired_count(fired_);
    response_.set_expired_count(expired_);
    done_(absl::OkStatus());
  }

  // Plans what the next step fires, so that the writer's thread need not.
  void PlanNextStep() {
    call_->ReadInBackground(
        clinic_,
        [self = shared_from_this()](store::ReadTransaction& tx) {
          return PlanSweep(self->engine_, tx, {self->clinic_, self->step_.reached, kChangesPerStep}, /*after=*/{},
                           self->last_clinic_, &self->plan_);
        },
        [self = shared_from_this()](const absl::Status& status) {
          if (!status.ok()) self->plan_ = {};
          self->Step();
        });
  }

  // Plans what follows on what plan_ holds, at the same instant.
  void PlanAhead() {
    call_->ReadInBackground(
        clinic_,
        [self = shared_from_this(), now = plan_.now, after = *plan_.end](store::ReadTransaction& tx) {
          return PlanSweep(self->engine_, tx, {self->clinic_, now, kChangesPerStep}, after, self->last_clinic_,
                           &self->ahead_);
        },
        [self = shared_from_this()](const absl::Status& status) {
          if (!status.ok()) self->ahead_ = {};
          self->OnPartDone();
        });
  }

  EngineContext& engine_;
  EnrollmentCache& cache_;
  const CallPtr call_;
  const std::string clinic_;
  const v1::AdvanceTestClockRequest& request_;
  v1::AdvanceTestClockResponse& response_;
  Done done_;
  std::optional<absl::Time> target_;  // known after the first step
  int64_t fired_ = 0;
  int64_t expired_ = 0;
  RoundRobinCursor last_clinic_;  // there is only one
  SweepPlan plan_;   // for the next step, if the last one left something at the same instant
  SweepPlan ahead_;  // for the step after it
  std::atomic<int> parts_{0};  // of a step that are not done
  absl::Status status_;        // of the step
  StepResult step_;
};

}  // namespace

void AdvanceTestClock(EngineContext& engine, EnrollmentCache& cache, const CallPtr& call,
                      const v1::AdvanceTestClockRequest& request, v1::AdvanceTestClockResponse* response, Done done) {
  const auto clinic = ParseClinicName(request.name());
  plan::FieldErrors errors;
  if (!clinic) errors.push_back({"name", "must be clinics/{clinic}"});
  if (request.target_case() == v1::AdvanceTestClockRequest::TARGET_NOT_SET) {
    errors.push_back({"target", "must be a time or a duration"});
  } else if (request.has_duration() && (request.duration().seconds() < 0 || request.duration().nanos() < 0 ||
                                        request.duration().seconds() > absl::ToInt64Seconds(kMaxAdvance))) {
    errors.push_back({"duration", "must be from 0 to 10 years"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  std::make_shared<TestClockAdvance>(engine, cache, call, *clinic, request, response, std::move(done))->Step();
}

}  // namespace aftercare::engine
