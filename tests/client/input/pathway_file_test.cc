#include "services/client/input/pathway_file.h"

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

// Lines are counted from 1, and this begins with the first.
constexpr char kGood[] = R"(display_name: "Knee"
default_locale: "en"
phases {
  id: "first"
  display_name: "First days"
  span { days { first: 1 last: 3 } }
}
rules {
  id: "ice"
  phase: "first"
  category: "ice"
  schedule { daily {} times: "08:00" }
  texts { key: "en" value: "Ice, please." }
  texts {
    key: "es"
    value: "Hielo, por favor."
  }
}
)";

std::string With(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string FaultsOf(const std::string& text) {
  const auto file = PathwayFile::Parse("knee.textproto", text);
  const absl::Status status = file.ok() ? file->Compile().status() : file.status();
  EXPECT_FALSE(status.ok());
  return RenderFailure(status, "");
}

TEST(PathwayFileTest, AGoodPathwayCompiles) {
  const auto file = PathwayFile::Parse("dir/knee.v2.textproto", kGood);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file->Compile().ok());
  EXPECT_EQ(file->pathway().rules_size(), 1);
  EXPECT_EQ(file->DefaultId(), "knee");
}

TEST(PathwayFileTest, AFaultOfSyntaxIsNamedByLineAndColumn) {
  EXPECT_THAT(FaultsOf(With(kGood, "category:", "kategory:")), HasSubstr("  knee.textproto:11:11: "));
  EXPECT_THAT(FaultsOf("display_name: \"x"), HasSubstr("  knee.textproto:1:"));
}

TEST(PathwayFileTest, AFaultOfMeaningIsNamedByLineAndField) {
  EXPECT_THAT(FaultsOf(With(kGood, "\"08:00\"", "\"25:00\"")),
              HasSubstr("knee.textproto:12:23: rules[0].schedule.times[0]: "));
  EXPECT_THAT(FaultsOf(With(kGood, "phase: \"first\"", "phase: \"last\"")),
              HasSubstr("knee.textproto:10:3: rules[0].phase: "));
}

TEST(PathwayFileTest, AFaultInATextIsFoundByItsLanguage) {
  EXPECT_THAT(FaultsOf(With(kGood, "Hielo, por", "Hielo {nombre}, por")),
              HasSubstr("knee.textproto:14:3: rules[0].texts[\"es\"]: "));
}

TEST(PathwayFileTest, WhatIsMissingIsNamedByWhatItIsMissingFrom) {
  EXPECT_THAT(FaultsOf(With(kGood, "  category: \"ice\"\n", "")), HasSubstr("knee.textproto:8:1: rules[0].category: "));
  EXPECT_THAT(FaultsOf(With(kGood, "display_name: \"Knee\"\n", "")), HasSubstr("  knee.textproto: display_name: "));
}

TEST(PathwayFileTest, EveryFaultIsNamedAtOnce) {
  const std::string faults =
      FaultsOf(With(With(kGood, "\"08:00\"", "\"25:00\""), "phase: \"first\"", "phase: \"last\""));
  EXPECT_THAT(faults, HasSubstr("the pathway has 2 faults"));
  EXPECT_THAT(faults, HasSubstr("rules[0].phase"));
  EXPECT_THAT(faults, HasSubstr("rules[0].schedule.times[0]"));
}

TEST(PathwayFileTest, AFileThatCannotBeReadIsAUsageError) {
  for (const char* path : {"/nowhere/knee.textproto", "/tmp", "/dev/null"}) {
    EXPECT_EQ(ExitCodeOf(PathwayFile::Read(path).status()), kExitUsage) << path;
  }
}

TEST(PathwayFileTest, ThePathwaysOfTheProjectAreGood) {
  const auto file = PathwayFile::Read(AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Compile().ok()) << RenderFailure(file->Compile().status(), "");
  EXPECT_EQ(file->Warnings(**file->Compile()), "");
  EXPECT_EQ(file->DefaultId(), "knee_stem_cell");
}

std::string WarningsOf(const std::string& text, const plan::ContactHours& hours = {}) {
  const auto file = PathwayFile::Parse("knee.textproto", text);
  EXPECT_TRUE(file.ok());
  const auto compiled = file->Compile();
  EXPECT_TRUE(compiled.ok()) << compiled.status();
  return file->Warnings(**compiled, hours);
}

