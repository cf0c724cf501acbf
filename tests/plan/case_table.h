#ifndef AFTERCARE_TESTS_PLAN_CASE_TABLE_H_
#define AFTERCARE_TESTS_PLAN_CASE_TABLE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/plan/testing.h"

// Reads tables of test cases. They are text files with the columns
//
//   case | zone | given | expected
//
// so that people can read them. A row with an empty first column continues the case above. Cells hold phrases,
// separated by `;`. Each file says which phrases it uses.
namespace aftercare::plan {

struct Case {
  std::string name;  // The name of the test: `Case06a` for the case `6a`.
  std::string zone;
  std::vector<std::string> given;
  std::vector<std::string> expected;
};

inline void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name << " in " << row.zone << ": " << absl::StrJoin(row.given, "; ");
}

inline void AddPhrases(const std::string& cell, std::vector<std::string>* phrases) {
  for (absl::string_view phrase : absl::StrSplit(cell, ';')) {
    phrase = absl::StripAsciiWhitespace(phrase);
    if (!phrase.empty()) phrases->emplace_back(phrase);
  }
}

// Returns the cases of a table, in its order. `path` is relative to the source directory. Lines that begin with `#`,
// and the heading (`case ...`), are skipped. Ends the program if the table cannot be read, because it runs before any
// test.
inline std::vector<Case> ReadCases(const std::string& path) {
  std::vector<Case> cases;
  std::ifstream file(absl::StrCat(AFTERCARE_SOURCE_DIR, "/", path));
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#' || line.rfind("case", 0) == 0) continue;
    std::vector<std::string> cells = absl::StrSplit(line, '|');
    for (std::string& cell : cells) absl::StripAsciiWhitespace(&cell);
    if (cells.size() != 4 || (cases.empty() && cells[0].empty())) {
      std::cerr << path << " has a row that is none: " << line << std::endl;
      std::abort();
    }
    if (!cells[0].empty()) {
      const bool one_digit = cells[0].size() == 1 || !absl::ascii_isdigit(static_cast<unsigned char>(cells[0][1]));
      cases.push_back({absl::StrCat("Case", one_digit ? "0" : "", cells[0]), cells[1], {}, {}});
    }
    AddPhrases(cells[2], &cases.back().given);
    AddPhrases(cells[3], &cases.back().expected);
  }
  if (cases.empty()) {
    std::cerr << "there are no cases in " << path << std::endl;
    std::abort();
  }
  return cases;
}

inline std::string NameOfCase(const testing::TestParamInfo<Case>& info) { return info.param.name; }

// Writes an instant as local time and UTC: `2029-11-05 00:30 = 05:30Z`. If the date in UTC differs, it is written too:
// `2026-01-02 03:00 = 2026-01-01 21:15Z`.
inline std::string LocalAndUtc(absl::Time time, absl::TimeZone zone) {
  const bool same_date = absl::ToCivilDay(time, zone) == absl::ToCivilDay(time, absl::UTCTimeZone());
  return absl::StrCat(absl::FormatTime("%Y-%m-%d %H:%M", time, zone), " = ",
                      absl::FormatTime(same_date ? "%H:%MZ" : "%Y-%m-%d %H:%MZ", time, absl::UTCTimeZone()));
}

// Parses a local time such as `2029-11-05 00:30` in a zone.
inline absl::Time LocalTime(const std::string& text, absl::TimeZone zone) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", text, zone, &time, &error)) << text << ": " << error;
  return time;
}

// Returns the days of a schedule in text format, from a phrase such as `day 2`, `month 1`, `daily on days 1-3`,
// `monthly in months 1-4` or `Mon and Fri of every 2nd week on days 0-41`. Returns an empty string for any other
// phrase.
inline std::string DaysOf(const std::string& words) {
  std::smatch m;
  const auto span = [&m](const char* unit, int at) {
    return absl::StrCat("span { ", unit, " { first: ", m[at].str(), " last: ", m[at + 1].str(), " } } ");
  };
  if (std::regex_match(words, m, std::regex("(day|month) (\\d+)"))) {
    return absl::StrCat("on { ", m[1].str(), "s: ", m[2].str(), " }");
  }
  const std::regex daily("daily on days (\\d+)-(\\d+)");
  if (std::regex_match(words, m, daily)) return span("days", 1) + "daily {}";
  const std::regex monthly("monthly in months (\\d+)-(\\d+)");
  if (std::regex_match(words, m, monthly)) return span("months", 1) + "monthly {}";
  const std::regex weekly("(\\w+) and (\\w+) of every (\\d+)(?:nd|rd|th) week on days (\\d+)-(\\d+)");
  if (!std::regex_match(words, m, weekly)) return "";
  std::string weekdays;
  for (const auto& day : {m[1], m[2]}) {
    const std::vector<std::string> names = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    const auto found = std::find(names.begin(), names.end(), day.str());
    absl::StrAppend(&weekdays, " weekdays: ", found - names.begin() + 1);
  }
  return absl::StrCat(span("days", 4), "weekly { interval: ", m[3].str(), weekdays, " }");
}

// Returns a part of a rule in text format, from a phrase that follows its times: `until 12:00`, `for 25 hours` or
// `for 1 day more` for its window, or `the newest only` for `supersede`. Returns an empty string for any other phrase.
inline std::string WindowOf(const std::string& words) {
  std::smatch m;
  if (std::regex_match(words, m, std::regex("until (\\d\\d:\\d\\d)"))) {
    return absl::StrCat("schedule { window { until: '", m[1].str(), "' } }");
  }
  if (std::regex_match(words, m, std::regex("for (\\d+) (hour|day)s?( more)?"))) {
    return absl::StrCat("schedule { window { ", m[2].str(), "s: ", m[1].str(), " } }");
  }
  return words == "the newest only" ? "supersede: true" : "";
}

// Adds the rule of a phrase such as `ice: daily on days 1-3 at 08:00 and 13:00, until 14:00` to the first phase of a
// pathway. A rule without a name gets the id `msg`. Returns false if it is not such a phrase.
inline bool AddRule(const std::string& phrase, v1::Pathway* pathway) {
  static const std::regex& form =
      *new std::regex("(?:([a-z]+): )?(.+) at (\\d\\d:\\d\\d(?: and \\d\\d:\\d\\d)*)((?:, [^,]+)*)");
  std::smatch m;
  if (!std::regex_match(phrase, m, form) || DaysOf(m[2]).empty()) return false;
  const std::string id = m[1].matched ? m[1].str() : "msg";
  const std::string times = absl::StrCat("times: '", absl::StrReplaceAll(m[3].str(), {{" and ", "' times: '"}}), "'");
  auto rule = FromText<v1::Rule>(absl::StrCat("id: '", id, "' phase: '", pathway->phases(0).id(),
                                              "' category: 'c' texts { key: 'en' value: 'Text' } schedule { ",
                                              DaysOf(m[2]), " ", times, " }"));
  for (const absl::string_view more : absl::StrSplit(m[4].str(), ", ", absl::SkipEmpty())) {
    const std::string window = WindowOf(std::string(more));
    if (window.empty()) return false;
    rule.MergeFrom(FromText<v1::Rule>(window));
  }
  *pathway->add_rules() = std::move(rule);
  return true;
}

// Returns a pathway with one phase and no rules.
inline v1::Pathway WithoutRules() {
  return FromText<v1::Pathway>(R"(
      display_name: "Cases" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { days { first: 0 last: 400 } } })");
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_TESTS_PLAN_CASE_TABLE_H_
