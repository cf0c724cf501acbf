#include "scheduler/engine/lifecycle/visit_view.h"

#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {

absl::TimeZone ZoneOf(const v1::Clinic& clinic) {
  return plan::FindZone(clinic.time_zone()).value_or(absl::UTCTimeZone());
}

plan::VisitFacts VisitAsItStands(const EnrollmentContext& context, int index) {
  plan::VisitFacts visit = context.facts.visits[index];
  if (context.row.state != v1::ENROLLMENT_STATE_ENDED || visit.state != v1::VISIT_STATE_BOOKED) return visit;
  const absl::Time end = plan::ToTime(context.row.data.end_time());
  if (visit.start <= end) return visit;
  visit.state = v1::VISIT_STATE_CANCELLED;
  visit.since = end;
  ++visit.sequence;
  return visit;
}

v1::Visit VisitToProto(const EnrollmentContext& context, const v1::Clinic& clinic, int index) {
  const plan::VisitFacts facts = VisitAsItStands(context, index);
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
  visit.set_time_zone(clinic.time_zone());
  visit.set_appointment(facts.appointment);
  if (facts.appointment == 0) return visit;
  plan::SetTimestamp(facts.start, visit.mutable_start_time());
  visit.set_start_local_time(plan::FormatMinute(absl::ToCivilMinute(facts.start, ZoneOf(clinic))));
  plan::SetTimestamp(facts.since, visit.mutable_state_time());
  visit.set_sequence(facts.sequence);
  return visit;
}

}  // namespace aftercare::engine
