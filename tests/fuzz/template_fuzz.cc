// Message texts: refused with a reason, or rendered for whatever a patient is called.
#include "scheduler/plan/text.h"
#include "tests/fuzz/fuzzing.h"

namespace aftercare {

// The text, then a line for each of what patients and clinics write themselves.
void FuzzOne(const std::string& input) {
  const size_t end = input.find('\n');
  const auto parsed = plan::Template::Parse(absl::string_view(input).substr(0, end));
  if (!parsed.ok()) {
    Require(!parsed.status().message().empty());
    return;
  }
  const std::string rest = end == std::string::npos ? "" : input.substr(end + 1);
  plan::TextFacts facts;
  facts.first_name = rest;
  facts.last_name = absl::string_view(rest).substr(rest.size() / 2);
  facts.clinic_name = "North Clinic";
  facts.phase = absl::string_view(rest).substr(0, rest.size() / 2);
  facts.due = absl::CivilMinute(2026, 3, 5, 9, 0);
  facts.procedure_date = absl::CivilDay(2026, 2, 25);
  facts.visit = rest;
  facts.visit_date = absl::CivilDay(2026, 8, 25);
  for (const char* locale : {"en", "es-MX", "fr", ""}) {
    facts.locale = locale;
    std::string out = "before";
    parsed->Render(facts, &out);
    Require(out.compare(0, 6, "before") == 0);
    // Each placeholder takes at least three characters and becomes at most the longest value.
    Require(out.size() <= 6 + (input.size() / 3 + 1) * (rest.size() + 32) + input.size());
  }
  parsed->VisitPlaceholder();
}

}  // namespace aftercare
