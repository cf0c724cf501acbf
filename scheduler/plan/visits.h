#ifndef AFTERCARE_SCHEDULER_PLAN_VISITS_H_
#define AFTERCARE_SCHEDULER_PLAN_VISITS_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "aftercare/v1/visit.pb.h"
#include "scheduler/plan/clinic_calendar.h"
#include "scheduler/plan/pathway.h"

// The visits of one patient: what the pathway prescribes, and what has become of it. Functions are pure and thread
// safe.
namespace aftercare::plan {

// One visit. A small value.
struct VisitFacts {
  v1::VisitState state = v1::VISIT_STATE_UNBOOKED;

  // Number of the appointment, from 1; 0 while the visit was never booked, and then it has neither `start` nor `since`.
  int appointment = 0;
  absl::Time start;
  absl::Time since = absl::InfinitePast();  // When it came to stand there.

  // When it should be, and may be, by the patient's calendar.
  absl::CivilDay target;
  DateRange window;

  // What rules count from: the target while it is UNBOOKED, else the date of the appointment on the patient's calendar.
  absl::CivilDay anchor;
};

// Those of a pathway, by index.
using Visits = std::vector<VisitFacts>;

// How the visits of a patient stand. A target on a day of the calendar on which the clinic is closed moves, with its
// window, to the next on which it is open; `calendar` is null for a clinic that never is. What `history` has of visits
// the pathway does not prescribe is passed over.
Visits VisitsOf(const CompiledPathway& pathway, absl::CivilDay procedure_date, absl::TimeZone zone,
                const ClinicCalendar* calendar, const record::v1::PlanHistory& history);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_VISITS_H_
