#include "services/client/render/year_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/client/render/axis.h"
#include "services/client/render/canvas.h"
#include "services/client/render/score_scale.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

constexpr int kLeastLabel = 10;
constexpr int kMostLabel = 20;
constexpr int kCountColumns = 9;  // `  120/365`

// Draws one year. Lives for one call.
class Picture {
 public:
  Picture(const Year& year, int width, bool colour)
      : year_(year),
        width_(std::max(width, kLeastPictureWidth)),
        colour_(colour),
        label_(LabelWidth()),
        axis_(year.procedure_date, year.last, width_ - label_ - 1),
        today_(axis_.Contains(year.now) ? axis_.ColumnOf(year.now) : -1) {}

  std::string Render();

 private:
  int LabelWidth() const;
  Canvas EmptyRow() const;
  void AddLine(const Canvas& canvas) { absl::StrAppend(&out_, canvas.Render(colour_), "\n"); }
  void AddText(absl::string_view text, Ink ink);
  int At(int axis_column) const { return label_ + 1 + axis_column; }
  int ColumnOf(absl::CivilSecond time) const { return At(axis_.ColumnOf(time)); }
  int End() const { return At(axis_.columns()); }

  void DrawHeading();
  void DrawCalendar();
  void DrawScale();
  std::vector<int> WeekTicks() const;
  void DrawPhases();
  void DrawPhaseLabel(const YearPhase& phase, int first, int last, Ink ink, Canvas* row) const;
  void DrawRows();
  void DrawRow(const YearRow& row);
  void DrawHeadingRow(absl::string_view heading);
  void DrawCurves();
  void DrawLegend();
  void DrawLegendEntries();
  std::string ScaleNote() const;

  const Year& year_;
  const int width_;
  const bool colour_;
  const int label_;  // Columns of the labels, left of the axis. One blank column follows.
  const Axis axis_;
  const int today_;  // Today's column on the axis, or -1.
  std::string out_;
};

// Returns the width of the longest label, or a smaller one if that makes room for a scale of a column a week.
int Picture::LabelWidth() const {
  int longest = kLeastLabel;
  for (const YearRow& row : year_.rows) longest = std::max(longest, DisplayWidth(row.label));
  longest = std::min(longest, kMostLabel);
  for (int label = longest; label >= kLeastLabel; --label) {
    if (Axis(year_.procedure_date, year_.last, width_ - label - 1).days_a_column() <= 7) return label;
  }
  return longest;
}

Canvas Picture::EmptyRow() const {
  Canvas row(width_);
  if (axis_.break_column() >= 0) row.Put(At(axis_.break_column()), "┊", Ink::kDim);
  if (today_ >= 0) row.Put(At(today_), "│", Ink::kBlue);
  return row;
}

void Picture::AddText(absl::string_view text, Ink ink) {
  for (const std::string& line : Wrap(text, width_)) absl::StrAppend(&out_, Paint(ink, line, colour_), "\n");
}

void Picture::DrawHeading() {
  AddText(year_.title, Ink::kBold);
  AddText(year_.subtitle, Ink::kDim);
  out_ += "\n";
}

// Draws the date of the procedure, then the names of the months where they begin.
void Picture::DrawCalendar() {
  Canvas row(width_);
  const absl::TimeZone utc = absl::UTCTimeZone();
  const auto name = [&](const char* format, absl::CivilDay day) {
    return absl::FormatTime(format, absl::FromCivil(day, utc), utc);
  };
  row.WriteApart(At(0), name("%-d %b", year_.procedure_date), Ink::kPlain);
  for (absl::CivilMonth month = absl::CivilMonth(year_.procedure_date) + 1; absl::CivilDay(month) <= year_.last;
       ++month) {
    const absl::CivilDay day(month);
    const int column = ColumnOf(absl::CivilSecond(day));
    const bool january = month.month() == 1;
    if (january && row.WriteApart(column, name("%b %Y", day), Ink::kPlain)) continue;
    row.WriteApart(column, name("%b", day), Ink::kPlain);
  }
  AddLine(row);
}

