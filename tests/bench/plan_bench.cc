// How fast plans are walked, sought and built, on the pathway that ships.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "google/protobuf/text_format.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/match.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/tellings.h"

namespace aftercare::plan {
namespace {

constexpr char kFile[] = AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto";

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", kFile, why.c_str());
  std::exit(1);
}

v1::Pathway LoadSource() {
  std::ifstream file(kFile);
  if (!file) Fail("cannot be read");
  std::stringstream text;
  text << file.rdbuf();
  v1::Pathway pathway;
  if (!google::protobuf::TextFormat::ParseFromString(text.str(), &pathway)) Fail("is no pathway");
  return pathway;
}

const CompiledPathway& Knee() {
  static const auto* const pathway = [] {
    FieldErrors errors;
    auto compiled = CompiledPathway::Compile(LoadSource(), &errors);
    if (compiled == nullptr) Fail(errors[0].field + " " + errors[0].description);
    return new std::shared_ptr<const CompiledPathway>(std::move(compiled));
  }();
  return **pathway;
}

v1::Enrollment Patient() {
  v1::Enrollment enrollment;
  enrollment.set_patient("p1");
  enrollment.set_first_name("Ada");
  enrollment.set_procedure_date("2026-06-01");
  enrollment.set_time_zone("America/New_York");
  enrollment.set_locale("es-MX");
  enrollment.set_consent(v1::CONSENT_GRANTED);
  enrollment.mutable_enroll_time()->set_seconds(1'780'322'400);  // 10:00 on the day of the procedure.
  (*enrollment.mutable_factors())["severity"] = "severe";
  return enrollment;
}

// From nothing to the end of one patient's year.
void BM_YearOfOnePatient(benchmark::State& state) {
  const PatientFacts facts = TrustedFactsOf(Patient(), Knee());
  int64_t occurrences = 0;
  for (auto _ : state) {
    Plan plan(Knee(), facts);
    for (Occurrence occurrence; plan.Next(&occurrence); ++occurrences) benchmark::DoNotOptimize(occurrence);
  }
  state.SetItemsProcessed(occurrences);
  state.counters["occurrences"] = static_cast<double>(occurrences) / static_cast<double>(state.iterations());
}
BENCHMARK(BM_YearOfOnePatient);

// The same of a patient who sets off so many tasks, at the same distance from each other.
void BM_YearOfOnePatientWithReactions(benchmark::State& state) {
  constexpr int64_t kYear = 365 * 24 * 3600;
  const int64_t count = state.range(0);
  record::v1::PlanHistory history;
  for (int64_t i = 0; i < count; ++i) {
    record::v1::ReactionRecord& record = *history.add_reactions();
    record.set_rule(i % 2 == 0 ? "danger-task" : "bad-pain-task");
    record.set_time_micros((1'780'322'400 + i * kYear / count) * 1'000'000);
  }
  const PatientFacts facts = TrustedFactsOf(Patient(), Knee(), {}, history);
  int64_t occurrences = 0;
  for (auto _ : state) {
    Plan plan(Knee(), facts);
    for (Occurrence occurrence; plan.Next(&occurrence); ++occurrences) benchmark::DoNotOptimize(occurrence);
  }
  state.SetItemsProcessed(occurrences);
  state.counters["occurrences"] = static_cast<double>(occurrences) / static_cast<double>(state.iterations());
}
BENCHMARK(BM_YearOfOnePatientWithReactions)->Arg(4)->Arg(12)->Arg(52);

// The walk alone, of a patient to whom every rule applies.
void BM_Walk(benchmark::State& state) {
  PatientFacts facts = TrustedFactsOf(Patient(), Knee());
  facts.rules.set();
  Plan plan(Knee(), facts);
  int64_t occurrences = 0;
  Occurrence occurrence;
  for (auto _ : state) {
    if (!plan.Next(&occurrence)) {
      plan.Seek(absl::InfinitePast());
      plan.Next(&occurrence);
    }
    benchmark::DoNotOptimize(occurrence);
    ++occurrences;
  }
  state.SetItemsProcessed(occurrences);
}
BENCHMARK(BM_Walk);

// The same with contact hours that move every third message or so, and a clinic closed at weekends.
void BM_WalkInContactHours(benchmark::State& state) {
  FieldErrors errors;
  v1::Clinic clinic;
  clinic.set_time_zone("America/New_York");
  clinic.add_closed_weekdays(v1::WEEKDAY_SATURDAY);
  clinic.add_closed_weekdays(v1::WEEKDAY_SUNDAY);
  v1::Opening* opening = clinic.mutable_contact_hours()->add_openings();
  opening->set_opens("10:00");
  opening->set_closes("16:00");
  const Setting setting{std::make_shared<const ClinicCalendar>(ReadCalendar(clinic, &errors)), 1};
  PatientFacts facts = TrustedFactsOf(Patient(), Knee(), setting);
  facts.rules.set();
  Plan plan(Knee(), facts);
  Occurrence occurrence;
  for (auto _ : state) {
    if (!plan.Next(&occurrence)) {
      plan.Seek(absl::InfinitePast());
      plan.Next(&occurrence);
    }
    benchmark::DoNotOptimize(occurrence);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_WalkInContactHours);

// A new plan, sought to an instant of the year, and its next occurrence: what firing one reminder costs.
void BM_BuildSeekNext(benchmark::State& state) {
  const PatientFacts facts = TrustedFactsOf(Patient(), Knee());
  int hours = 0;
  for (auto _ : state) {
    Plan plan(Knee(), facts);
    plan.Seek(facts.enroll_time + absl::Hours(hours));
    Occurrence occurrence;
    benchmark::DoNotOptimize(plan.Next(&occurrence));
    hours = (hours + 7) % 8760;
  }
}
BENCHMARK(BM_BuildSeekNext);

void BM_Seek(benchmark::State& state) {
  const PatientFacts facts = TrustedFactsOf(Patient(), Knee());
  Plan plan(Knee(), facts);
  int hours = 0;
  for (auto _ : state) {
    plan.Seek(facts.enroll_time + absl::Hours(hours));
    hours = (hours + 7) % 8760;
  }
}
BENCHMARK(BM_Seek);

void BM_Find(benchmark::State& state) {
  const Plan plan(Knee(), TrustedFactsOf(Patient(), Knee()));
  Occurrence occurrence;
  for (auto _ : state) benchmark::DoNotOptimize(plan.Find(0, 1, &occurrence));
}
BENCHMARK(BM_Find);

void BM_TrustedFacts(benchmark::State& state) {
  const v1::Enrollment enrollment = Patient();
  for (auto _ : state) benchmark::DoNotOptimize(TrustedFactsOf(enrollment, Knee()));
}
BENCHMARK(BM_TrustedFacts);

// What the occurrences of a year tell, as a comparison with stored reminders reads it.
void BM_Tellings(benchmark::State& state) {
  const PatientFacts facts = TrustedFactsOf(Patient(), Knee());
  for (auto _ : state) benchmark::DoNotOptimize(PlanTellings(Knee(), facts));
}
BENCHMARK(BM_Tellings);

// The comparison of 99 reminders that were sent with the year after the procedure was put off by `range` days.
void BM_Match(benchmark::State& state) {
  v1::Enrollment patient = Patient();
  const PatientFacts before = TrustedFactsOf(patient, Knee());
  const PlanTellings told(Knee(), before);
  patient.set_procedure_date(FormatDate(before.procedure_date + static_cast<int>(state.range(0))));
  const PatientFacts after = TrustedFactsOf(patient, Knee());
  const PlanTellings plan(Knee(), after);
  std::vector<StoredReminder> reminders;
  for (size_t i = 0; i < told.tellings().size() && i < 99; ++i) {
    StoredReminder& reminder = reminders.emplace_back();
    reminder.name = Knee().rule_source(told.occurrences()[i].rule).id();
    reminder.telling = told.tellings()[i];
    reminder.standing = Standing::kTold;
    reminder.time = told.occurrences()[i].due;
    reminder.procedure_date = before.procedure_date;
  }
  const MatchFacts facts{after.procedure_date, after.zone};
  for (auto _ : state) benchmark::DoNotOptimize(Match(reminders, plan.tellings(), facts));
  state.counters["reminders"] = static_cast<double>(reminders.size());
}
BENCHMARK(BM_Match)->Arg(0)->Arg(1)->Arg(9);

void BM_FindZone(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(FindZone("America/New_York"));
}
BENCHMARK(BM_FindZone);

void BM_RenderText(benchmark::State& state) {
  const v1::Enrollment enrollment = Patient();
  const PatientFacts facts = TrustedFactsOf(enrollment, Knee());
  Plan plan(Knee(), facts);
  Occurrence occurrence;
  plan.Next(&occurrence);
  for (auto _ : state) {
    benchmark::DoNotOptimize(RenderText(Knee(), facts, enrollment, {"North Clinic", "555-0100"}, occurrence));
  }
}
BENCHMARK(BM_RenderText);

void BM_Compile(benchmark::State& state) {
  const v1::Pathway source = LoadSource();
  for (auto _ : state) {
    FieldErrors errors;
    benchmark::DoNotOptimize(CompiledPathway::Compile(source, &errors));
  }
}
BENCHMARK(BM_Compile);

}  // namespace
}  // namespace aftercare::plan

BENCHMARK_MAIN();
