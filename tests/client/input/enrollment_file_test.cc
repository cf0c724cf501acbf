#include "services/client/input/enrollment_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/common/failure.h"
#include "services/client/common/json.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

constexpr char kText[] = R"(patient: "P-17"
first_name: "Ana"
factors { key: "severity" value: "severe" }
contact_points { channel: CHANNEL_SMS address: "+15550100" }
consent: CONSENT_GRANTED
)";

TEST(EnrollmentFileTest, TextAndJsonSayTheSame) {
  const auto text = ParseEnrollment("ana", kText);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->factors().at("severity"), "severe");
  const auto json = ParseEnrollment("ana", absl::StrCat("\n  ", ToJson(*text), "\n"));
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(json->SerializeAsString(), text->SerializeAsString());
}

TEST(EnrollmentFileTest, AFaultIsNamedWhereItIs) {
  EXPECT_THAT(RenderFailure(ParseEnrollment("ana.textproto", "patient: \"P\"\nfirst: \"A\"\n").status(), ""),
              HasSubstr("  ana.textproto:2:6: "));
  const absl::Status json = ParseEnrollment("ana.json", "{\"first\": \"A\"}").status();
  EXPECT_THAT(RenderFailure(json, ""), HasSubstr("  ana.json: "));
  EXPECT_THAT(RenderFailure(json, ""), HasSubstr("first"));
  EXPECT_EQ(ExitCodeOf(json), kExitRefused);
}

TEST(EnrollmentFileTest, AFileThatCannotBeReadIsAUsageError) {
  EXPECT_EQ(ExitCodeOf(ReadEnrollmentFile("/nowhere/ana.json").status()), kExitUsage);
}

}  // namespace
}  // namespace aftercare::client
