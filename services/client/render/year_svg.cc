#include "services/client/render/year_svg.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scheduler/plan/civil.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/render/axis.h"
#include "services/client/render/labels.h"
#include "services/client/render/svg_shapes.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

// Measures in pixels of the drawing.
constexpr double kWidth = 1200;
constexpr double kMargin = 24;
constexpr double kLeastLeft = 132;  // Least x where the plot begins.
constexpr int kMostLabel = 24;      // Most columns of a row's label.
constexpr double kPlotRight = 1104;
constexpr double kCloseShare = 0.36;  // Share of the plot for the days drawn one by one.
constexpr double kBreak = 22;         // Gap between the two scales.
constexpr double kPhaseHeight = 25;
constexpr double kRowHeight = 33;
constexpr double kCurveHeight = 56;  // Of a curve with the gap above it.
constexpr double kCurveGap = 10;
constexpr double kCharWidth = 7.6;  // Average width of a character.
constexpr double kApart = 8;          // Marks closer than this are drawn on several levels.
constexpr double kLevelHeight = 8.5;  // Distance between the levels.

constexpr absl::string_view kStyle =
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#1e293b;font-size:14px}"
    ".title{font-size:22px;font-weight:600}.quiet{fill:#64748b;font-size:13px}.end{text-anchor:end}"
    ".middle{text-anchor:middle}.grid{stroke:#e2e8f0;stroke-width:1}.today{stroke:#1d4ed8;stroke-width:1.5}"
    ".now{fill:#1d4ed8;font-weight:600;font-size:13px}.light{fill:#ffffff}.band{fill:#f5f8fa}"
    ".past{fill:#d5e4e2}.current{fill:#0f766e}.future{fill:#ffffff;stroke:#9cc4bf}";

// Returns what a mark says when it is pointed at: `ask.2026-03-03, 2026-03-03T10:00: answered 7`.
std::string TooltipOf(const YearMark& mark) {
  const v1::Reminder& reminder = *mark.reminder;
  const std::string answer = AnswerLabel(reminder);
  return absl::StrCat(IdOf(reminder.name()), ", ", plan::FormatMinute(absl::CivilMinute(mark.due)), ": ",
                      MarkLooks()[mark.rank].label, answer.empty() ? "" : " ", answer,
                      reminder.reason() == v1::REMINDER_REASON_HELD ? ", held" : "");
}

// Draws one year. Lives for one call.
class Drawing {
 public:
  explicit Drawing(const Year& year)
      : year_(year),
        days_(year.last - year.procedure_date + 1),
        split_(days_ > 2 * kCloseDays),
        left_(LeftFor(year.rows)) {}

  std::string Render();

 private:
  static double LeftFor(const std::vector<YearRow>& rows);
  double X(absl::CivilSecond time) const;
  double X(absl::CivilDay day) const { return X(absl::CivilSecond(day)); }
  bool InClosePart(absl::CivilSecond time) const {
    return !split_ || time < absl::CivilSecond(year_.procedure_date + kCloseDays);
  }
  void Text(double x, double y, absl::string_view css, absl::string_view text);
  void Line(double x, double y1, double y2, absl::string_view css);

  void DrawHeading();
  void DrawScale();
  void DrawMonths(double top);
  void DrawPhases();
  void DrawRows();
  void DrawRow(const YearRow& row, bool banded);
  void DrawHeadingRow(absl::string_view heading);
  void DrawCurves();
  void DrawCurve(const YearCurve& curve);
  void DrawPart(const std::vector<YearMark>& marks, double middle);
  void DrawToday();
  void DrawLegend();
  void DrawLegendEntry(absl::string_view label, double* x, absl::FunctionRef<std::string(double x)> shape);

  const Year& year_;
  const int64_t days_;
  const bool split_;
  const double left_;  // Where the plot begins; the labels are left of it.
  double y_ = 0;
  double plot_top_ = 0;
  std::vector<double> grid_;  // Where vertical lines are. They are drawn below the rest, once the height is known.
  std::string bands_;         // The background of every other row, drawn below the lines.
  std::string body_;
};

