#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_ICALENDAR_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_ICALENDAR_H_

#include <string>
#include <vector>

#include "aftercare/v1/visit.pb.h"

namespace aftercare::client {

// Returns the visits that have an appointment as an iCalendar file (RFC 5545) with one event each. The title of an
// event holds the visit and the clinic's id of the patient, but no name. A visit always has the same UID, so a calendar
// that has it already moves it when it is booked anew. Pure and thread safe.
std::string RenderICalendar(const std::vector<v1::Visit>& visits);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_ICALENDAR_H_
