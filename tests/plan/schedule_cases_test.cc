// Runs tests/plan/schedule_cases.txt.

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "tests/plan/case_table.h"

namespace aftercare::plan {
namespace {

// `contact hours 10:00-16:00 on Sun`, read into `hours`; whether it is that.
bool ReadHours(const std::string& phrase, ContactHours* hours) {
  std::smatch m;
  if (!std::regex_match(phrase, m, std::regex("contact hours (\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)( on Sun)?"))) return false;
  FieldErrors errors;
  *hours = ContactHours::Read(
      FromText<v1::ContactHours>(absl::StrCat("openings { opens: '", m[1].str(), "' closes: '", m[2].str(), "' ",
                                              m[3].matched ? "weekdays: WEEKDAY_SUNDAY" : "", " }")),
      "", &errors);
  EXPECT_EQ(LinesOf(errors), std::vector<std::string>());
  return true;
}

class ScheduleCases : public testing::TestWithParam<Case> {};

TEST_P(ScheduleCases, ComeDueAsTheTableSays) {
  v1::Pathway source = WithoutRules();
  PatientFacts facts = FactsFor("1970-01-01", GetParam().zone);
  for (const std::string& phrase : GetParam().given) {
    if (phrase.rfind("procedure ", 0) == 0) {
      facts.procedure_date = ParseDate(phrase.substr(10)).value();
    } else {
      ASSERT_TRUE(ReadHours(phrase, &facts.hours) || AddRule(phrase, &source)) << "nobody understands: " << phrase;
    }
  }
  const auto pathway = CompileGood(source);
  ASSERT_NE(pathway, nullptr);
  std::vector<std::string> due;
  for (const Occurrence& occurrence : WholePlan(*pathway, facts)) {
    due.push_back(occurrence.outside_contact_hours ? "outside contact hours" : LocalAndUtc(occurrence.due, facts.zone));
    EXPECT_LT(occurrence.due, occurrence.expire);
  }
  EXPECT_EQ(due, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Table, ScheduleCases, testing::ValuesIn(ReadCases("tests/plan/schedule_cases.txt")),
                         NameOfCase);

}  // namespace
}  // namespace aftercare::plan
