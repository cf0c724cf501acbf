#include "services/client/input/filter_options.h"

#include "gtest/gtest.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

// What a command line with these arguments selects.
absl::StatusOr<v1::ReminderFilter> FilterFor(std::vector<std::string> arguments) {
  CLI::App app;
  FilterOptions options;
  AddFilterOptions(&app, &options);
  std::string positional;
  app.add_option("POSITIONAL", positional);
  std::reverse(arguments.begin(), arguments.end());  // As CLI11 wants them.
  app.parse(arguments);
  return FilterOf(options, "clinics/demo", {absl::UTCTimeZone(), absl::FromUnixSeconds(1'000'000)});
}

TEST(FilterOptionsTest, WithoutOptionsEverythingIsSelected) { EXPECT_EQ(FilterFor({})->SerializeAsString(), ""); }

TEST(FilterOptionsTest, EachOptionSetsItsCondition) {
  const auto filter =
      FilterFor({"--patient",  "P-1",    "--enrollment", "ana",       "--phase",   "a",   "--phase", "b",
                 "--category", "ice",    "--audience",   "care-team", "--channel", "sms", "--state", "due",
                 "--state",    "leased", "--from",       "now",       "--to",      "+1h"});
  ASSERT_TRUE(filter.ok());
  EXPECT_EQ(filter->patient(), "P-1");
  EXPECT_EQ(filter->enrollment(), "clinics/demo/enrollments/ana");
  EXPECT_EQ(filter->phases_size(), 2);
  EXPECT_EQ(filter->categories(0), "ice");
  EXPECT_EQ(filter->audience(), v1::AUDIENCE_CARE_TEAM);
  EXPECT_EQ(filter->channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(filter->states(1), v1::REMINDER_STATE_LEASED);
  EXPECT_EQ(filter->due_from().seconds(), 1'000'000);
  EXPECT_EQ(filter->due_before().seconds(), 1'003'600);
}

TEST(FilterOptionsTest, BeforeIsAnotherWordForTo) {
  EXPECT_EQ(FilterFor({"--before", "now"})->due_before().seconds(), 1'000'000);
}

TEST(FilterOptionsTest, ARepeatableOptionLeavesTheArgumentsAfterItAlone) {
  const auto filter = FilterFor({"--phase", "a", "positional"});
  ASSERT_TRUE(filter.ok());
  EXPECT_EQ(filter->phases_size(), 1);
}

TEST(FilterOptionsTest, ValuesThatMakeNoSenseAreUsageErrors) {
  for (const char* option : {"--audience", "--channel", "--state", "--from", "--to"}) {
    EXPECT_EQ(ExitCodeOf(FilterFor({option, "nonsense"}).status()), kExitUsage) << option;
  }
}

}  // namespace
}  // namespace aftercare::client
