#include "services/client/render/axis.h"

#include "gtest/gtest.h"

namespace aftercare::client {
namespace {

const absl::CivilDay kDay0(2026, 3, 2);

TEST(AxisTest, AShortYearGoesDayByDay) {
  const Axis axis(kDay0, kDay0 + 19, 40);
  EXPECT_EQ(axis.break_column(), -1);
  EXPECT_EQ(axis.columns_a_day(), 2);
  EXPECT_EQ(axis.columns(), 40);
  EXPECT_EQ(axis.ColumnOf(absl::CivilSecond(kDay0 + 3) + 13 * 3600), 7);
}

TEST(AxisTest, ALongYearFitsInAnyWidth) {
  for (const int days : {30, 100, 365, 800, 3660}) {
    for (int columns = 20; columns <= 250; ++columns) {
      const Axis axis(kDay0, kDay0 + days, columns);
      EXPECT_LE(axis.columns(), columns) << days << " days";
      EXPECT_EQ(axis.ColumnOf(absl::CivilSecond(kDay0 + days) + 86399), axis.columns() - 1) << days << " " << columns;
    }
  }
}

TEST(AxisTest, TheFirstTwoWeeksGoDayByDayAndTheRestByWeeks) {
  const Axis axis(kDay0, kDay0 + 364, 80);
  EXPECT_EQ(axis.break_column(), kCloseDays);
  EXPECT_EQ(axis.days_a_column(), 7);
  EXPECT_EQ(axis.ColumnOf(absl::CivilSecond(kDay0 + 14)), 14);
  EXPECT_EQ(axis.ColumnOf(absl::CivilSecond(kDay0 + 15)), 16);
  EXPECT_EQ(axis.ColumnOf(absl::CivilSecond(kDay0 + 21)), 16);
  EXPECT_EQ(axis.ColumnOf(absl::CivilSecond(kDay0 + 22)), 17);
}

TEST(AxisTest, NothingFallsIntoTheChangeOfScale) {
  const Axis axis(kDay0, kDay0 + 364, 100);
  for (absl::CivilHour hour(kDay0); absl::CivilDay(hour) <= kDay0 + 364; ++hour) {
    EXPECT_NE(axis.ColumnOf(absl::CivilSecond(hour)), axis.break_column()) << hour;
  }
}

TEST(AxisTest, LaterIsNeverFurtherLeft) {
  const Axis axis(kDay0, kDay0 + 364, 133);
  int before = 0;
  for (absl::CivilHour hour(kDay0); absl::CivilDay(hour) <= kDay0 + 364; ++hour) {
    const int column = axis.ColumnOf(absl::CivilSecond(hour));
    EXPECT_GE(column, before);
    before = column;
  }
}

TEST(AxisTest, TimesOutsideAreDrawnAtTheEdgeAndKnownAsOutside) {
  const Axis axis(kDay0, kDay0 + 364, 80);
  EXPECT_EQ(axis.ColumnOf(absl::CivilSecond(kDay0 - 5)), 0);
  EXPECT_EQ(axis.ColumnOf(absl::CivilSecond(kDay0 + 900)), axis.columns() - 1);
  EXPECT_FALSE(axis.Contains(absl::CivilSecond(kDay0) - 1));
  EXPECT_TRUE(axis.Contains(absl::CivilSecond(kDay0)));
  EXPECT_TRUE(axis.Contains(absl::CivilSecond(kDay0 + 365) - 1));
  EXPECT_FALSE(axis.Contains(absl::CivilSecond(kDay0 + 365)));
}

}  // namespace
}  // namespace aftercare::client
