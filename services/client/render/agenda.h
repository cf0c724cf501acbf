#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_AGENDA_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_AGENDA_H_

#include <string>

#include "aftercare/v1/enrollment_service.pb.h"

namespace aftercare::client {

// A patient's year as a list to read: by phase, in each every reminder with its day and times by the patient's clock,
// and below the first of a kind its text. Lines end with line feeds; none is wider than `width` columns (at least 60
// are assumed), except to hold an id. Pure and thread safe.
std::string RenderAgenda(const v1::GetTimelineResponse& timeline, int width, bool colour);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_AGENDA_H_
