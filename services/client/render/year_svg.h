#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_SVG_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_SVG_H_

#include <string>

#include "absl/strings/string_view.h"
#include "services/client/render/year.h"

// All functions are pure and thread safe.
namespace aftercare::client {

// Draws a year as an SVG document to print or publish. The document refers to no other files and has no scripts. It has
// a title and a description for screen readers, and a tooltip on every mark.
std::string RenderYearSvg(const Year& year);

// Escapes text for XML elements and attributes. Characters that XML does not allow are left out.
std::string EscapeXml(absl::string_view text);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_SVG_H_
