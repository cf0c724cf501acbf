#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_AGENDA_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_AGENDA_H_

#include <string>

#include "aftercare/v1/enrollment_service.pb.h"

namespace aftercare::client {

// Returns a patient's year as a list to read, phase by phase. Each reminder is a line with its day and times by the
// patient's clock. Its text follows, unless the reminder before it of the same rule had the same text. Every line ends
// with a line feed. No line is wider than `width` columns (at least 60), except for a long id. Pure and thread safe.
std::string RenderAgenda(const v1::GetTimelineResponse& timeline, int width, bool colour);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_AGENDA_H_
