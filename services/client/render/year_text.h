#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_TEXT_H_

#include <string>

#include "services/client/render/year.h"

namespace aftercare::client {

// The smallest width that a picture is drawn for.
inline constexpr int kLeastPictureWidth = 50;

// Draws a year as a picture of text: phases as bars, one row of marks for each category, a vertical line for today, and
// a legend with counts. Every line ends with a line feed. No line is wider than `width` columns (at least
// kLeastPictureWidth). Pure and thread safe.
std::string RenderYearText(const Year& year, int width, bool colour);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_TEXT_H_