double Drawing::LeftFor(const std::vector<YearRow>& rows) {
  int longest = 0;
  for (const YearRow& row : rows) longest = std::max(longest, std::min(kMostLabel, DisplayWidth(row.label)));
  return std::max(kLeastLeft, kMargin + kCharWidth * longest + 12);
}

double Drawing::X(absl::CivilSecond time) const {
  const double day = static_cast<double>(time - absl::CivilSecond(year_.procedure_date)) / 86400;
  const double width = kPlotRight - left_;
  if (!split_) return left_ + width * std::clamp(day / static_cast<double>(days_), 0.0, 1.0);
  if (day < kCloseDays) return left_ + width * kCloseShare * std::max(0.0, day) / kCloseDays;
  const double left = left_ + width * kCloseShare + kBreak;
  const double rest = static_cast<double>(days_ - kCloseDays);
  return left + (kPlotRight - left) * std::min(1.0, (day - kCloseDays) / rest);
}

void Drawing::Text(double x, double y, absl::string_view css, absl::string_view text) {
  absl::StrAppendFormat(&body_, "<text x=\"%.1f\" y=\"%.1f\"", x, y);
  if (!css.empty()) absl::StrAppend(&body_, " class=\"", css, "\"");
  absl::StrAppend(&body_, ">", EscapeXml(text), "</text>\n");
}

void Drawing::Line(double x, double y1, double y2, absl::string_view css) {
  absl::StrAppendFormat(&body_, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x, y1, x, y2,
                        css);
}

void Drawing::DrawHeading() {
  Text(kMargin, 44, "title", year_.title);
  Text(kMargin, 66, "quiet", year_.subtitle);
  y_ = 104;
}

void Drawing::DrawMonths(double top) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const auto name = [&](const char* format, absl::CivilDay day) {
    return absl::FormatTime(format, absl::FromCivil(day, utc), utc);
  };
  Text(X(year_.procedure_date), top, "", name("%-d %b %Y", year_.procedure_date));
  double free_from = X(year_.procedure_date) + 90;
  for (absl::CivilMonth month = absl::CivilMonth(year_.procedure_date) + 1; absl::CivilDay(month) <= year_.last;
       ++month) {
    const absl::CivilDay day(month);
    Line(X(day), top + 24, top + 30, "grid");
    if (X(day) < free_from) continue;
    const std::string label = name(month.month() == 1 ? "%Y" : "%b", day);
    Text(X(day), top, "", label);
    free_from = X(day) + kCharWidth * (DisplayWidth(label) + 1);
  }
}

// Draws the numbers of the days, then of every fourth week.
void Drawing::DrawScale() {
  DrawMonths(y_);
  const double numbers = y_ + 19;
  plot_top_ = y_ + 28;
  Text(left_ - 12, numbers, "quiet end", split_ ? "day, then week" : "day");
  const int64_t close = split_ ? kCloseDays : days_;
  const int64_t step = std::max<int64_t>(1, (close + 19) / 20);
  for (int64_t day = 0; day < close; day += step) {
    grid_.push_back(X(year_.procedure_date + day));
    Text(X(year_.procedure_date + day) + 2, numbers, "quiet", absl::StrCat(day));
  }
  for (int64_t week = 4; split_ && 7 * (week - 1) + 1 < days_; week += 4) {
    const absl::CivilDay day = year_.procedure_date + 7 * (week - 1) + 1;
    grid_.push_back(X(day));
    // A long plan names fewer of its weeks.
    if (days_ < 800 || week % 52 == 0) Text(X(day) + 2, numbers, "quiet", absl::StrCat("w", week));
  }
  y_ = plot_top_ + 12;
}

