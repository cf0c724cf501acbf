#include "scheduler/engine/enrollments/change_visit.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/visit_view.h"
#include "scheduler/engine/planning/ending.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/planning/reanchor.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/text.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr absl::string_view kVisitForm = "must be clinics/{clinic}/enrollments/{enrollment}/visits/{visit}";

absl::Status Refusal(absl::string_view reason, absl::string_view message, const ErrorMetadata& metadata = {}) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message, metadata);
}

// The visit that a request names, of a running enrollment.
struct Target {
  v1::Clinic clinic;
  EnrollmentContext context;
  int index = 0;  // in the pathway
  absl::Time now;

  const plan::VisitFacts& visit() const { return context.facts.visits[index]; }
  const std::string& id() const { return context.pathway->visit_source(index).id(); }
  std::string name() const { return VisitNameOf(context.row.clinic, context.row.enrollment, id()); }
};

absl::StatusOr<Target> LoadTarget(EngineContext& engine, store::ReadTransaction& tx, const VisitName& name) {
  auto clinic = RequireClinic(tx, name.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, name.clinic, name.enrollment);
  if (!context.ok()) return context.status();
  const int index = context->pathway->FindVisit(name.visit);
  if (index < 0) {
    return ResourceNotFound("VISIT_NOT_FOUND", VisitNameOf(name.clinic, name.enrollment, name.visit));
  }
  // In microseconds, as the history has it, so that what is due at the change counts as due now.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(engine.Now(*clinic)));
  if (absl::Status status = CheckRuns(*context, now); !status.ok()) return status;
  return Target{std::move(clinic->data), *std::move(context), index, now};
}

bool IsInWindow(const Target& target, absl::CivilDay date) {
  const plan::DateRange& window = target.visit().window;
  return date >= window.first && date <= window.last;
}

// Returns the enrollment's row with the visit changed.
store::EnrollmentRow WithVisit(const Target& target, v1::VisitState state, int appointment, absl::Time start) {
  store::EnrollmentRow row = target.context.row;
  ++row.version;
  auto* visits = row.history.mutable_visits();
  auto found =
      std::find_if(visits->begin(), visits->end(), [&](const auto& visit) { return visit.visit() == target.id(); });
  const bool is_new = found == visits->end();
  record::v1::VisitRecord& record = is_new ? *visits->Add() : *found;
  record.set_sequence(is_new ? 1 : plan::SequenceOf(record) + 1);
  record.set_visit(target.id());
  record.set_state(state);
  record.set_appointment(appointment);
  record.set_start_micros(absl::ToUnixMicros(start));
  record.set_since_micros(absl::ToUnixMicros(target.now));
  if (state == v1::VISIT_STATE_BOOKED) {
    const absl::CivilDay date = absl::ToCivilDay(start, ZoneOf(target.clinic));
    record.set_date(plan::FormatDate(date));
    record.set_outside_window_agreed(!IsInWindow(target, date));
  }
  return row;
}

// Changes the enrollment to `row`, or only works out what that does if there is no `write`. Fills in the response.
template <typename Response>
absl::Status ApplyChange(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                         const Target& target, store::EnrollmentRow row, Response* response) {
  auto change = ComputeReanchoring(engine, tx, target.context, std::move(row), target.now);
  if (!change.ok()) return change.status();
  *response->mutable_visit() = VisitToProto(change->after, target.clinic, target.index);
  if (write != nullptr) {
    absl::Status status = LogVisit(*write, change->after.row, response->visit(), target.now);
    if (status.ok()) status = ApplyReanchoring(*write, &*change, target.now);
    if (!status.ok()) return status;
  }
  *response->mutable_diff() = std::move(change->diff);
  return absl::OkStatus();
}

// Returns when the requested appointment begins. A local time is the clinic's. INVALID_ARGUMENT for one that clocks
// skip; of one that they repeat, the first is meant.
absl::StatusOr<absl::Time> StartOf(const v1::ScheduleVisitRequest& request, const v1::Clinic& clinic) {
  if (request.has_start_time()) return plan::ToTime(request.start_time());
  const absl::CivilMinute local = plan::ParseMinute(request.start_local_time()).value();
  const absl::TimeZone::TimeInfo info = ZoneOf(clinic).At(absl::CivilSecond(local));
  if (info.kind != absl::TimeZone::TimeInfo::SKIPPED) return info.pre;
  return InvalidField("start_local_time",
                      absl::StrCat(plan::LocalizedTime(local, "en"), " does not exist on that day: clocks in ",
                                   clinic.time_zone(), ", the clinic's time zone, skip it"));
}

