#include "services/client/common/values.h"

#include "aftercare/v1/pathway.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

absl::TimeZone Zone(const char* name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone));
  return zone;
}

absl::Time Utc(int month, int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), absl::UTCTimeZone());
}

TEST(ValuesTest, DurationsAreNumbersWithUnits) {
  EXPECT_EQ(*ParseDuration("3d"), absl::Hours(72));
  EXPECT_EQ(*ParseDuration("1d12h"), absl::Hours(36));
  EXPECT_EQ(*ParseDuration("2w"), absl::Hours(336));
  EXPECT_EQ(*ParseDuration("90m"), absl::Minutes(90));
  EXPECT_EQ(*ParseDuration("0s"), absl::ZeroDuration());
}

TEST(ValuesTest, WhatIsNoDurationIsAUsageError) {
  for (const char* text : {"", "3", "d", "3x", "-3d", "3 d", "1.5h", "99999999999d", "3d4"}) {
    EXPECT_EQ(ExitCodeOf(ParseDuration(text).status()), kExitUsage) << text;
  }
}

TEST(ValuesTest, AFaultOfADurationNamesItsOption) {
  EXPECT_EQ(*ParseDuration("--wait", "90m"), absl::Minutes(90));
  const absl::Status status = ParseDuration("--wait", "long").status();
  EXPECT_EQ(ExitCodeOf(status), kExitUsage);
  EXPECT_EQ(std::string(status.message()),
            "--wait \"long\" is no duration: write 3d, 12h, 1d12h, 90m or 30s");
}

TEST(ValuesTest, ADurationIsShownAsItCanBeTyped) {
  for (const char* text : {"24h", "36h30m", "1m", "90s", "720h"}) {
    const absl::Duration duration = *ParseDuration(text);
    EXPECT_EQ(*ParseDuration(FormatDuration(ToProto(duration))), duration) << text;
  }
  EXPECT_EQ(FormatDuration(ToProto(absl::Hours(24))), "24h");
}

TEST(ValuesTest, ALocalTimeIsReadInTheZone) {
  const TimeFrame frame{Zone("America/New_York"), Utc(3, 2, 14)};
  EXPECT_EQ(*ParseInstant("2026-03-02T09:00", frame), Utc(3, 2, 14));
  EXPECT_EQ(*ParseInstant("2026-03-03", frame), Utc(3, 3, 5));
  EXPECT_EQ(*ParseInstant("2026-03-02T14:00:00Z", frame), Utc(3, 2, 14));
  EXPECT_EQ(*ParseInstant("2026-03-02T16:00:00+02:00", frame), Utc(3, 2, 14));
}

TEST(ValuesTest, ALocalTimeClocksSkipOrRepeatIsReadWithTheOffsetBefore) {
  const TimeFrame frame{Zone("America/New_York"), Utc(3, 2, 14)};
  EXPECT_EQ(*ParseInstant("2026-03-08T02:30", frame), Utc(3, 8, 7, 30));
  EXPECT_EQ(*ParseInstant("2026-11-01T01:30", frame), Utc(11, 1, 5, 30));
}

TEST(ValuesTest, RelativeTimesCountFromNow) {
  const TimeFrame frame{absl::UTCTimeZone(), Utc(3, 2, 14)};
  EXPECT_EQ(*ParseInstant("now", frame), Utc(3, 2, 14));
  EXPECT_EQ(*ParseInstant("+3d", frame), Utc(3, 5, 14));
  EXPECT_EQ(*ParseInstant("-12h", frame), Utc(3, 2, 2));
  EXPECT_EQ(ExitCodeOf(ParseAbsoluteInstant("now", absl::UTCTimeZone()).status()), kExitUsage);
}

TEST(ValuesTest, WhatIsNoTimeIsAUsageError) {
  const TimeFrame frame{absl::UTCTimeZone(), Utc(3, 2, 14)};
  for (const char* text : {"", "tomorrow", "2026-13-01", "2026-02-30", "2026-3-2", "2026-03-02T25:00",
                           "2026-03-02 09:00", "infinite-future", "+", "+3"}) {
    EXPECT_EQ(ExitCodeOf(ParseInstant(text, frame).status()), kExitUsage) << text;
  }
}

TEST(ValuesTest, FactorsAreNamesWithValues) {
  const auto factors = ParseFactors({"severity=severe", "note=a=b", "severity=severe"});
  ASSERT_TRUE(factors.ok());
  EXPECT_EQ(factors->size(), 2u);
  EXPECT_EQ(factors->at("severity"), "severe");
  EXPECT_EQ(factors->at("note"), "a=b");
}

TEST(ValuesTest, AFactorWithTwoValuesIsRefused) {
  EXPECT_EQ(ExitCodeOf(ParseFactors({"severity=severe", "severity=mild"}).status()), kExitUsage);
  for (const char* pair : {"severity", "=severe", "severity=", ""}) {
    EXPECT_EQ(ExitCodeOf(ParseFactors({pair}).status()), kExitUsage) << pair;
  }
}

TEST(ValuesTest, EnumerationsAreReadByAnySpellingOfTheirNames) {
  const auto& type = *v1::Audience_descriptor();
  for (const char* text : {"care-team", "CARE_TEAM", "Care-Team", "AUDIENCE_CARE_TEAM"}) {
    EXPECT_EQ(*ParseEnum(type, "--audience", text), v1::AUDIENCE_CARE_TEAM) << text;
  }
  EXPECT_EQ(EnumLabel(type, v1::AUDIENCE_CARE_TEAM), "care-team");
  EXPECT_EQ(EnumLabel(type, 0), "");
  EXPECT_EQ(EnumLabel(type, 99), "99");
}

TEST(ValuesTest, AnUnknownValueIsAnsweredWithTheChoices) {
  for (const char* text : {"robot", "unspecified", ""}) {
    const auto value = ParseEnum(*v1::Audience_descriptor(), "--audience", text);
    EXPECT_EQ(ExitCodeOf(value.status()), kExitUsage) << text;
    EXPECT_THAT(std::string(value.status().message()), testing::HasSubstr("choose from patient, care-team"));
  }
}

TEST(ValuesTest, InstantsAreShownByTheClockOfTheZone) {
  google::protobuf::Timestamp timestamp;
  EXPECT_EQ(FormatInstant(timestamp, absl::UTCTimeZone()), "");
  plan::SetTimestamp(Utc(3, 2, 14), &timestamp);
  EXPECT_EQ(FormatInstant(timestamp, Zone("America/New_York")), "2026-03-02 09:00");
  EXPECT_EQ(FormatLongDate(absl::CivilDay(2026, 3, 2)), "Mon 2 Mar 2026");
}

TEST(ValuesTest, AnUnknownZoneIsReadAsUtc) {
  EXPECT_EQ(ZoneOrUtc("America/New_York"), Zone("America/New_York"));
  EXPECT_EQ(ZoneOrUtc("Mars/Olympus"), absl::UTCTimeZone());
}

TEST(ValuesTest, DurationsKeepTheirFractions) {
  const auto proto = ToProto(absl::Milliseconds(1500));
  EXPECT_EQ(proto.seconds(), 1);
  EXPECT_EQ(proto.nanos(), 500'000'000);
}

}  // namespace
}  // namespace aftercare::client
