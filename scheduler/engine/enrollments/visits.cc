#include "scheduler/engine/enrollments/visits.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/enrollments/reanchor.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr absl::string_view kVisitForm = "must be clinics/{clinic}/enrollments/{enrollment}/visits/{visit}";

absl::Status Refused(absl::string_view reason, absl::string_view message, const ErrorMetadata& metadata = {}) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message, metadata);
}

// A visit of a running enrollment, and what time it is there.
struct Found {
  EnrollmentContext context;
  int index = 0;  // in the pathway
  absl::Time now;

  const plan::VisitFacts& visit() const { return context.facts.visits[index]; }
  std::string name() const {
    return VisitNameOf(context.row.clinic, context.row.enrollment, context.pathway->visit_source(index).id());
  }
  std::string Shown(absl::Time time) const { return plan::FormatMinute(absl::ToCivilMinute(time, context.facts.zone)); }
};

absl::StatusOr<Found> Find(EngineContext& engine, store::ReadTransaction& tx, const VisitName& name) {
  auto clinic = RequireClinic(tx, name.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, name.clinic, name.enrollment);
  if (!context.ok()) return context.status();
  const int index = context->pathway->FindVisit(name.visit);
  if (index < 0) {
    return ResourceNotFound("VISIT_NOT_FOUND", VisitNameOf(name.clinic, name.enrollment, name.visit));
  }
  if (absl::Status status = CheckNotEnded(context->row); !status.ok()) return status;
  // As finely as history can tell, so that what is due with this change is due now.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(engine.Now(*clinic)));
  return Found{*std::move(context), index, now};
}

// The enrollment with its visit changed.
store::EnrollmentRow Changed(const Found& found, v1::VisitState state, int appointment, absl::Time start) {
  store::EnrollmentRow row = found.context.row;
  const std::string& id = found.context.pathway->visit_source(found.index).id();
  auto* visits = row.history.mutable_visits();
  auto record = std::find_if(visits->begin(), visits->end(), [&](const auto& visit) { return visit.visit() == id; });
  record::v1::VisitRecord& changed = record != visits->end() ? *record : *visits->Add();
  changed.set_visit(id);
  changed.set_state(state);
  changed.set_appointment(appointment);
  changed.set_start_micros(absl::ToUnixMicros(start));
  changed.set_since_micros(absl::ToUnixMicros(found.now));
  return row;
}

// Makes the change that `row` brings, and answers the visit and what it changed of the plan.
template <typename Response>
absl::Status Make(EngineContext& engine, store::WriteTransaction& tx, const Found& found, store::EnrollmentRow row,
                  absl::Time* wake, Response* response) {
  auto change = ComputeReanchoring(engine, tx, found.context, std::move(row), found.now);
  if (!change.ok()) return change.status();
  *response->mutable_visit() = VisitToProto(change->after, found.index);
  absl::Status status = LogVisit(tx, change->after.row, response->visit(), found.now);
  if (status.ok()) status = ApplyReanchoring(tx, &*change, found.now);
  if (!status.ok()) return status;
  *wake = WakeTimeOf(change->after.row);
  *response->mutable_diff() = std::move(change->diff);
  return absl::OkStatus();
}

// When a booking begins.
absl::Time StartOf(const v1::ScheduleVisitRequest& request, absl::TimeZone zone) {
  if (request.has_start_time()) return plan::ToTime(request.start_time());
  // Where clocks skip or repeat it, by the offset before the change.
  return zone.At(absl::CivilSecond(plan::ParseMinute(request.start_local_time()).value())).pre;
}

absl::Status CheckWindow(const Found& found, absl::Time start) {
  const absl::CivilDay date = absl::ToCivilDay(start, found.context.facts.zone);
  const plan::DateRange& window = found.visit().window;
  if (date >= window.first && date <= window.last) return absl::OkStatus();
  const std::string first = plan::FormatDate(window.first);
  const std::string last = plan::FormatDate(window.last);
  return Refused(
      "OUTSIDE_VISIT_WINDOW",
      absl::StrCat(plan::FormatDate(date), " is outside the window of ", found.name(), ", ", first, " to ", last),
      {{"window_first_date", first}, {"window_last_date", last}});
}