absl::Status CheckWindow(const Target& target, absl::Time start) {
  const absl::CivilDay date = absl::ToCivilDay(start, ZoneOf(target.clinic));
  if (IsInWindow(target, date)) return absl::OkStatus();
  const std::string first = plan::FormatDate(target.visit().window.first);
  const std::string last = plan::FormatDate(target.visit().window.last);
  return Refusal(
      "OUTSIDE_VISIT_WINDOW",
      absl::StrCat(plan::FormatDate(date), " is outside the window of ", target.name(), ", ", first, " to ", last),
      {{"window_first_date", first}, {"window_last_date", last}});
}

absl::Status CheckClinicIsOpen(const Target& target, absl::Time start) {
  const plan::ClinicCalendar* calendar = target.context.facts.setting.calendar.get();
  if (calendar == nullptr) return absl::OkStatus();
  const absl::CivilDay date = absl::ToCivilDay(start, calendar->zone);
  if (calendar->closed.On(plan::DayNumber(date)) == plan::ClosedDays::Why::kOpen) return absl::OkStatus();
  const absl::string_view holiday = calendar->closed.HolidayName(plan::DayNumber(date));
  return Refusal("CLINIC_CLOSED",
                 absl::StrCat(ClinicNameOf(target.context.row.clinic), " is closed on ", plan::FormatDate(date),
                              holiday.empty() ? "" : absl::StrCat(" (", holiday, ")")),
                 {{"date", plan::FormatDate(date)}});
}

// Returns OK if the visit may be booked at `start`.
absl::Status CheckBooking(const Target& target, const v1::ScheduleVisitRequest& request, absl::Time start) {
  if (target.visit().state == v1::VISIT_STATE_ATTENDED) {
    return Refusal("VISIT_ATTENDED", absl::StrCat(target.name(), " was attended"));
  }
  if (target.visit().state != v1::VISIT_STATE_BOOKED && target.visit().appointment == plan::kMaxAppointments) {
    return Refusal("TOO_MANY_APPOINTMENTS", absl::StrCat(target.name(), " has had ", plan::kMaxAppointments,
                                                         " appointments, as many as it may"));
  }
  if (start >= EndsAt(target.context)) {
    return InvalidField(request.has_start_time() ? "start_time" : "start_local_time",
                        "must be before the enrollment ends by its pathway's end");
  }
  if (!request.allow_outside_window()) {
    if (absl::Status status = CheckWindow(target, start); !status.ok()) return status;
  }
  return request.allow_closed_day() ? absl::OkStatus() : CheckClinicIsOpen(target, start);
}

// Books the visit, or only works out what that does if there is no `write`.
absl::Status Book(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                  const VisitName& name, const v1::ScheduleVisitRequest& request, v1::ScheduleVisitResponse* response) {
  auto target = LoadTarget(engine, tx, name);
  if (!target.ok()) return target.status();
  const plan::VisitFacts visit = target->visit();
  const bool is_booked = visit.state == v1::VISIT_STATE_BOOKED;
  const auto start = StartOf(request, target->clinic);
  if (!start.ok()) return start.status();
  *response->mutable_visit() = VisitToProto(target->context, target->clinic, target->index);
  response->mutable_diff();
  if (is_booked && visit.start == *start) return absl::OkStatus();
  if (absl::Status status = CheckBooking(*target, request, *start); !status.ok()) return status;
  if (write != nullptr) {
    // What is due by now comes due first, even if the sweep has not got to it yet.
    if (auto fired = FireEnrollment(*write, &target->context, target->now); !fired.ok()) return fired.status();
  }
  // A booked visit that moves keeps its number of appointments.
  const int appointment = visit.appointment + (is_booked ? 0 : 1);
  return ApplyChange(engine, tx, write, *target, WithVisit(*target, v1::VISIT_STATE_BOOKED, appointment, *start),
                     response);
}

