#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_SVG_SHAPES_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_SVG_SHAPES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/client/render/year.h"

// The shapes of a picture in SVG (year_svg.h), as elements without a line feed. Measures are in pixels. All functions
// are pure and thread safe.
namespace aftercare::client {

// Escapes text for XML elements and attributes. Characters that XML does not allow are left out.
std::string EscapeXml(absl::string_view text);

// Returns the mark of a reminder with that look, with its middle at a point.
std::string MarkShape(double x, double y, const MarkLook& look);

// A point of a curve.
struct CurvePoint {
  double x = 0;
  double y = 0;
  std::string tooltip;  // Empty: none.
};

// Returns the curve through the points, which are in order of x, with a dot on each. The area between the
// curve and the height `base` is tinted.
std::string CurveShape(const std::vector<CurvePoint>& points, double base);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_SVG_SHAPES_H_
