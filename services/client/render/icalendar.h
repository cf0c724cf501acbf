#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_ICALENDAR_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_ICALENDAR_H_

#include <string>
#include <vector>

#include "aftercare/v1/visit.pb.h"

namespace aftercare::client {

// Returns the visits as an iCalendar file (RFC 5545) with one event for each visit that has an appointment. The title
// of an event holds the visit and the clinic's id of the patient, but not the patient's name. The UID of a visit never
// changes and its SEQUENCE grows with every change. So a calendar that reads a later file moves the event of a visit
// that was booked for another time, and strikes the event of one that is cancelled. Pure and thread safe.
std::string RenderICalendar(const std::vector<v1::Visit>& visits);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_ICALENDAR_H_