// Returns the weeks to label, so far apart that the labels fit.
std::vector<int> Picture::WeekTicks() const {
  std::vector<int> weeks;
  if (axis_.break_column() < 0) return weeks;
  const double columns_a_week = 7 / axis_.days_a_column();
  int step = 520;
  for (const int candidate : {520, 104, 52, 26, 13, 8, 4, 2}) {
    if (candidate * columns_a_week >= 4) step = candidate;
  }
  const int last = static_cast<int>((year_.last - year_.procedure_date + 6) / 7);
  for (int week = step; week <= last; week += step) {
    if (week > 2) weeks.push_back(week);
  }
  return weeks;
}

void Picture::DrawScale() {
  Canvas row(width_);
  Canvas line(width_);
  for (int column = 0; column < axis_.columns(); ++column) line.Put(At(column), "─", Ink::kDim);
  row.Write(0, axis_.break_column() < 0 ? "day" : "day, week", Ink::kDim);
  const auto tick = [&](absl::CivilDay day, const std::string& label) {
    const int column = ColumnOf(absl::CivilSecond(day));
    if (column < End() && row.WriteApart(column, label, Ink::kDim)) line.Put(column, "┬", Ink::kDim);
  };
  const int64_t days = year_.last - year_.procedure_date;
  // The most important days come first: a label that would touch an earlier one is left out. With two scales only days
  // of the first one are labelled, so that they do not hide the first week.
  for (const int day : {0, 7, 14, 3, 10, 5, 12, 1, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91}) {
    if (day <= days && (axis_.break_column() < 0 || day < kCloseDays)) {
      tick(year_.procedure_date + day, absl::StrCat("d", day));
    }
  }
  for (const int week : WeekTicks()) tick(year_.procedure_date + 7 * (week - 1) + 1, absl::StrCat("w", week));
  if (axis_.break_column() >= 0) line.Put(At(axis_.break_column()), "┊", Ink::kDim);
  if (today_ >= 0) line.Put(At(today_), "▼", Ink::kBlue);
  AddLine(row);
  AddLine(line);
}

// Writes the label right of the bar, left of it, or inside it, wherever there is room first.
void Picture::DrawPhaseLabel(const YearPhase& phase, int first, int last, Ink ink, Canvas* row) const {
  const int width = DisplayWidth(phase.label);
  // Keep clear of the line between the two scales.
  const int beside = last + (last + 1 == At(axis_.break_column()) ? 3 : 2);
  if (beside + width <= width_) {
    row->Write(beside, phase.label, ink);
  } else if (first - 1 - width >= 0) {
    row->Write(first - 1 - width, phase.label, ink);
  } else {
    row->Write(first + 2, absl::StrCat(" ", Cut(phase.label, std::max(1, last - first - 4)), " "), ink);
  }
}

void Picture::DrawPhases() {
  for (const YearPhase& phase : year_.phases) {
    Canvas row = EmptyRow();
    const absl::CivilDay today(year_.now);
    const Ink ink = today > phase.last ? Ink::kDim : today >= phase.first ? Ink::kGreen : Ink::kPlain;
    const int first = ColumnOf(absl::CivilSecond(phase.first));
    const int last = ColumnOf(absl::CivilSecond(phase.last + 1) - 1);
    for (int column = first; column <= last; ++column) {
      row.Put(column, today_ >= 0 && column == At(today_) ? "┿" : "━", ink);
    }
    DrawPhaseLabel(phase, first, last, ink, &row);
    AddLine(row);
  }
  AddLine(EmptyRow());
}

void Picture::DrawRow(const YearRow& row) {
  Canvas line = EmptyRow();
  line.Write(0, Cut(row.label, label_), Ink::kPlain);
  std::vector<int> shown(axis_.columns(), static_cast<int>(MarkLooks().size()));
  for (const YearMark& mark : row.marks) {
    const int column = axis_.ColumnOf(mark.due);
    if (mark.rank >= shown[column]) continue;
    shown[column] = mark.rank;
    line.Put(At(column), MarkLooks()[mark.rank].glyph, MarkLooks()[mark.rank].ink);
  }
  if (End() + kCountColumns <= width_) {
    line.Write(End() + 2, absl::StrCat(row.done, "/", row.marks.size()), Ink::kDim);
  }
  AddLine(line);
}

