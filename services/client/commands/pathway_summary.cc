#include "services/client/commands/pathway_summary.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/plan.h"
#include "services/client/common/failure.h"
#include "services/client/common/terminal.h"
#include "services/client/render/observed_text.h"
#include "services/client/render/reaction_text.h"
#include "services/client/render/score_scale.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

// The procedure date of the sample patient. Only the lengths of months depend on it.
const char kSampleDate[] = "2026-03-02";
constexpr int kYearDays = 366;

// Lines longer than this are hard to read.
constexpr int kColumns = 100;

// The most kinds of patient that are tried out one by one.
constexpr int kMaxPatientKinds = 5000;

// Returns a patient that every pathway takes: one without factors.
v1::Enrollment SamplePatient() {
  v1::Enrollment patient;
  patient.set_patient("sample");
  patient.set_first_name("Sample");
  patient.set_procedure_date(kSampleDate);
  patient.set_time_zone("UTC");
  patient.set_consent(v1::CONSENT_GRANTED);
  return patient;
}

absl::StatusOr<int> RemindersInAYear(const plan::CompiledPathway& pathway, const v1::Enrollment& patient) {
  plan::FieldErrors errors;
  const auto facts = plan::FactsOf(patient, pathway, &errors);
  if (!facts.has_value()) return FaultsError("a sample patient does not fit the pathway", errors);
  const absl::Time end = absl::FromCivil(facts->procedure_date + kYearDays + 1, facts->zone);
  plan::Plan plan(pathway, *facts);
  plan::Occurrence occurrence;
  int count = 0;
  while (plan.Next(&occurrence) && occurrence.due < end) ++count;
  return count;
}

// Returns the patients to try out: one of each kind. If there are too many kinds, one for each value of each factor.
std::vector<v1::Enrollment> PatientKinds(const plan::CompiledPathway& pathway) {
  const auto& factors = pathway.source().factors();
  std::vector<v1::Enrollment> patients = {SamplePatient()};
  int64_t kinds = 1;
  for (const v1::Factor& factor : factors) {
    kinds = std::min<int64_t>(kinds * factor.values_size(), kMaxPatientKinds + 1);
  }
  if (kinds > kMaxPatientKinds) {
    for (const v1::Factor& factor : factors) {
      for (const std::string& value : factor.values()) {
        patients.push_back(SamplePatient());
        (*patients.back().mutable_factors())[factor.id()] = value;
      }
    }
    return patients;
  }
  for (int64_t kind = 0; kind < kinds; ++kind) {
    int64_t rest = kind;
    patients.push_back(SamplePatient());
    for (const v1::Factor& factor : factors) {
      (*patients.back().mutable_factors())[factor.id()] = factor.values(static_cast<int>(rest % factor.values_size()));
      rest /= factor.values_size();
    }
  }
  return patients;
}

// Returns the least and the most reminders of a year over all kinds of patient.
absl::StatusOr<std::pair<int, int>> RangeOfReminders(const plan::CompiledPathway& pathway) {
  std::pair<int, int> range(plan::kMaxOccurrences, 0);
  for (const v1::Enrollment& patient : PatientKinds(pathway)) {
    const absl::StatusOr<int> count = RemindersInAYear(pathway, patient);
    if (!count.ok()) return count.status();
    range = {std::min(range.first, *count), std::max(range.second, *count)};
  }
  return range;
}

// Returns what bounds the pathway, one line each: its cap on messages, and its end.
std::string BoundsText(const v1::Pathway& pathway) {
  std::vector<std::string> caps;
  if (pathway.message_cap().has_per_day()) caps.push_back(absl::StrCat(pathway.message_cap().per_day(), " a day"));
  if (pathway.message_cap().has_per_week()) {
    caps.push_back(absl::StrCat(pathway.message_cap().per_week(), " in seven days"));
  }
  std::string out;
  if (!caps.empty()) absl::StrAppend(&out, "  messages to one patient: at most ", absl::StrJoin(caps, ", "), "\n");
  if (!pathway.has_end()) return out;
  const v1::Offset& end = pathway.end();
  const std::string months = end.months() == 0 ? "" : Counted(end.months(), "month");
  const std::string days = end.days() == 0 ? "" : Counted(end.days(), "day");
  absl::StrAppend(&out, "  ends by itself: ", months, months.empty() || days.empty() ? "" : " and ", days,
                  " after the procedure\n");
  return out;
}