void Drawing::DrawPhases() {
  const absl::CivilDay today(year_.now);
  for (const YearPhase& phase : year_.phases) {
    const double left = X(phase.first);
    const double right = X(absl::CivilSecond(phase.last + 1) - 1);
    const bool current = today >= phase.first && today <= phase.last;
    absl::StrAppendFormat(
        &body_,
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"18\" rx=\"4\" class=\"%s\"><title>%s: %s to "
        "%s</title></rect>\n",
        left, y_, std::max(4.0, right - left),
        current              ? "current"
        : today > phase.last ? "past"
                             : "future",
        EscapeXml(phase.label), plan::FormatDate(phase.first), plan::FormatDate(phase.last));
    const double length = kCharWidth * DisplayWidth(phase.label);
    if (right - left > length + 16) {
      Text(left + 8, y_ + 13.5, current ? "light" : "", phase.label);
    } else if (right + 8 + length < kWidth) {
      Text(right + 8, y_ + 13.5, "", phase.label);
    } else {
      Text(left - 8, y_ + 13.5, "end", phase.label);
    }
    y_ += kPhaseHeight;
  }
  y_ += 10;
}

// Draws marks in the middle of the row. A mark that would hide another one is drawn above or below, or else where it
// hides the least.
void Drawing::DrawPart(const std::vector<YearMark>& marks, double middle) {
  std::array<double, 3> taken = {-kWidth, -kWidth, -kWidth};  // Where the last mark of each level is.
  std::vector<double> heights;
  for (const YearMark& mark : marks) {
    const double x = X(mark.due);
    const auto free = std::find_if(taken.begin(), taken.end(), [&](double to) { return x - to >= kApart; });
    const auto level = free != taken.end() ? free : std::min_element(taken.begin(), taken.end());
    heights.push_back(std::array<double, 3>{0, -kLevelHeight, kLevelHeight}[level - taken.begin()]);
    *level = x;
  }
  for (int rank = kMarkLooks; rank-- > 0;) {
    for (size_t i = 0; i < marks.size(); ++i) {
      if (marks[i].rank != rank) continue;
      absl::StrAppend(&body_, "<g><title>", EscapeXml(TooltipOf(marks[i])), "</title>",
                      MarkShape(X(marks[i].due), middle + heights[i], MarkLooks()[rank]), "</g>\n");
    }
  }
}

void Drawing::DrawRow(const YearRow& row, bool banded) {
  const double middle = y_ + kRowHeight / 2;
  if (banded) {
    absl::StrAppendFormat(&bands_, "<rect x=\"0\" y=\"%.1f\" width=\"%.0f\" height=\"%.1f\" class=\"band\"/>\n", y_,
                          kWidth, kRowHeight);
  }
  Text(left_ - 12, middle + 4, "end", Cut(row.label, kMostLabel));
  std::vector<YearMark> close;
  std::vector<YearMark> rest;
  for (const YearMark& mark : row.marks) (InClosePart(mark.due) ? close : rest).push_back(mark);
  DrawPart(close, middle);
  DrawPart(rest, middle);
  Text(kWidth - kMargin, middle + 4, "quiet end", absl::StrCat(row.done, " of ", row.marks.size()));
  y_ += kRowHeight;
}

void Drawing::DrawHeadingRow(absl::string_view heading) {
  Text(left_ - 12, y_ + 18, "quiet end", heading);
  y_ += 24;
}

void Drawing::DrawRows() {
  bool care_team = false;
  bool banded = true;
  for (const YearRow& row : year_.rows) {
    if (row.care_team && !care_team) {
      DrawHeadingRow("care team");
      care_team = true;
      banded = true;
    }
    DrawRow(row, banded);
    banded = !banded;
  }
}

// Draws the curve between lines for the lowest and the highest score.
void Drawing::DrawCurve(const YearCurve& curve) {
  const double top = y_ + kCurveGap;
  const double base = y_ + kCurveHeight;
  for (const double line : {top, base}) {
    absl::StrAppendFormat(&body_, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"grid\"/>\n", left_,
                          line, kPlotRight, line);
  }
  std::vector<CurvePoint> points;
  const double range = curve.scale.high - curve.scale.low;
  for (const YearScore& score : curve.scores) {
    const double share = range > 0 ? (score.score - curve.scale.low) / range : 0;
    points.push_back({X(score.time), base - share * (base - top),
                      absl::StrCat(score.reminder, ", ", plan::FormatMinute(absl::CivilMinute(score.time)), ": ",
                                   score.score)});
  }
  absl::StrAppend(&body_, CurveShape(points, base), "\n");
  const double middle = (top + base) / 2;
  Text(left_ - 12, middle + 4, "end", Cut(curve.label, kMostLabel));
  Text(kWidth - kMargin, middle + 4, "quiet end", TrendLabel(curve));
  y_ += kCurveHeight;
}