TEST(PathwayFileTest, RulesThatWouldSayTheSameTwiceAreWarnedOfWithTheirPlaceAndAnExample) {
  const std::string factor = "factors { id: 'severity' values: ['mild', 'severe'] }\n";
  const std::string second =
      "rules {\n  id: 'ice-again'\n  series: 'ice'\n  phase: 'first'\n  category: 'ice'\n"
      "  conditions { factor: 'severity' values: 'severe' }\n"
      "  schedule { on { days: 2 } times: '08:00' }\n  texts { key: 'en' value: 'Ice!' }\n}\n";
  EXPECT_EQ(WarningsOf(kGood + factor + second),
            "knee.textproto:22:3: warning: rules \"ice\" and \"ice-again\" are of one series, \"ice\", and can both be "
            "due for a patient with severity=severe, for example on day 2 at 08:00: the same would be said twice\n");
  EXPECT_EQ(WarningsOf(kGood + factor + With(second, "08:00", "08:01")), "");
  EXPECT_EQ(WarningsOf(kGood), "");
}

TEST(PathwayFileTest, ALongListOfWarningsIsCut) {
  std::string text = kGood;
  for (const char* id : {"b", "c", "d", "e", "f", "g", "h"}) {
    text += std::string("rules { id: '") + id +
            "' series: 'ice' phase: 'first' category: 'ice' schedule { daily {} times: '08:00' } "
            "texts { key: 'en' value: 'Ice!' } }\n";
  }
  const std::string warnings = WarningsOf(text);  // 28 pairs
  EXPECT_EQ(std::count(warnings.begin(), warnings.end(), '\n'), 22);  // And one of eight messages a day.
  EXPECT_THAT(warnings, HasSubstr("knee.textproto: warning: other rules of one series meet as well\n"));
}

TEST(PathwayFileTest, ATextOfSeveralSmsPartsIsWarnedOfWithTheCharactersThatMakeItSo) {
  const std::string spelled = With(kGood, "key: \"es\"", "key: \"ES\"");
  EXPECT_EQ(WarningsOf(With(spelled, "Hielo,", "Hielo aqu\u00ED," + std::string(60, 'x'))),
            "knee.textproto:14:3: warning: text \"es\" of rule \"ice\" takes 2 SMS parts (Margaret, Riverside Knee "
            "Clinic, (212) 555-0100): with \"\u00ED\" a part holds 70 characters, not 160\n");
  EXPECT_EQ(WarningsOf(With(kGood, "Ice, please.", std::string(161, 'x'))),
            "knee.textproto:13:3: warning: text \"en\" of rule \"ice\" takes 2 SMS parts (Margaret, Riverside Knee "
            "Clinic, (212) 555-0100)\n");
}

TEST(PathwayFileTest, WhatContactHoursNeverLetOutIsWarnedOf) {
  v1::ContactHours source;
  v1::Opening* opening = source.add_openings();
  opening->set_opens("10:00");
  opening->set_closes("16:00");
  plan::FieldErrors errors;
  const plan::ContactHours hours = plan::ContactHours::Read(source, "hours", &errors);
  EXPECT_EQ(WarningsOf(With(kGood, "times: \"08:00\"", "times: \"18:00\""), hours),
            "knee.textproto:12:3: warning: rule \"ice\" at 18:00 is never sent: the contact hours (10:00-16:00) do not "
            "open before its window closes\n");
  EXPECT_EQ(WarningsOf(kGood, hours), "");
}

TEST(PathwayFileTest, DaysWithTooManyMessagesAreWarnedOf) {
  const std::string many = "times: ['08:00', '09:00', '10:00', '11:00', '12:00', '13:00']";
  EXPECT_EQ(WarningsOf(With(kGood, "times: \"08:00\"", many)),
            "knee.textproto: warning: one patient can get 6 messages on each of days 1 to 3, more than 5: ice\n");
  EXPECT_EQ(WarningsOf(With(kGood, "daily {} times: \"08:00\"", "on { days: 2 } " + many)),
            "knee.textproto: warning: one patient can get 6 messages on day 2, more than 5: ice\n");
}

}  // namespace
}  // namespace aftercare::client
