#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_AXIS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_AXIS_H_

#include <vector>

#include "absl/time/civil_time.h"

namespace aftercare::client {

// The days drawn one by one: those after a procedure are crowded, the rest of the year is long.
inline constexpr int kCloseDays = 15;  // Day 0 to 14: weeks 1 and 2.

// Which column of a terminal an hour of the year falls in. The first two weeks go day by day, what follows by weeks,
// and one column between them shows where the scale changes. A short year goes day by day throughout. Immutable, so
// thread safe.
class Axis {
 public:
  // From day 0 to the last day, in at most `columns` columns (at least 20 are assumed): the finest scale that fits.
  Axis(absl::CivilDay day0, absl::CivilDay last, int columns);

  // How many columns it takes.
  int columns() const { return static_cast<int>(starts_.size()); }

  // Columns a day takes in the first part.
  int columns_a_day() const { return columns_a_day_; }

  // The column of the change of scale, or -1 if there is none.
  int break_column() const { return break_column_; }

  // Days a column stands for in the second part.
  double days_a_column() const { return days_a_column_; }

  // The column of a local time; the nearest one for times outside.
  int ColumnOf(absl::CivilSecond time) const;

  // Whether the time is on one of the days shown.
  bool Contains(absl::CivilSecond time) const;

 private:
  void AddDays(int days);
  void AddWeeks(int numerator, int denominator);

  absl::CivilDay day0_;
  absl::CivilDay last_;
  std::vector<absl::CivilSecond> starts_;  // When each column begins; the break column where the second part does.
  int columns_a_day_ = 1;
  int break_column_ = -1;
  double days_a_column_ = 1;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_AXIS_H_
