// The visits of one patient: what the pathway prescribes, and what has become of it. Functions are pure and thread
// safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_VISITS_H_
#define AFTERCARE_SCHEDULER_PLAN_VISITS_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "aftercare/v1/visit.pb.h"
#include "scheduler/plan/clinic_calendar.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// The state of one visit.
struct VisitFacts {
  v1::VisitState state = v1::VISIT_STATE_UNBOOKED;

  // Counts the appointments made for this visit, from 1. 0 if it was never booked; `start` and `since` are not set
  // then.
  int appointment = 0;
  absl::Time start;                         // When the appointment begins.
  absl::Time since = absl::InfinitePast();  // When the visit got its present state and start.
  int sequence = 0;                         // See SequenceOf. 0 if the visit was never booked.

  // When the visit should take place, and the days on which it may: dates that count from the procedure date. An
  // appointment is on the date that the clinic's calendar shows.
  absl::CivilDay target;
  DateRange window;

  // True if the visit is BOOKED and its window has moved away from the appointment since it was booked.
  bool outside_window = false;

  // The date that rules of this visit count from: the target while the visit is UNBOOKED, otherwise the date of the
  // appointment, on the patient's calendar.
  absl::CivilDay anchor;
};

// The visits of a patient, by their index in the pathway.
using Visits = std::vector<VisitFacts>;

// Returns a number that grows with every change of a visit. A record from before changes were counted has the minute of
// its last change, in minutes since 1970: the calendar files of that time have the same number, so a calendar that read
// one of them takes what follows as newer.
int SequenceOf(const record::v1::VisitRecord& record);

// Returns the state of each visit that the pathway prescribes. A target on a closed day moves, with its window, to the
// next day on which the clinic is open. `calendar` is null for a clinic that is never closed. Visits in `history` that
// the pathway does not prescribe are ignored.
Visits VisitsOf(const CompiledPathway& pathway, absl::CivilDay procedure_date, absl::TimeZone zone,
                const ClinicCalendar* calendar, const record::v1::PlanHistory& history);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_VISITS_H_
