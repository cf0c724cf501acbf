#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_SVG_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_SVG_H_

#include <string>

#include "absl/strings/string_view.h"
#include "services/client/render/year.h"

namespace aftercare::client {

// The year as an SVG document to print or publish: self-contained, without scripts, with a title and a description for
// those who cannot see it, and a tooltip on every mark. Pure and thread safe.
std::string RenderYearSvg(const Year& year);

// Text as it may stand in XML, in elements and attributes; characters XML has no place for are left out.
std::string EscapeXml(absl::string_view text);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_SVG_H_
