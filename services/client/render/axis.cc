#include "services/client/render/axis.h"

#include <algorithm>

namespace aftercare::client {
namespace {

constexpr int64_t kDaySeconds = 86400;

// The scales of both parts: `day` columns a day, then `columns` columns for `weeks` weeks.
struct Scale {
  int day = 1;
  int columns = 1;
  int weeks = 1;
};

// From the finest to the coarsest.
constexpr Scale kScales[] = {{3, 2, 1}, {2, 2, 1}, {3, 1, 1}, {2, 1, 1}, {1, 1, 1}, {2, 1, 2}, {1, 1, 2}, {1, 1, 4}};

int WeekColumns(int64_t days, int columns, int weeks) {
  return static_cast<int>((days * columns + 7 * weeks - 1) / (7 * weeks));
}

}  // namespace

Axis::Axis(absl::CivilDay day0, absl::CivilDay last, int columns) : day0_(day0), last_(std::max(day0, last)) {
  columns = std::max(columns, 20);
  const int64_t days = last_ - day0_ + 1;
  for (const int day : {3, 2, 1}) {
    if (days * day > columns) continue;
    columns_a_day_ = day;
    AddDays(static_cast<int>(days));
    return;
  }
  const int64_t rest = days - kCloseDays;
  Scale scale = kScales[std::size(kScales) - 1];
  for (const Scale& candidate : kScales) {
    scale = candidate;
    if (kCloseDays * scale.day + 1 + WeekColumns(rest, scale.columns, scale.weeks) <= columns) break;
  }
  while (kCloseDays + 1 + WeekColumns(rest, scale.columns, scale.weeks) > columns) ++scale.weeks;
  columns_a_day_ = scale.day;
  AddDays(kCloseDays);
  AddWeeks(scale.columns, scale.weeks);
}

void Axis::AddDays(int days) {
  for (int i = 0; i < days * columns_a_day_; ++i) {
    starts_.push_back(absl::CivilSecond(day0_) + i * (kDaySeconds / columns_a_day_));
  }
}

void Axis::AddWeeks(int columns, int weeks) {
  const absl::CivilSecond begin(day0_ + kCloseDays);
  const int64_t column_seconds = 7 * weeks * kDaySeconds / columns;
  days_a_column_ = static_cast<double>(column_seconds) / kDaySeconds;
  break_column_ = static_cast<int>(starts_.size());
  // The break begins when the first week does, so that nothing ever falls into it.
  starts_.push_back(begin);
  const int count = WeekColumns(last_ - absl::CivilDay(begin) + 1, columns, weeks);
  for (int i = 0; i < count; ++i) starts_.push_back(begin + i * column_seconds);
}

int Axis::ColumnOf(absl::CivilSecond time) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), time);
  return std::max<int>(0, static_cast<int>(after - starts_.begin()) - 1);
}

bool Axis::Contains(absl::CivilSecond time) const {
  return time >= absl::CivilSecond(day0_) && time < absl::CivilSecond(last_ + 1);
}

}  // namespace aftercare::client
