#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_SVG_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_SVG_H_

#include <string>

#include "services/client/render/year.h"

namespace aftercare::client {

// Draws a year as an SVG document to print or publish. The document refers to no other files and has no scripts. It has
// a title and a description for screen readers, and a tooltip on every mark and on every score. Pure and thread safe.
std::string RenderYearSvg(const Year& year);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_SVG_H_
