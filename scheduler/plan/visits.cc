#include "scheduler/plan/visits.h"

#include "scheduler/plan/civil.h"

namespace aftercare::plan {
namespace {

absl::CivilDay NextOpenDay(absl::CivilDay date, const ClinicCalendar* calendar) {
  if (calendar == nullptr || calendar->closed.none()) return date;
  int64_t day = DayNumber(date);
  while (calendar->closed.On(day) != ClosedDays::Why::kOpen) ++day;  // Some day of the week is open, holidays end.
  return DayOf(day);
}

VisitFacts Prescribed(const CompiledVisit& visit, absl::CivilDay procedure_date, const ClinicCalendar* calendar) {
  VisitFacts facts;
  facts.target = NextOpenDay(DateOf(visit.target, procedure_date), calendar);
  facts.window = {facts.target - visit.days_before, facts.target + visit.days_after};
  facts.anchor = facts.target;
  return facts;
}

}  // namespace

int SequenceOf(const record::v1::VisitRecord& record) {
  if (record.sequence() > 0) return record.sequence();
  return static_cast<int>(absl::ToUnixSeconds(absl::FromUnixMicros(record.since_micros())) / 60);
}

Visits VisitsOf(const CompiledPathway& pathway, absl::CivilDay procedure_date, absl::TimeZone zone,
                const ClinicCalendar* calendar, const record::v1::PlanHistory& history) {
  Visits visits;
  visits.reserve(pathway.visit_count());
  for (int i = 0; i < pathway.visit_count(); ++i) {
    visits.push_back(Prescribed(pathway.visit(i), procedure_date, calendar));
  }
  for (const record::v1::VisitRecord& record : history.visits()) {
    const int index = pathway.FindVisit(record.visit());
    if (index < 0) continue;
    VisitFacts& visit = visits[index];
    visit.state = record.state();
    visit.appointment = record.appointment();
    visit.start = absl::FromUnixMicros(record.start_micros());
    visit.since = absl::FromUnixMicros(record.since_micros());
    visit.sequence = SequenceOf(record);
    visit.anchor = absl::ToCivilDay(visit.start, zone);
    const absl::CivilDay date = ParseDate(record.date()).value_or(visit.anchor);
    visit.outside_window = visit.state == v1::VISIT_STATE_BOOKED && !record.outside_window_agreed() &&
                           (date < visit.window.first || date > visit.window.last);
  }
  return visits;
}

}  // namespace aftercare::plan