// Lists the rules, but for reactions, that ask for what the patient has answered.
std::string ConditionsText(const v1::Pathway& pathway) {
  std::string out;
  for (const v1::Rule& rule : pathway.rules()) {
    if (rule.has_reaction()) continue;
    for (const v1::ObservedCondition& condition : rule.observed()) {
      const std::string text = absl::StrCat(rule.id(), " only if ", ConditionText(condition));
      absl::StrAppend(&out, "  ", absl::StrJoin(Wrap(text, kColumns - 6), "\n      "), "\n");
    }
  }
  return out;
}

}  // namespace

absl::StatusOr<std::string> SummarizePathway(const std::string& path, const plan::CompiledPathway& pathway) {
  const auto reminders = RangeOfReminders(pathway);
  if (!reminders.ok()) return reminders.status();
  const v1::Pathway& source = pathway.source();
  std::set<std::string> languages;
  int tasks = 0;
  int discreet = 0;
  for (const v1::Rule& rule : source.rules()) {
    if (!rule.discreet_texts().empty()) ++discreet;
    for (const auto& [locale, unused] : rule.discreet_texts()) languages.insert(locale);
    for (const auto& [locale, unused] : rule.texts()) languages.insert(locale);
    if (rule.audience() == v1::AUDIENCE_CARE_TEAM) ++tasks;
  }
  const auto [least, most] = *reminders;
  std::string out = absl::StrCat(path, ": no faults\n", source.display_name(), "\n");
  absl::StrAppend(&out, "  ", Counted(source.phases_size(), "phase"), ", ", Counted(source.rules_size(), "rule"), " (",
                  tasks, " for the care team), ", Counted(source.factors_size(), "factor"), "\n");
  absl::StrAppend(&out, "  languages: ", absl::StrJoin(languages, ", "), " (default ", source.default_locale(), ")\n");
  if (discreet > 0) {
    absl::StrAppend(&out, "  texts without health information: of ", discreet, " of ",
                    Counted(source.rules_size() - tasks, "message"), "\n");
  }
  absl::StrAppend(&out, "  reminders in the first year: ", least);
  if (most != least) absl::StrAppend(&out, " to ", most, ", depending on the patient");
  absl::StrAppend(&out, pathway.reactions().empty() ? "" : "; and what answers set off", "\n");
  out += BoundsText(source);
  Table table({"  PHASE", ">RULES", "NAME"});
  for (const v1::Phase& phase : source.phases()) {
    const auto rules = std::count_if(source.rules().begin(), source.rules().end(),
                                     [&](const v1::Rule& rule) { return rule.phase() == phase.id(); });
    table.Add({"  " + phase.id(), absl::StrCat(rules), phase.display_name()});
  }
  out += table.Render(0, false);
  for (const v1::Rule& rule : source.rules()) {
    if (rule.has_score_range()) {
      absl::StrAppend(&out, "  scores of ", rule.id(), ": ", ScaleText(ScaleOfRule(source, rule.id())), "\n");
    }
    if (rule.choices().empty()) continue;
    absl::StrAppend(&out, "  choices of ", rule.id(), ": ", ChoicesText(rule, source.default_locale()), "\n");
  }
  for (const v1::Questionnaire& questionnaire : source.questionnaires()) {
    const std::optional<ScoreScale> scale = ScaleOfQuestionnaire(source, questionnaire.id());
    absl::StrAppend(&out, "  questionnaire ", questionnaire.id(), ": ", absl::StrJoin(questionnaire.rules(), ", "),
                    "; score ", ScaleText(*scale), "\n");
  }
  out += ConditionsText(source);
  return out + RenderReactions(source, pathway.reactions(), kColumns, false);
}

}  // namespace aftercare::client
