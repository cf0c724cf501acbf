// Clinics::AdvanceTestClock: a walk from one instant at which something happens to the next.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/clinics/clinics.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/replanning.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/lifecycle/sweep.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/wakeup_topics.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kFarthest = absl::Hours(24 * 3660);
constexpr int kInstantsAtOnce = 64;
constexpr int kChangesAtOnce = 1000;

absl::Status NotASandbox(absl::string_view clinic) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_A_SANDBOX",
                   absl::StrCat(ClinicNameOf(clinic), " lives in real time; only a sandbox has a test clock"));
}

}  // namespace

// One call, over all its steps.
struct Clinics::Walk {
  std::string clinic;
  const v1::AdvanceTestClockRequest& request;
  v1::AdvanceTestClockResponse* response;
  Done done;

  std::optional<absl::Time> target{};  // known from the first step on
  int64_t fired = 0;
  int64_t expired = 0;

  SweepPlan plan{};  // for the next step, where the one before has left some

  // Of the step under way, taken over when it is durable.
  SweepResult step{};
  absl::Time reached{};
  std::optional<absl::Time> step_target{};
  store::ClinicRow row{};
};

void Clinics::AdvanceTestClock(const Caller& caller, const v1::AdvanceTestClockRequest& request,
                               v1::AdvanceTestClockResponse* response, Done done) {
  const auto clinic = ParseClinicName(request.name());
  plan::FieldErrors errors;
  if (!clinic) errors.push_back({"name", "must be clinics/{clinic}"});
  if (request.target_case() == v1::AdvanceTestClockRequest::TARGET_NOT_SET) {
    errors.push_back({"target", "must be a time or a duration"});
  } else if (request.has_duration() &&
             (request.duration().seconds() < 0 || request.duration().nanos() < 0 ||
              request.duration().seconds() > absl::ToInt64Seconds(kFarthest))) {
    errors.push_back({"duration", "must be from 0 to 10 years"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);
  Step(std::make_shared<Walk>(Walk{.clinic = *clinic, .request = request, .response = response, .done = std::move(done)}));
}

void Clinics::Step(std::shared_ptr<Walk> walk) {
  engine_.Write([this, walk](store::WriteTransaction& tx) { return StepOnce(tx, *walk); },
                [this, walk](absl::Status status) {
                  if (!status.ok()) return walk->done(status);
                  walk->fired += walk->step.fired;
                  walk->expired += walk->step.expired;
                  walk->target = walk->step_target;
                  CacheFiredEnrollments(cache_, &walk->step);
                  engine_.wakeups().Notify(LeasesTopic(walk->clinic));  // leases may have run out, pauses be over
                  walk->plan = {};
                  if (walk->step.more) return PlanStep(walk);
                  if (walk->reached < *walk->target) return Step(walk);
                  *walk->response->mutable_clinic() = ClinicToProto(walk->row);
                  walk->response->set_fired_count(walk->fired);
                  walk->response->set_expired_count(walk->expired);
                  walk->done(absl::OkStatus());
                });
}

void Clinics::PlanStep(std::shared_ptr<Walk> walk) {
  engine_.ReadInBackground(
      [this, walk](store::ReadTransaction& tx) {
        return PlanSweep(engine_, tx, {walk->clinic, walk->reached, kChangesAtOnce}, &walk->plan);
      },
      [this, walk](const absl::Status& status) {
        if (!status.ok()) walk->plan = {};
        Step(walk);
      });
}

absl::Status Clinics::StepOnce(store::WriteTransaction& tx, Walk& walk) {
  auto row = RequireClinic(tx, walk.clinic);
  if (!row.ok()) return row.status();
  if (!row->data.has_test_clock_time()) return NotASandbox(walk.clinic);
  absl::Time now = engine_.Now(*row);
  walk.step_target = walk.target;
  if (!walk.step_target) {
    const auto& request = walk.request;
    const absl::Time wanted = request.has_time() ? plan::ToTime(request.time())
                                                 : now + absl::Seconds(request.duration().seconds()) +
                                                       absl::Nanoseconds(request.duration().nanos());
    if (wanted < now) return InvalidField("time", "must not be before the clinic's clock; time does not go back");
    if (wanted - now > kFarthest) return InvalidField("time", "must be at most 10 years ahead");
    if (wanted >= absl::FromUnixSeconds(kEndOfTestClocks)) return InvalidField("time", "must be before 2200");
    walk.step_target = absl::FromUnixMicros(absl::ToUnixMicros(wanted));
  }

  walk.step = {};
  walk.reached = now;
  if (row->replan_after) {
    walk.step.more = true;  // Time stands still until every enrollment is planned by the calendar of now.
    return ReplanStaleEnrollments(engine_, tx, kReplannedPerMutation, &*row);
  }
  for (int i = 0; i < kInstantsAtOnce && walk.step.fired + walk.step.expired < kChangesAtOnce; ++i) {
    auto wake = tx.NextWake(walk.clinic);
    if (!wake.ok()) return wake.status();
    if (!wake->has_value() || **wake > *walk.step_target) {
      now = std::max(now, *walk.step_target);  // never back: another call may have gone further meanwhile
      break;
    }
    now = std::max(now, **wake);
    auto swept = Sweep(engine_, cache_, tx, {walk.clinic, now, kChangesAtOnce}, i == 0 ? walk.plan : SweepPlan());
    if (!swept.ok()) return swept.status();
    walk.step.fired += swept->fired;
    walk.step.expired += swept->expired;
    walk.step.more = swept->more;
    std::move(swept->contexts.begin(), swept->contexts.end(), std::back_inserter(walk.step.contexts));
  }
  if (now >= *walk.step_target) {
    auto wake = tx.NextWake(walk.clinic);
    if (!wake.ok()) return wake.status();
    walk.step.more = wake->has_value() && **wake <= *walk.step_target;
  }
  walk.reached = now;
  plan::SetTimestamp(now, row->data.mutable_test_clock_time());
  ++row->version;
  walk.row = *row;
  return tx.UpdateClinic(*row);
}

}  // namespace aftercare::engine
