#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/plan.h"
#include "services/client/commands/commands.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/input/pathway_file.h"
#include "services/client/render/lists.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

// A date to count from. Any will do: nothing depends on it but how long months are.
const char kSampleDate[] = "2026-03-02";
constexpr int kYearDays = 366;

// More kinds of patient than this are not tried out one by one.
constexpr int kMaxPatientKinds = 5000;

// Somebody every pathway takes: with no factor named.
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

// The patients to try out: all kinds, or those that differ from the ordinary one in one factor where there are too many
// kinds.
std::vector<v1::Enrollment> PatientKinds(const plan::CompiledPathway& pathway) {
  const auto& factors = pathway.source().factors();
  std::vector<v1::Enrollment> patients = {SamplePatient()};
  int64_t kinds = 1;
  for (const v1::Factor& factor : factors)
    kinds = std::min<int64_t>(kinds * factor.values_size(), kMaxPatientKinds + 1);
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

// The least and the most over all kinds of patient.
absl::StatusOr<std::pair<int, int>> RangeOfReminders(const plan::CompiledPathway& pathway) {
  std::pair<int, int> range(plan::kMaxOccurrences, 0);
  for (const v1::Enrollment& patient : PatientKinds(pathway)) {
    const absl::StatusOr<int> count = RemindersInAYear(pathway, patient);
    if (!count.ok()) return count.status();
    range = {std::min(range.first, *count), std::max(range.second, *count)};
  }
  return range;
}

std::string SummaryOf(const std::string& path, const plan::CompiledPathway& pathway, std::pair<int, int> reminders) {
  const v1::Pathway& source = pathway.source();
  std::set<std::string> languages;
  int tasks = 0;
  for (const v1::Rule& rule : source.rules()) {
    for (const auto& [locale, unused] : rule.texts()) languages.insert(locale);
    if (rule.audience() == v1::AUDIENCE_CARE_TEAM) ++tasks;
  }
  const auto [least, most] = reminders;
  std::string out = absl::StrCat(path, ": no faults\n", source.display_name(), "\n");
  absl::StrAppend(&out, "  ", Counted(source.phases_size(), "phase"), ", ", Counted(source.rules_size(), "rule"), " (",
                  tasks, " for the care team), ", Counted(source.factors_size(), "factor"), "\n");
  absl::StrAppend(&out, "  languages: ", absl::StrJoin(languages, ", "), " (default ", source.default_locale(), ")\n");
  absl::StrAppend(&out, "  reminders in the first year: ", least);
  if (most != least) absl::StrAppend(&out, " to ", most, ", depending on the patient");
  out += "\n";
  Table table({"  PHASE", ">RULES", "NAME"});
  for (const v1::Phase& phase : source.phases()) {
    const auto rules = std::count_if(source.rules().begin(), source.rules().end(),
                                     [&](const v1::Rule& rule) { return rule.phase() == phase.id(); });
    table.Add({"  " + phase.id(), absl::StrCat(rules), phase.display_name()});
  }
  return out + table.Render(0, false);
}

absl::Status CheckPathway(Session& session, const std::string& path) {
  const auto file = PathwayFile::Read(path);
  if (!file.ok()) return file.status();
  const auto compiled = file->Compile();
  if (!compiled.ok()) return compiled.status();
  const auto reminders = RangeOfReminders(**compiled);
  if (!reminders.ok()) return reminders.status();
  if (session.json()) {
    session.PrintJson(file->pathway());
  } else {
    session.Print(SummaryOf(path, **compiled, *reminders));
  }
  return absl::OkStatus();
}

struct PutOptions {
  std::string file;
  std::string id;
};

// What the newest revision is, or 0 if there is no such pathway.
absl::StatusOr<int> NewestRevision(Session& session, const std::string& name) {
  v1::GetPathwayRequest request;
  request.set_name(name);
  const auto response = session.Call(request);
  if (response.ok()) return response->pathway().revision();
  // Without the clinic there is no pathway either, but creating one then says which of the two is missing.
  if (absl::IsNotFound(response.status())) return 0;
  return response.status();
}

absl::Status PutPathway(Session& session, const PutOptions& options) {
  const auto file = PathwayFile::Read(options.file);
  if (!file.ok()) return file.status();
  const auto compiled = file->Compile();
  if (!compiled.ok()) return compiled.status();
  const std::string id = IdOf(options.id.empty() ? file->DefaultId() : options.id);
  const std::string name = PathwayName(session.clinic(), id);
  const absl::StatusOr<int> before = NewestRevision(session, name);
  if (!before.ok()) return before.status();

  v1::Pathway stored;
  if (*before == 0) {
    v1::CreatePathwayRequest request;
    request.set_parent(session.clinic());
    request.set_pathway_id(id);
    *request.mutable_pathway() = file->pathway();
    const auto response = session.Call(request);
    if (!response.ok()) return response.status();
    stored = response->pathway();
  } else {
    v1::UpdatePathwayRequest request;
    *request.mutable_pathway() = file->pathway();
    request.mutable_pathway()->set_name(name);
    request.mutable_pathway()->clear_etag();
    const auto response = session.Call(request);
    if (!response.ok()) return response.status();
    stored = response->pathway();
  }
  if (session.json()) {
    session.PrintJson(stored);
  } else if (stored.revision() == *before) {
    session.Print(absl::StrCat(stored.name(), " is unchanged, revision ", stored.revision(), "\n"));
  } else {
    session.Print(absl::StrCat(stored.name(), " is now revision ", stored.revision(), "\n"));
  }
  return absl::OkStatus();
}

absl::Status ListPathways(Session& session) {
  std::vector<v1::Pathway> pathways;
  v1::ListPathwaysRequest request;
  request.set_parent(session.clinic());
  request.set_page_size(1000);
  do {
    const auto response = session.Call(request);
    if (!response.ok()) return response.status();
    pathways.insert(pathways.end(), response->pathways().begin(), response->pathways().end());
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  if (session.json()) {
    for (const v1::Pathway& pathway : pathways) session.PrintJson(pathway);
  } else if (pathways.empty()) {
    session.Print(absl::StrCat("No pathways in ", session.clinic(), ".\n"));
  } else {
    session.Print(RenderPathways(pathways, {session.list_width(), session.colour()}));
  }
  return absl::OkStatus();
}

}  // namespace

void AddPathwayCommands(CLI::App& app, Action* action) {
  CLI::App* pathway = app.add_subcommand("pathway", "Check, store and list pathways");
  pathway->require_subcommand(1);

  CLI::App* check = pathway->add_subcommand("check", "Check a pathway file, without a server: every fault, one a line");
  const auto path = std::make_shared<std::string>();
  check->add_option("FILE", *path, "Pathway in protobuf text format")->required();
  check->footer(
      "Example:\n  aftercare pathway check deploy/pathways/knee_stem_cell.textproto\n\n"
      "With --json it prints the pathway on one line.");
  check->callback([=] { *action = [=](Session& session) { return CheckPathway(session, *path); }; });

  CLI::App* put = pathway->add_subcommand("put", "Store a pathway file, as a new pathway or its next revision");
  const auto options = std::make_shared<PutOptions>();
  put->add_option("FILE", options->file, "Pathway in protobuf text format")->required();
  put->add_option("--id", options->id, "Id of the pathway. Default: the file's name up to its first dot")
      ->type_name("ID");
  put->footer("Example:\n  aftercare pathway put deploy/pathways/knee_stem_cell.textproto --clinic demo");
  put->callback([=] { *action = [=](Session& session) { return PutPathway(session, *options); }; });

  CLI::App* list = pathway->add_subcommand("list", "List the clinic's pathways");
  list->footer("Example:\n  aftercare pathway list --clinic demo");
  list->callback([=] { *action = ListPathways; });
}

}  // namespace aftercare::client