absl::Status CheckOpen(const Found& found, absl::Time start) {
  const plan::ClinicCalendar* calendar = found.context.facts.setting.calendar.get();
  if (calendar == nullptr) return absl::OkStatus();
  const absl::CivilDay date = absl::ToCivilDay(start, calendar->zone);
  if (calendar->closed.On(plan::DayNumber(date)) == plan::ClosedDays::Why::kOpen) return absl::OkStatus();
  const absl::string_view holiday = calendar->closed.HolidayName(plan::DayNumber(date));
  return Refused("CLINIC_CLOSED",
                 absl::StrCat(ClinicNameOf(found.context.row.clinic), " is closed on ", plan::FormatDate(date),
                              holiday.empty() ? "" : absl::StrCat(" (", holiday, ")")),
                 {{"date", plan::FormatDate(date)}});
}

bool IsBookedAt(const Found& found, absl::Time start) {
  return found.visit().state == v1::VISIT_STATE_BOOKED && found.visit().start == start;
}

// Whether the visit may be booked at that time.
absl::Status CheckBooking(const Found& found, const v1::ScheduleVisitRequest& request, absl::Time start) {
  if (found.visit().state == v1::VISIT_STATE_ATTENDED) {
    return Refused("VISIT_ATTENDED", absl::StrCat(found.name(), " was attended"));
  }
  if (found.visit().state != v1::VISIT_STATE_BOOKED && found.visit().appointment == plan::kMaxAppointments) {
    return Refused("TOO_MANY_APPOINTMENTS",
                   absl::StrCat(found.name(), " has had ", plan::kMaxAppointments, " appointments, as many as it may"));
  }
  if (!request.allow_outside_window()) {
    if (absl::Status status = CheckWindow(found, start); !status.ok()) return status;
  }
  return request.allow_closed_day() ? absl::OkStatus() : CheckOpen(found, start);
}

store::EnrollmentRow Booked(const Found& found, absl::Time start) {
  const bool again = found.visit().state != v1::VISIT_STATE_BOOKED;
  return Changed(found, v1::VISIT_STATE_BOOKED, found.visit().appointment + (again ? 1 : 0), start);
}

// What would become of a booking.
absl::Status ForeseeBooking(EngineContext& engine, store::ReadTransaction& tx, const VisitName& name,
                            const v1::ScheduleVisitRequest& request, v1::ScheduleVisitResponse* response) {
  auto found = Find(engine, tx, name);
  if (!found.ok()) return found.status();
  const absl::Time start = StartOf(request, found->context.facts.zone);
  *response->mutable_visit() = VisitToProto(found->context, found->index);
  response->mutable_diff();
  if (IsBookedAt(*found, start)) return absl::OkStatus();
  if (absl::Status status = CheckBooking(*found, request, start); !status.ok()) return status;
  auto change = ComputeReanchoring(engine, tx, found->context, Booked(*found, start), found->now);
  if (!change.ok()) return change.status();
  *response->mutable_visit() = VisitToProto(change->after, found->index);
  *response->mutable_diff() = std::move(change->diff);
  return absl::OkStatus();
}

absl::Status Book(EngineContext& engine, store::WriteTransaction& tx, const VisitName& name,
                  const v1::ScheduleVisitRequest& request, absl::Time* wake, v1::ScheduleVisitResponse* response) {
  auto found = Find(engine, tx, name);
  if (!found.ok()) return found.status();
  const absl::Time start = StartOf(request, found->context.facts.zone);
  *response->mutable_visit() = VisitToProto(found->context, found->index);
  response->mutable_diff();
  if (IsBookedAt(*found, start)) return absl::OkStatus();
  if (absl::Status status = CheckBooking(*found, request, start); !status.ok()) return status;
  // What came due up to this instant has come due, even if the sweep has not got to it yet.
  auto fired = FireEnrollment(tx, &found->context, found->now);
  if (!fired.ok()) return fired.status();
  return Make(engine, tx, *found, Booked(*found, start), wake, response);
}

