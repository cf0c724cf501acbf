#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_ICALENDAR_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_ICALENDAR_H_

#include <string>
#include <vector>

#include "aftercare/v1/visit.pb.h"

namespace aftercare::client {

// Visits with an appointment as an iCalendar file (RFC 5545), which calendars open: an event each, called by the visit
// and the clinic's id of the patient, never by a name. A visit keeps its UID, so that a calendar that has it moves it
// when it was booked anew. Visits without an appointment are passed over. Pure and thread safe.
std::string RenderICalendar(const std::vector<v1::Visit>& visits);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_ICALENDAR_H_