void Picture::DrawHeadingRow(absl::string_view heading) {
  Canvas row = EmptyRow();
  row.Write(0, heading, Ink::kDim);
  AddLine(row);
}

void Picture::DrawRows() {
  bool care_team = false;
  for (const YearRow& row : year_.rows) {
    if (row.care_team && !care_team) DrawHeadingRow("care team");
    care_team = row.care_team;
    DrawRow(row);
  }
}

// Draws the scores as bars. Of several in one column the last shows.
void Picture::DrawCurves() {
  const YearCurve* before = nullptr;
  for (const YearCurve& curve : year_.curves) {
    if (before == nullptr || before->scale != curve.scale) DrawHeadingRow(ScaleLabel(curve.scale));
    before = &curve;
    Canvas line = EmptyRow();
    line.Write(0, Cut(curve.label, label_), Ink::kPlain);
    for (const YearScore& score : curve.scores) {
      line.Put(ColumnOf(score.time), DrawScores({score.score}, curve.scale), Ink::kCyan);
    }
    const std::string trend = TrendLabel(curve);
    if (End() + 2 + DisplayWidth(trend) <= width_) line.Write(End() + 2, trend, Ink::kDim);
    AddLine(line);
  }
}

std::string Picture::ScaleNote() const {
  const auto span = [](double days) {
    if (days < 1) return absl::StrCat(static_cast<int>(days * 24), " hours");
    if (days == 1) return std::string("a day");
    if (days == 3.5) return std::string("half a week");
    return days == 7 ? std::string("a week") : absl::StrCat(static_cast<int>(days / 7), " weeks");
  };
  const std::string close = span(1.0 / axis_.columns_a_day());
  if (axis_.break_column() < 0) return absl::StrCat("One column is ", close, ".");
  return absl::StrCat("One column is ", close, " up to day ", kCloseDays - 1, ", then ", span(axis_.days_a_column()),
                      "; of several reminders in one column the most pressing shows.");
}

// Draws as many entries on a line as fit.
void Picture::DrawLegendEntries() {
  std::string line;
  int used = 0;
  const auto add = [&](absl::string_view glyph, Ink ink, const std::string& words) {
    const int width = DisplayWidth(glyph) + DisplayWidth(words);
    if (used > 0 && used + 3 + width > width_) {
      absl::StrAppend(&out_, line, "\n");
      line.clear();
      used = 0;
    }
    absl::StrAppend(&line, used > 0 ? "   " : "", Paint(ink, glyph, colour_), words);
    used += (used > 0 ? 3 : 0) + width;
  };
  for (int rank = kMarkLooks; rank-- > 0;) {
    const MarkLook& look = MarkLooks()[rank];
    if (year_.counts[rank] == 0) continue;
    add(look.glyph, look.ink, absl::StrCat(" ", look.label, " ", Thousands(year_.counts[rank])));
  }
  if (!year_.curves.empty()) add("▁▄█", Ink::kCyan, " scores by time of answer");
  absl::StrAppend(&out_, line, line.empty() ? "" : "\n");
}

void Picture::DrawLegend() {
  out_ += "\n";
  const bool inside = today_ >= 0;
  const std::string today =
      absl::StrCat(inside ? "▼ " : "", "now ", year_.today, inside ? "" : " (not in the picture)");
  absl::StrAppend(&out_, Paint(Ink::kBlue, Cut(today, width_), colour_), "\n");
  DrawLegendEntries();
  if (!year_.answers.empty()) AddText(year_.answers, Ink::kPlain);
  if (year_.held > 0) AddText(HeldNote(year_), Ink::kYellow);
  AddText(ScaleNote(), Ink::kDim);
}

std::string Picture::Render() {
  DrawHeading();
  DrawCalendar();
  DrawScale();
  DrawPhases();
  DrawRows();
  DrawCurves();
  DrawLegend();
  return std::move(out_);
}

}  // namespace

std::string RenderYearText(const Year& year, int width, bool colour) { return Picture(year, width, colour).Render(); }

}  // namespace aftercare::client