void Drawing::DrawCurves() {
  const YearCurve* before = nullptr;
  for (const YearCurve& curve : year_.curves) {
    if (before == nullptr || before->scale != curve.scale) DrawHeadingRow(ScaleLabel(curve.scale));
    before = &curve;
    DrawCurve(curve);
  }
}

void Drawing::DrawToday() {
  if (year_.now < absl::CivilSecond(year_.procedure_date) || absl::CivilDay(year_.now) > year_.last) {
    Text(kMargin, y_ + 18, "now", absl::StrCat("Now: ", year_.today, " (not in the picture)"));
  } else {
    const double x = X(year_.now);
    Line(x, plot_top_, y_ + 4, "today");
    const bool right_half = x > (left_ + kPlotRight) / 2;
    Text(x, y_ + 18, right_half ? "now end" : "now", absl::StrCat("Now: ", year_.today));
  }
  y_ += 44;
}

// Draws an entry at `*x`, or on a new line if it does not fit, and moves `*x` to where the next one is.
void Drawing::DrawLegendEntry(absl::string_view label, double* x, absl::FunctionRef<std::string(double x)> shape) {
  const double width = kCharWidth * DisplayWidth(label);
  if (*x + 12 + width > kWidth - kMargin) {
    *x = kMargin + 6;
    y_ += 24;
  }
  absl::StrAppend(&body_, shape(*x), "\n");
  Text(*x + 12, y_, "", label);
  *x += 40 + width;
}

void Drawing::DrawLegend() {
  double x = kMargin + 6;
  for (int rank = kMarkLooks; rank-- > 0;) {
    if (year_.counts[rank] == 0) continue;
    const MarkLook& look = MarkLooks()[rank];
    DrawLegendEntry(absl::StrCat(look.label, " ", Thousands(year_.counts[rank])), &x,
                    [&](double at) { return MarkShape(at, y_ - 4, look); });
  }
  if (!year_.curves.empty()) {
    DrawLegendEntry("scores by time of answer", &x, [&](double at) {
      return CurveShape({{at - 7, y_ - 2, ""}, {at, y_ - 8, ""}, {at + 7, y_ - 5, ""}}, y_ + 1);
    });
  }
  const std::string note = absl::StrCat(split_ ? absl::StrCat("Days 0 to ", kCloseDays - 1, " are drawn wider. ") : "",
                                        "Right: sent or completed, of all.");
  if (x + kCharWidth * static_cast<double>(note.size()) > kWidth - kMargin) y_ += 24;
  Text(kWidth - kMargin, y_, "quiet end", note);
  y_ += 26;
  for (const std::string& line : {year_.answers, HeldNote(year_)}) {
    if (line.empty()) continue;
    Text(kMargin, y_, "", line);
    y_ += 26;
  }
}

std::string Drawing::Render() {
  DrawHeading();
  DrawScale();
  DrawPhases();
  DrawRows();
  DrawCurves();
  const double bottom = y_;
  DrawToday();
  DrawLegend();
  const std::string content = std::move(body_);
  body_.clear();
  for (const double x : grid_) Line(x, plot_top_, bottom, "grid");
  const std::string grid = std::move(body_);

  int total = 0;
  for (const int count : year_.counts) total += count;
  const std::string size =
      absl::StrFormat("viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\"", kWidth, y_, kWidth, y_);
  return absl::StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" ", size,
                      " role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">", EscapeXml(year_.title),
                      "</title>\n<desc id=\"desc\">", EscapeXml(year_.subtitle), ". ", Counted(total, "reminder"),
                      ". Now: ", EscapeXml(year_.today), ".</desc>\n<style>", kStyle,
                      "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n", bands_, grid, content,
                      "</svg>\n");
}

}  // namespace

std::string RenderYearSvg(const Year& year) { return Drawing(year).Render(); }

}  // namespace aftercare::client
