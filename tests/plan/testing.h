#ifndef AFTERCARE_TESTS_PLAN_TESTING_H_
#define AFTERCARE_TESTS_PLAN_TESTING_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"
#include "tests/support/text_proto.h"

// Helpers of the plan's tests: pathways, facts, and plans as lists. All functions are pure and thread safe.
namespace aftercare::plan {

// Returns the paths of the fields.
inline std::vector<std::string> FieldsOf(const FieldErrors& errors) {
  std::vector<std::string> fields;
  for (const FieldError& error : errors) fields.push_back(error.field);
  return fields;
}

// Returns each error as a line with path and description.
inline std::vector<std::string> LinesOf(const FieldErrors& errors) {
  std::vector<std::string> lines;
  for (const FieldError& error : errors) lines.push_back(error.field + " " + error.description);
  return lines;
}

// Compiles a pathway. Fails the test if it has faults.
inline std::shared_ptr<const CompiledPathway> CompileGood(const v1::Pathway& pathway) {
  FieldErrors errors;
  auto compiled = CompiledPathway::Compile(pathway, &errors);
  for (const std::string& line : LinesOf(errors)) ADD_FAILURE() << line;
  return compiled;
}

// Returns a pathway with one phase `p` and one rule `r`. `phase` is the span of the phase, and `schedule` the schedule
// of the rule, both in text format.
inline v1::Pathway OneRulePathway(const std::string& phase, const std::string& schedule) {
  return FromText<v1::Pathway>(R"(
      display_name: "One rule" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { )" + phase + R"( } }
      rules { id: "r" phase: "p" category: "c" schedule { )" + schedule + R"( } texts { key: "en" value: "Text" } })");
}

// Returns the facts of a patient to whom every rule applies. `date` is the date of the procedure.
inline PatientFacts FactsFor(absl::string_view date, absl::string_view zone,
                             absl::Time enroll_time = absl::InfinitePast()) {
  PatientFacts facts;
  facts.procedure_date = ParseDate(date).value();
  facts.zone = FindZone(zone).value();
  facts.enroll_time = enroll_time;
  facts.rules.set();
  return facts;
}

// Reads the rest of a plan from its current position.
inline std::vector<Occurrence> Rest(Plan* plan) {
  std::vector<Occurrence> rest;
  for (Occurrence occurrence; plan->Next(&occurrence);) rest.push_back(occurrence);
  return rest;
}

inline std::vector<Occurrence> WholePlan(const CompiledPathway& pathway, const PatientFacts& facts) {
  Plan plan(pathway, facts);
  return Rest(&plan);
}

// Parses an instant such as `2029-11-05T05:30Z`.
inline absl::Time Instant(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%dT%H:%M%Ez", text, &time, &error)) << text << ": " << error;
  return time;
}

// Writes an instant as `2029-11-05T05:30Z`.
inline std::string InUtc(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%MZ", time, absl::UTCTimeZone()); }

}  // namespace aftercare::plan

#endif  // AFTERCARE_TESTS_PLAN_TESTING_H_
