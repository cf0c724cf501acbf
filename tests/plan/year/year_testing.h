#ifndef AFTERCARE_TESTS_PLAN_YEAR_YEAR_TESTING_H_
#define AFTERCARE_TESTS_PLAN_YEAR_YEAR_TESTING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "scheduler/plan/year/year_walk.h"
#include "tests/plan/testing.h"

// Helpers of the tests of the walk over a year. Functions are pure and thread safe.
namespace aftercare::plan {

// Returns hours that are open every day, `08:00` to `21:00`.
inline ContactHours HoursOf(const std::string& opens, const std::string& closes) {
  FieldErrors errors;
  const std::string text = absl::StrCat("openings { opens: '", opens, "' closes: '", closes, "' }");
  ContactHours hours = ContactHours::Read(FromText<v1::ContactHours>(text), "hours", &errors);
  EXPECT_TRUE(errors.empty());
  return hours;
}

// Returns a short name of a promise.
inline std::string NameOf(Promise promise) {
  static constexpr const char* kNames[] = {
      "daily cap", "weekly cap", "contact hours", "before visit", "open window", "phase", "silence", "question",
      "reaction", "questionnaire", "asked for", "visit reminder", "text", "applies", "occurs"};
  return kNames[static_cast<int>(promise)];
}

// Returns whose promise it is: the id of a rule, phase, visit or questionnaire. Empty for caps.
inline std::string SubjectOf(const CompiledPathway& pathway, const BrokenPromise& broken) {
  if (broken.rule >= 0) return pathway.rule_source(broken.rule).id();
  if (broken.phase >= 0) return pathway.phase_source(broken.phase).id();
  if (broken.visit >= 0) return pathway.visit_source(broken.visit).id();
  return broken.questionnaire >= 0 ? pathway.questionnaire_source(broken.questionnaire).id() : "";
}

// Returns `severity=severe smoker=?`. Empty for any patient.
inline std::string FactorsOf(const CompiledPathway& pathway, const YearPatient& patient) {
  std::string out;
  for (const auto& [factor, value] : patient.factors) {
    absl::StrAppend(&out, out.empty() ? "" : " ", pathway.source().factors(factor).id(), "=",
                    value < 0 ? "?" : pathway.factor(factor).values[value]);
  }
  return out;
}

// Returns broken promises as lines: `phase early-recovery for severity=severe`.
inline std::vector<std::string> BrokenLines(const CompiledPathway& pathway, const YearReport& report) {
  std::vector<std::string> lines;
  for (const BrokenPromise& broken : report.broken) {
    const std::string subject = SubjectOf(pathway, broken);
    const std::string factors = FactorsOf(pathway, broken.patient);
    lines.push_back(absl::StrCat(NameOf(broken.promise), subject.empty() ? "" : " ", subject,
                                 factors.empty() ? "" : " for ", factors));
  }
  return lines;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_TESTS_PLAN_YEAR_YEAR_TESTING_H_
