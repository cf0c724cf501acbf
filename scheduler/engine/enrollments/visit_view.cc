#include "scheduler/engine/enrollments/visit_view.h"

#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {

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

}  // namespace aftercare::engine
