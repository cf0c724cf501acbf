#include "services/client/render/table.h"

#include "gtest/gtest.h"
#include "services/client/common/terminal.h"

namespace aftercare::client {
namespace {

TEST(TableTest, ColumnsAreAsWideAsTheirWidestCell) {
  Table table({"NAME", ">COUNT", "TEXT"});
  table.Add({"ice", "9", "x"});
  table.Add({"harvest-site", "1,204", "y"});
  EXPECT_EQ(table.Render(0, false),
            "NAME          COUNT  TEXT\n"
            "ice               9  x\n"
            "harvest-site  1,204  y\n");
}

TEST(TableTest, NoLineIsWiderThanAsked) {
  Table table({"NAME", "TEXT"});
  table.Add({"niño", "a long text that does not fit"});
  const std::string out = table.Render(14, false);
  EXPECT_EQ(out, "NAME  TEXT\nniño  a long …\n");
}

TEST(TableTest, MissingCellsAreEmpty) {
  Table table({"A", "B"});
  EXPECT_TRUE(table.empty());
  table.Add({"x"});
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(table.Render(0, false), "A  B\nx\n");
}

TEST(TableTest, OnlyTheTitlesHaveColour) {
  Table table({"A"});
  table.Add({"x"});
  EXPECT_EQ(table.Render(0, true), Paint(Ink::kDim, "A", true) + "\nx\n");
}

TEST(TableTest, NumbersAreGroupedByThousands) {
  EXPECT_EQ(Thousands(0), "0");
  EXPECT_EQ(Thousands(999), "999");
  EXPECT_EQ(Thousands(1000), "1,000");
  EXPECT_EQ(Thousands(-1234567), "-1,234,567");
  EXPECT_EQ(Thousands(-999), "-999");
}

TEST(TableTest, OneOfAKindIsSingular) {
  EXPECT_EQ(Counted(1, "reminder"), "1 reminder");
  EXPECT_EQ(Counted(0, "reminder"), "0 reminders");
  EXPECT_EQ(Counted(1204, "reminder"), "1,204 reminders");
}

}  // namespace
}  // namespace aftercare::client