// Records the outcome, or only works out what that does if there is no `write`.
absl::Status RecordOutcome(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                           const VisitName& name, const v1::RecordVisitOutcomeRequest& request,
                           v1::RecordVisitOutcomeResponse* response) {
  auto target = LoadTarget(engine, tx, name);
  if (!target.ok()) return target.status();
  const plan::VisitFacts visit = target->visit();
  if (visit.appointment == 0) return Refusal("VISIT_NOT_BOOKED", absl::StrCat(target->name(), " was never booked"));
  if (request.outcome() == v1::VISIT_STATE_MISSED && target->now < visit.start) {
    const absl::CivilMinute start = absl::ToCivilMinute(visit.start, ZoneOf(target->clinic));
    return Refusal("VISIT_STILL_TO_COME", absl::StrCat(target->name(), " begins only ", plan::FormatMinute(start),
                                                       " by the clinic's clock (", target->clinic.time_zone(), ")"));
  }
  *response->mutable_visit() = VisitToProto(target->context, target->clinic, target->index);
  response->mutable_diff();
  if (visit.state == request.outcome()) return absl::OkStatus();
  if (write != nullptr) {
    if (auto fired = FireEnrollment(*write, &target->context, target->now); !fired.ok()) return fired.status();
  }
  return ApplyChange(engine, tx, write, *target,
                     WithVisit(*target, request.outcome(), visit.appointment, visit.start), response);
}

// Adds an error if the start of the booking is not valid.
void CheckStart(const v1::ScheduleVisitRequest& request, plan::FieldErrors* errors) {
  switch (request.start_case()) {
    case v1::ScheduleVisitRequest::kStartTime: {
      const google::protobuf::Timestamp& start = request.start_time();
      const int64_t end = absl::ToUnixSeconds(absl::FromCivil(absl::CivilYear(2200), absl::UTCTimeZone()));
      if (start.seconds() >= 0 && start.seconds() < end && start.seconds() % 60 == 0 && start.nanos() == 0) return;
      errors->push_back({"start_time", "must be an instant from 1970 to 2199, in whole minutes"});
      return;
    }
    case v1::ScheduleVisitRequest::kStartLocalTime:
      if (plan::ParseMinute(request.start_local_time())) return;
      errors->push_back({"start_local_time", "must be a local time, YYYY-MM-DDTHH:MM, from 1970 to 2199"});
      return;
    case v1::ScheduleVisitRequest::START_NOT_SET:
      errors->push_back({"start_time", "must be set, or start_local_time"});
      return;
  }
}

}  // namespace

void ScheduleVisit(EngineContext& engine, const CallPtr& call, const v1::ScheduleVisitRequest& request,
                   v1::ScheduleVisitResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParseVisitName(request.name());
  if (!name) errors.push_back({"name", std::string(kVisitForm)});
  CheckStart(request, &errors);
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->MutateUnlessValidating(
      request.validate_only(), request, name->clinic, request.request_id(), response,
      [&engine, name = *name, &request, response](store::ReadTransaction& tx, store::WriteTransaction* write) {
        return Book(engine, tx, write, name, request, response);
      },
      std::move(done));
}

void RecordVisitOutcome(EngineContext& engine, const CallPtr& call, const v1::RecordVisitOutcomeRequest& request,
                        v1::RecordVisitOutcomeResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParseVisitName(request.name());
  if (!name) errors.push_back({"name", std::string(kVisitForm)});
  const v1::VisitState outcome = request.outcome();
  if (outcome != v1::VISIT_STATE_ATTENDED && outcome != v1::VISIT_STATE_MISSED &&
      outcome != v1::VISIT_STATE_CANCELLED) {
    errors.push_back({"outcome", "must be ATTENDED, MISSED or CANCELLED"});
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->MutateUnlessValidating(
      request.validate_only(), request, name->clinic, request.request_id(), response,
      [&engine, name = *name, &request, response](store::ReadTransaction& tx, store::WriteTransaction* write) {
        return RecordOutcome(engine, tx, write, name, request, response);
      },
      std::move(done));
}

}  // namespace aftercare::engine
