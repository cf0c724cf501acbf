#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_LISTS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_LISTS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "aftercare/v1/reminder_service.pb.h"
#include "aftercare/v1/visit.pb.h"

// Resources as text for a terminal: several as a table, one with each field on a line of its own. Every line ends with
// a line feed. All functions are pure and thread safe.
namespace aftercare::client {

// The look of a list.
struct ListStyle {
  int width = 0;                             // The columns of the widest line; 0 for no limit.
  bool colour = false;                       // Whether to use colours.
  absl::TimeZone zone = absl::UTCTimeZone();  // The zone of the times, except in tables of clinics and pathways.
};

// Return a table with one line for each resource. Times of clinics are in the zone of each clinic, times of pathways
// in UTC, times of visits in the zone of their clinic, which must be the same for all. Enrollments have a column of
// contact points that are stopped or held, if there are any.
std::string RenderClinics(const std::vector<v1::Clinic>& clinics, const ListStyle& style);
std::string RenderPathways(const std::vector<v1::Pathway>& pathways, const ListStyle& style);
std::string RenderEnrollments(const std::vector<v1::Enrollment>& enrollments, const ListStyle& style);
std::string RenderReminders(const std::vector<v1::Reminder>& reminders, const ListStyle& style);
std::string RenderVisits(const std::vector<v1::Visit>& visits, const ListStyle& style);
std::string RenderDeadLetters(const std::vector<v1::DeadLetter>& letters, const ListStyle& style);

// Returns a table of counts by phase and state, with sums.
std::string RenderCounts(const v1::CountRemindersResponse& counts, const ListStyle& style);

// Returns one line with contact point, reminder and due time, then the text on lines of its own.
std::string RenderLease(const v1::Lease& lease, const ListStyle& style);

// Return one resource, with each field on a line of its own. Fields that are not set are left out. Times of clinics and
// enrollments are in their own zone, those of a visit in its clinic's.
std::string RenderClinic(const v1::Clinic& clinic);
std::string RenderEnrollment(const v1::Enrollment& enrollment);
std::string RenderVisit(const v1::Visit& visit);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_LISTS_H_
