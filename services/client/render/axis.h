#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_AXIS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_AXIS_H_

#include <vector>

#include "absl/time/civil_time.h"

namespace aftercare::client {

// The number of days in the scale by days: day 0 to 14. These days have most of the reminders.
inline constexpr int kCloseDays = 15;

// The time axis of a picture of text: maps a time of the year to a column. The first kCloseDays days have a scale by
// days, the rest of the year has a scale by weeks, and one column between the two shows where the scale changes. A
// short year has the scale by days throughout. Immutable, so thread safe.
class Axis {
 public:
  // Makes an axis from `day0` to `last` with the finest scale that fits in `columns` columns (at least 20).
  Axis(absl::CivilDay day0, absl::CivilDay last, int columns);

  // Returns how many columns the axis takes.
  int columns() const { return static_cast<int>(starts_.size()); }

  // Returns how many columns a day takes in the scale by days.
  int columns_a_day() const { return columns_a_day_; }

  // Returns the column where the scale changes, or -1 if there is none.
  int break_column() const { return break_column_; }

  // Returns how many days a column stands for in the scale by weeks.
  double days_a_column() const { return days_a_column_; }

  // Returns the column of a local time. A time outside the axis gets the nearest column.
  int ColumnOf(absl::CivilSecond time) const;

  // Returns whether the time is on one of the days of the axis.
  bool Contains(absl::CivilSecond time) const;

 private:
  void AddDays(int days);
  void AddWeeks(int columns, int weeks);

  absl::CivilDay day0_;
  absl::CivilDay last_;
  std::vector<absl::CivilSecond> starts_;  // When each column begins. The break and the first week begin together.
  int columns_a_day_ = 1;
  int break_column_ = -1;
  double days_a_column_ = 1;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_AXIS_H_
