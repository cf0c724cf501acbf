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

// Tables of cases for people to read: text files with the columns
//
//   case | zone | given | expected
//
// A row with an empty first column goes on with the case above. Cells hold phrases, apart by `;` or on a line each. The
// files say which phrases there are.
namespace aftercare::plan {

struct Case {
  std::string name;  // Case06a, of `6a`.
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

// The cases of a table below the source directory, in its order. Lines that begin with `#`, and the heading, are for
// readers only. Called before tests begin: a table that cannot be read ends the program.
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

// `2029-11-05 00:30 = 05:30Z`, or with another date in UTC `2026-01-02 03:00 = 2026-01-01 21:15Z`.
inline std::string LocalAndUtc(absl::Time time, absl::TimeZone zone) {
  const bool same_date = absl::ToCivilDay(time, zone) == absl::ToCivilDay(time, absl::UTCTimeZone());
  return absl::StrCat(absl::FormatTime("%Y-%m-%d %H:%M", time, zone), " = ",
                      absl::FormatTime(same_date ? "%H:%MZ" : "%Y-%m-%d %H:%MZ", time, absl::UTCTimeZone()));
}

// The instant of `2029-11-05 00:30` in a zone.
inline absl::Time LocalTime(const std::string& text, absl::TimeZone zone) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", text, zone, &time, &error)) << text << ": " << error;
  return time;
}

// The days of a schedule, in text format: `day 2`, `month 1`, `daily on days 1-3`, `monthly in months 1-4`,
// `Mon and Fri of every 2nd week on days 0-41`. Empty if it is none of these.
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

// What follows the times of a rule, in its text format: `until 12:00`, `for 25 hours`,
// `for 1 day more`; `the newest only`.
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

// Adds the rule of a phrase like `ice: daily on days 1-3 at 08:00 and 13:00, until 14:00` (without a name it is `msg`),
// whose phase is the pathway's first. False if it is no such phrase.
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

// A pathway without rules, of one phase.
inline v1::Pathway WithoutRules() {
  return FromText<v1::Pathway>(R"(
      display_name: "Cases" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { days { first: 0 last: 400 } } })");
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_TESTS_PLAN_CASE_TABLE_H_