absl::Status Record(EngineContext& engine, store::WriteTransaction& tx, const VisitName& name,
                    const v1::RecordVisitOutcomeRequest& request, absl::Time* wake,
                    v1::RecordVisitOutcomeResponse* response) {
  auto found = Find(engine, tx, name);
  if (!found.ok()) return found.status();
  const plan::VisitFacts visit = found->visit();
  if (visit.appointment == 0) return Refused("VISIT_NOT_BOOKED", absl::StrCat(found->name(), " was never booked"));
  if (request.outcome() == v1::VISIT_STATE_MISSED && found->now < visit.start) {
    return Refused("VISIT_STILL_TO_COME",
                   absl::StrCat(found->name(), " begins only ", found->Shown(visit.start), " by the patient's clock"));
  }
  *response->mutable_visit() = VisitToProto(found->context, found->index);
  response->mutable_diff();
  if (visit.state == request.outcome()) return absl::OkStatus();
  auto fired = FireEnrollment(tx, &found->context, found->now);
  if (!fired.ok()) return fired.status();
  return Make(engine, tx, *found, Changed(*found, request.outcome(), visit.appointment, visit.start), wake, response);
}

// Adds what is wrong with the time of a booking.
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

v1::Visit VisitToProto(const EnrollmentContext& context, int index) {
  const plan::VisitFacts& facts = context.facts.visits[index];
  const v1::PathwayVisit& source = context.pathway->visit_source(index);
  v1::Visit visit;
  visit.set_name(VisitNameOf(context.row.clinic, context.row.enrollment, source.id()));
  visit.set_patient(context.row.data.patient());
  visit.set_display_name(source.display_name());
  visit.set_state(facts.state);
  visit.set_target_date(plan::FormatDate(facts.target));
  visit.set_window_first_date(plan::FormatDate(facts.window.first));
  visit.set_window_last_date(plan::FormatDate(facts.window.last));
  visit.mutable_duration()->set_seconds(context.pathway->visit(index).duration);
  visit.set_appointment(facts.appointment);
  if (facts.appointment == 0) return visit;
  plan::SetTimestamp(facts.start, visit.mutable_start_time());
  plan::SetTimestamp(facts.since, visit.mutable_state_time());
  return visit;
}

void Visits::Schedule(const Caller& caller, const v1::ScheduleVisitRequest& request,
                      v1::ScheduleVisitResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParseVisitName(request.name());
  if (!name) errors.push_back({"name", std::string(kVisitForm)});
  CheckStart(request, &errors);
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  if (request.validate_only()) {
    engine_.Read([this, name = *name, &request, response](
                     store::ReadTransaction& tx) { return ForeseeBooking(engine_, tx, name, request, response); },
                 std::move(done));
    return;
  }
  auto wake = std::make_shared<absl::Time>();
  engine_.Mutate(
      request, name->clinic, request.request_id(), response,
      [this, name = *name, &request, response, wake](store::WriteTransaction& tx) {
        *wake = absl::InfiniteFuture();
        return Book(engine_, tx, name, request, wake.get(), response);
      },
      [this, wake, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(*wake);
        done(std::move(status));
      });
}

void Visits::RecordOutcome(const Caller& caller, const v1::RecordVisitOutcomeRequest& request,
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
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  auto wake = std::make_shared<absl::Time>();
  engine_.Mutate(
      request, name->clinic, request.request_id(), response,
      [this, name = *name, &request, response, wake](store::WriteTransaction& tx) {
        *wake = absl::InfiniteFuture();
        return Record(engine_, tx, name, request, wake.get(), response);
      },
      [this, wake, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(*wake);
        done(std::move(status));
      });
}

}  // namespace aftercare::engine
