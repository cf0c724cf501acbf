// Pathways of any kind, in text or binary form: they are refused with the faults named, or compiled and planned.
#include <cstdlib>
#include <string>

#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"
#include "tests/fuzz/fuzzing.h"

namespace aftercare {
namespace {

class NoErrors : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, int, const std::string&) override {}
};

bool Read(const std::string& text, v1::Pathway* pathway) {
  // A text begins with a letter; in binary that would be a field that there is not.
  if (pathway->ParseFromString(text)) return true;
  NoErrors errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.SetRecursionLimit(100);
  return parser.ParseFromString(text, pathway);
}

v1::Enrollment Patient() {
  v1::Enrollment patient;
  patient.set_patient("p");
  patient.set_first_name("Ana");
  patient.set_procedure_date("2026-03-02");
  patient.set_time_zone("America/New_York");
  patient.set_locale("es-MX");
  patient.set_consent(v1::CONSENT_GRANTED);
  return patient;
}

// The plan comes in order, and going back to where one occurrence is finds it.
void Walk(const plan::CompiledPathway& pathway, const plan::PatientFacts& facts) {
  plan::Plan plan(pathway, facts);
  plan::Occurrence occurrence;
  absl::Time last = absl::InfinitePast();
  for (int i = 0; i < 500 && plan.Next(&occurrence); ++i) {
    Require(occurrence.due >= last);
    Require(occurrence.rule >= 0 && occurrence.rule < pathway.rule_count());
    last = occurrence.due;
    plan::Occurrence again;
    Require(plan.Find(occurrence.rule, occurrence.number, &again) && again.due == occurrence.due);
  }
}

}  // namespace

void FuzzOne(const std::string& input) {
  v1::Pathway pathway;
  if (!Read(input, &pathway)) return;
  plan::FieldErrors errors;
  const auto compiled = plan::CompiledPathway::Compile(pathway, &errors);
  Require((compiled != nullptr) == errors.empty());
  for (const plan::FieldError& error : errors) Require(!error.field.empty() && !error.description.empty());
  if (compiled == nullptr) return;
  plan::FieldErrors faults;
  const auto facts = plan::FactsOf(Patient(), *compiled, &faults);
  if (facts) Walk(*compiled, *facts);
}

}  // namespace aftercare
