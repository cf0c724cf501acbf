#include <gtest/gtest.h>
#include "scheduler/plan/year/year_walk.h"
#include "tests/plan/knee.h"
namespace aftercare::plan {
namespace {
std::string FactorsOf(const CompiledPathway& p, const YearPatient& patient) {
  std::string out;
  for (auto f : patient.factors) out += p.source().factors(f.factor).id() + "=" + (f.value < 0 ? "?" : p.factor(f.factor).values[f.value]) + " ";
  return out + FormatDate(patient.procedure_date) + " " + patient.zone + " " + std::to_string((int)patient.story);
}
TEST(Scratch, Knee) {
  YearOptions options;
  options.first_date = absl::CivilDay(2026, 12, 1);
  FieldErrors errors;
  options.hours = ContactHours::Read(FromText<v1::ContactHours>("openings { opens: '08:00' closes: '21:00' }"), "h", &errors);
  const auto r = WalkYear(Knee(), options);
  printf("combos %ld kinds %d years %d\n", (long)r.combinations, r.kinds, r.years);
  for (const Load* l : {&r.heaviest_day, &r.heaviest_week, &r.heaviest_year}) {
    printf("%d msgs %d safety %d parts %s day %d %s\n   ", l->messages, l->safety, l->parts, l->locale.c_str(), l->first_day, FactorsOf(Knee(), l->patient).c_str());
    for (int i : l->rules) printf("%s ", Knee().rule_source(i).id().c_str());
    printf("\n");
  }
  for (size_t i = 0; i < r.phases.size(); ++i) printf("%s %d-%d silent %d from %d %s\n", Knee().phase_source(i).id().c_str(), r.phases[i].least, r.phases[i].most, r.phases[i].silent_days, r.phases[i].silent_from, FactorsOf(Knee(), r.phases[i].patient).c_str());
  printf("silent weeks:"); for (int w : r.silent_weeks.weeks) printf(" %d", w); printf(" %s\n", FactorsOf(Knee(), r.silent_weeks.patient).c_str());
  for (auto& b : r.broken) printf("BROKEN %d rule %s phase %d visit %d count %d nominal %s combos %ld %s\n", (int)b.promise, b.rule < 0 ? "-" : Knee().rule_source(b.rule).id().c_str(), b.phase, b.visit, b.count, b.nominal ? FormatMinute(*b.nominal).c_str() : "", (long)b.combinations, FactorsOf(Knee(), b.patient).c_str());
}
}
}
