// Databases that earlier versions left behind open, tell the same, and go on without sending anything twice.
#include "tests/engine/recorded/recorded_year.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/support/temp_dir.h"

namespace aftercare::engine {
namespace {

// The parameter is the folder of a recorded year.
class RecordedYear : public ::testing::TestWithParam<const char*> {
 protected:
  static std::string Path(const std::string& file) {
    return absl::StrCat(AFTERCARE_SOURCE_DIR, "/tests/engine/recorded/", GetParam(), "/", file);
  }
  World world_{RecordedYearEnd(), {}, kRecordedRetention, nullptr, Path("facts.db")};
};
INSTANTIATE_TEST_SUITE_P(Schemas, RecordedYear, ::testing::Values("schema-5"));

TEST_P(RecordedYear, TellsWhatItTold) {
  const std::vector<std::string> expected = absl::StrSplit(ReadFile(Path("facts.txt")), '\n');
  const std::vector<std::string> described = absl::StrSplit(DescribeClinic(world_), '\n');
  for (size_t i = 0; i < std::min(expected.size(), described.size()); ++i) {
    ASSERT_EQ(described[i], expected[i]) << "line " << i + 1;
  }
  EXPECT_EQ(described.size(), expected.size());
  world_.ExpectListsAgree("north", 100);
}

TEST_P(RecordedYear, ALeaseThatWasGivenThenIsStillReported) {
  const std::string lease(absl::StripSuffix(ReadFile(Path("lease.txt")), "\n"));
  const v1::DeliveryResult result = world_.Report(lease, v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(ErrorOf(result.status()), "OK");
  EXPECT_EQ(result.state(), v1::REMINDER_STATE_SENT);
}

TEST_P(RecordedYear, GoesOnAndSendsNothingTwice) {
  std::set<std::string> told = ToldReminders(world_);
  EXPECT_GT(told.size(), 100u);
  const size_t before = told.size();
  for (absl::Time now = RecordedYearEnd(); now < RecordedYearEnd() + absl::Hours(60 * 24); now += absl::Hours(4)) {
    world_.MoveTo(now);
    for (const v1::Lease& lease : world_.Lease("north")) {
      EXPECT_TRUE(told.insert(lease.reminder()).second) << lease.reminder() << " was sent before";
      world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
    }
  }
  EXPECT_GT(told.size(), before + 20);
}

}  // namespace
}  // namespace aftercare::engine
