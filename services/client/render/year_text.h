#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_TEXT_H_

#include <string>

#include "services/client/render/year.h"

namespace aftercare::client {

// The least width a picture is drawn for.
inline constexpr int kLeastPictureWidth = 50;

// The year as a picture of text: phases as bars, one row of marks per category, a vertical line for today, a legend
// with counts. Lines end with line feeds, and none is wider than `width` columns (or kLeastPictureWidth, if that is
// more). Pure and thread safe.
std::string RenderYearText(const Year& year, int width, bool colour);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_YEAR_TEXT_H_
