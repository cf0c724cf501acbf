#ifndef AFTERCARE_TESTS_PLAN_KNEE_H_
#define AFTERCARE_TESTS_PLAN_KNEE_H_

#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/plan/testing.h"

// The pathway that ships, and its patients. All functions are thread safe.
namespace aftercare::plan {

using Factors = std::map<std::string, std::string>;

// Returns the pathway as its file has it.
inline v1::Pathway KneeSource() {
  std::ifstream file(AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto");
  std::stringstream text;
  text << file.rdbuf();
  return FromText<v1::Pathway>(text.str());
}

// Returns the pathway, compiled once.
inline const CompiledPathway& Knee() {
  static const auto* const pathway = [] {
    auto compiled = CompileGood(KneeSource());
    if (compiled == nullptr) std::abort();  // What is wrong has been printed; no test of it can go on.
    return new std::shared_ptr<const CompiledPathway>(std::move(compiled));
  }();
  return **pathway;
}

// Returns a patient whose procedure was on 1 June 2026 in New York.
inline v1::Enrollment PatientWith(const Factors& factors) {
  auto patient = FromText<v1::Enrollment>(R"(
      patient: "p1" first_name: "Margaret" last_name: "Whitfield" procedure_date: "2026-06-01"
      time_zone: "America/New_York" locale: "en" consent: CONSENT_GRANTED)");
  for (const auto& [factor, value] : factors) (*patient.mutable_factors())[factor] = value;
  return patient;
}

// Returns the facts of PatientWith.
inline PatientFacts FactsWith(const Factors& factors) {
  FieldErrors errors;
  const auto facts = FactsOf(PatientWith(factors), Knee(), &errors);
  for (const std::string& line : LinesOf(errors)) ADD_FAILURE() << line;
  return facts.value_or(PatientFacts());
}

// Returns all that PatientWith is due.
inline std::vector<Occurrence> PlanWith(const Factors& factors) { return WholePlan(Knee(), FactsWith(factors)); }

// Returns every combination of the pathway's factors, each also left out.
inline std::vector<Factors> AllPatients() {
  std::vector<Factors> patients = {{}};
  for (const v1::Factor& factor : Knee().source().factors()) {
    for (size_t i = patients.size(); i-- > 0;) {
      for (const std::string& value : factor.values()) {
        patients.push_back(patients[i]);
        patients.back()[factor.id()] = value;
      }
    }
  }
  return patients;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_TESTS_PLAN_KNEE_H_
