#include "services/client/render/svg_shapes.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace aftercare::client {
namespace {

constexpr double kMarkSize = 3.6;
constexpr double kAnsweredSize = 5;
constexpr double kDotSize = 2.6;
constexpr absl::string_view kCurveColour = "#4338ca";
constexpr absl::string_view kAreaColour = "#e0e7ff";

std::string Diamond(double x, double y, const MarkLook& look) {
  const bool filled = look.state == v1::REMINDER_STATE_DUE;
  return absl::StrFormat("<path d=\"M%.1f %.1fl5 5l-5 5l-5-5z\" stroke=\"%s\" stroke-width=\"1.5\" fill=\"%s\"/>", x,
                         y - 5, look.colour, filled ? look.colour : "#ffffff");
}

// Returns lines from the middle of the mark: `path` goes on from there.
std::string Strokes(double x, double y, absl::string_view path, absl::string_view colour) {
  return absl::StrFormat("<path d=\"M%.1f %.1f%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"/>", x, y, path,
                         colour);
}

std::string Circle(double x, double y, double radius, absl::string_view fill, absl::string_view stroke) {
  return absl::StrFormat("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"%s/>", x, y, radius, fill, stroke);
}

std::string Ring(double x, double y, double radius, double width, absl::string_view colour) {
  return Circle(x, y, radius, "#ffffff", absl::StrFormat(" stroke=\"%s\" stroke-width=\"%.1f\"", colour, width));
}

std::string StateShape(double x, double y, const MarkLook& look) {
  switch (look.state) {
    case v1::REMINDER_STATE_DUE:
    case v1::REMINDER_STATE_LEASED:
      return Diamond(x, y, look);
    case v1::REMINDER_STATE_FAILED:
    case v1::REMINDER_STATE_EXPIRED:
      return Strokes(x, y, "m-3-3l6 6m0-6l-6 6", look.colour);
    case v1::REMINDER_STATE_SUPPRESSED:
    case v1::REMINDER_STATE_CANCELLED:
      return Strokes(x, y, "m-3 0h6", look.colour);
    case v1::REMINDER_STATE_COMPLETED:
      return Strokes(x, y, "m-3.5 0l2.5 3l4.5-6", look.colour);
    case v1::REMINDER_STATE_SENT:
    case v1::REMINDER_STATE_DELIVERED:
      return Circle(x, y, kMarkSize, look.colour, "");
    default:
      return Ring(x, y, 2.2, 1, look.colour);
  }
}

}  // namespace

std::string EscapeXml(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

std::string MarkShape(double x, double y, const MarkLook& look) {
  switch (look.answering) {
    case Answering::kAnswered:
      return absl::StrCat(Circle(x, y, kAnsweredSize, look.colour, ""),
                          absl::StrFormat("<path d=\"M%.1f %.1fm-2.5 0l1.8 2l3.2-4\" fill=\"none\" stroke=\"#ffffff\" "
                                          "stroke-width=\"1.5\"/>",
                                          x, y));
    case Answering::kUnanswered:
      return Ring(x, y, kMarkSize, 1.8, look.colour);
    case Answering::kNothing:
      break;
  }
  return StateShape(x, y, look);
}

std::string CurveShape(const std::vector<CurvePoint>& points, double base) {
  if (points.empty()) return "";
  std::string line;
  std::string dots;
  for (const CurvePoint& point : points) {
    absl::StrAppendFormat(&line, "%s%.1f %.1f", line.empty() ? "" : " L", point.x, point.y);
    const std::string title =
        point.tooltip.empty() ? "" : absl::StrCat("<title>", EscapeXml(point.tooltip), "</title>");
    absl::StrAppendFormat(&dots, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\">%s</circle>", point.x,
                          point.y, kDotSize, kCurveColour, title);
  }
  return absl::StrCat(
      absl::StrFormat("<path d=\"M%.1f %.1f L%s L%.1f %.1fz\" fill=\"%s\" fill-opacity=\"0.6\"/>", points.front().x,
                      base, line, points.back().x, base, kAreaColour),
      "<path d=\"M", line, "\" fill=\"none\" stroke=\"", kCurveColour,
      "\" stroke-width=\"1.8\" stroke-linejoin=\"round\"/>", dots);
}

}  // namespace aftercare::client
