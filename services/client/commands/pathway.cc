#include "services/client/commands/pathway.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/commands/listing.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/input/calendar_options.h"
#include "services/client/input/pathway_file.h"
#include "services/client/input/repeatable_option.h"
#include "services/client/render/agenda.h"
#include "services/client/render/lists.h"
#include "services/client/render/table.h"
#include "services/client/render/year.h"
#include "services/client/render/year_text.h"

namespace aftercare::client {
namespace {

// The procedure date of the sample patient. Only the lengths of months depend on it.
const char kSampleDate[] = "2026-03-02";
constexpr int kYearDays = 366;

// The widest line of text. Longer lines are hard to read.
constexpr int kTextColumns = 110;

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
  session.PrintResult(file->pathway(), SummaryOf(path, **compiled, *reminders));
  session.Note(file->Warnings(**compiled));
  return absl::OkStatus();
}

struct PutOptions {
  std::string file;
  std::string id;
  bool dry_run = false;
};

// Returns the newest revision, or 0 if there is no such pathway.
absl::StatusOr<int> NewestRevision(Session& session, const std::string& name) {
  v1::GetPathwayRequest request;
  request.set_name(name);
  const auto response = session.Call(request);
  if (response.ok()) return response->pathway().revision();
  // The clinic may be missing instead; creating the pathway will say so.
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
    request.set_validate_only(options.dry_run);
    const auto response = session.Call(request);
    if (!response.ok()) return response.status();
    stored = response->pathway();
  } else {
    v1::UpdatePathwayRequest request;
    *request.mutable_pathway() = file->pathway();
    request.mutable_pathway()->set_name(name);
    request.mutable_pathway()->clear_etag();
    request.set_validate_only(options.dry_run);
    const auto response = session.Call(request);
    if (!response.ok()) return response.status();
    stored = response->pathway();
  }
  const char* verb = stored.revision() == *before ? " is unchanged, revision "
                     : options.dry_run             ? " would be revision "
                                                   : " is now revision ";
  session.PrintResult(stored, absl::StrCat(stored.name(), verb, stored.revision(), "\n"));
  session.Note(file->Warnings(**compiled));
  if (options.dry_run) session.Note("Checked only: nothing was stored.\n");
  return absl::OkStatus();
}

absl::Status ListPathways(Session& session) {
  v1::ListPathwaysRequest request;
  request.set_parent(session.clinic());
  const auto pathways = ReadList(session, request, &v1::ListPathwaysResponse::pathways);
  if (!pathways.ok()) return pathways.status();
  PrintList(session, pathways->items, RenderPathways, absl::UTCTimeZone(),
            absl::StrCat("No pathways in ", session.clinic(), ".\n"));
  return absl::OkStatus();
}

struct PreviewOptions {
  std::string pathway;
  std::string procedure_date;
  std::string zone;
  std::vector<std::string> factors;
  std::string enrolled_at;
  std::string locale;
  std::string first_name = "Ana";
  std::string contact_hours;
  bool picture = false;
};

// Returns the patient the options describe. Adds the faults of --enrolled-at to `errors`, so that they are reported
// together with those of the other fields.
v1::Enrollment PatientOf(const PreviewOptions& options, plan::FieldErrors* errors) {
  v1::Enrollment patient;
  patient.set_patient("preview");
  patient.set_first_name(options.first_name);
  patient.set_procedure_date(options.procedure_date);
  patient.set_time_zone(options.zone);
  patient.set_locale(options.locale);
  patient.set_consent(v1::CONSENT_GRANTED);
  const absl::TimeZone zone = ZoneOrUtc(options.zone);
  const std::string enrolled = options.enrolled_at.empty() ? options.procedure_date : options.enrolled_at;
  const absl::StatusOr<absl::Time> time = ParseAbsoluteInstant(enrolled, zone);
  if (time.ok()) {
    plan::SetTimestamp(*time, patient.mutable_enroll_time());
  } else if (!options.enrolled_at.empty()) {
    errors->push_back({"enroll_time", std::string(time.status().message())});
  }
  return patient;
}

// Returns the option that sets a field.
std::string OptionOf(const std::string& field) {
  if (field == "procedure_date") return "--procedure-date";
  if (field == "time_zone") return "--zone";
  if (field == "locale") return "--locale";
  if (field == "first_name") return "--first-name";
  if (field == "enroll_time") return "--enrolled-at";
  if (field.rfind("contact_hours", 0) == 0) return absl::StrCat("--contact-hours, ", field);
  return field.rfind("factors", 0) == 0 ? absl::StrCat("--factor, ", field) : field;
}

// Returns the plan of the patient as the server would return it.
v1::GetTimelineResponse PlanOf(const plan::CompiledPathway& pathway, const plan::PatientFacts& facts,
                               const v1::Enrollment& patient) {
  v1::GetTimelineResponse timeline;
  *timeline.mutable_enrollment() = patient;
  *timeline.mutable_current_time() = patient.enroll_time();
  const absl::Time now = plan::ToTime(patient.enroll_time());
  for (int i = 0; i < pathway.phase_count(); ++i) {
    v1::TimelinePhase* phase = timeline.add_phases();
    const plan::DateRange dates = plan::PhaseDates(pathway, i, facts.procedure_date);
    phase->set_phase(pathway.phase_source(i).id());
    phase->set_display_name(pathway.phase_source(i).display_name());
    phase->set_first_date(plan::FormatDate(dates.first));
    phase->set_last_date(plan::FormatDate(dates.last));
  }
  // There is no clinic, so its placeholders stay in the texts.
  const plan::ClinicFacts clinic{"{clinic_name}", "{clinic_phone}"};
  plan::Plan plan(pathway, facts);
  plan::Occurrence occurrence;
  while (plan.Next(&occurrence)) {
    v1::Reminder* reminder = timeline.add_reminders();
    plan::Describe(pathway, facts, occurrence, now, reminder);
    reminder->set_text(plan::RenderText(pathway, facts, patient, clinic, occurrence));
  }
  return timeline;
}

// Returns the fields that the help of --json promises, and no others.
v1::Reminder BriefOf(const v1::Reminder& reminder) {
  v1::Reminder brief;
  brief.set_name(reminder.name());
  brief.set_phase(reminder.phase());
  brief.set_category(reminder.category());
  *brief.mutable_due_time() = reminder.due_time();
  *brief.mutable_expire_time() = reminder.expire_time();
  brief.set_state(reminder.state());
  brief.set_reason(reminder.reason());
  return brief;
}

void PrintPlan(Session& session, const v1::GetTimelineResponse& timeline, bool picture) {
  const int width = TerminalWidth();
  if (session.json()) {
    for (const v1::Reminder& reminder : timeline.reminders()) session.PrintJson(BriefOf(reminder));
  } else if (picture) {
    session.Print(RenderYearText(YearOf(timeline), width, session.colour()));
  } else {
    session.Print(RenderAgenda(timeline, std::min(width, kTextColumns), session.colour()));
  }
}

absl::Status Preview(Session& session, const PreviewOptions& options) {
  auto factors = ParseFactors(options.factors);
  if (!factors.ok()) return factors.status();
  const auto file = PathwayFile::Read(options.pathway);
  if (!file.ok()) return file.status();
  const auto compiled = file->Compile();
  if (!compiled.ok()) return compiled.status();

  plan::FieldErrors errors;
  v1::Enrollment patient = PatientOf(options, &errors);
  *patient.mutable_factors() = *std::move(factors);
  if (!options.contact_hours.empty()) {
    const absl::StatusOr<v1::ContactHours> hours = ParseContactHours(options.contact_hours);
    if (!hours.ok()) return hours.status();
    *patient.mutable_contact_hours() = *hours;
  }
  const std::optional<plan::PatientFacts> facts = plan::FactsOf(patient, **compiled, &errors);
  for (plan::FieldError& error : errors) error.field = OptionOf(error.field);
  if (!errors.empty() || !facts.has_value()) return FaultsError("the patient's facts are not acceptable", errors);
  PrintPlan(session, PlanOf(**compiled, *facts, patient), options.picture);
  return absl::OkStatus();
}

}  // namespace

void AddPathwayCommand(CLI::App& app, Action* action) {
  CLI::App* pathway = app.add_subcommand("pathway", "Check, store and list pathways");
  pathway->require_subcommand(1);

  CLI::App* check = pathway->add_subcommand("check", "Check a pathway file, without a server: every fault, one a line");
  const auto path = std::make_shared<std::string>();
  check->add_option("FILE", *path, "Pathway in protobuf text format")->required();
  check->footer(
      "Example:\n  aftercare pathway check deploy/pathways/knee_stem_cell.textproto\n\n"
      "It warns where two rules of one series can be due for one patient at one time.\n"
      "With --json it prints the pathway on one line.");
  check->callback([=] { *action = [=](Session& session) { return CheckPathway(session, *path); }; });

  CLI::App* put = pathway->add_subcommand("put", "Store a pathway file, as a new pathway or its next revision");
  const auto options = std::make_shared<PutOptions>();
  put->add_option("FILE", options->file, "Pathway in protobuf text format")->required();
  put->add_option("--id", options->id, "Id of the pathway. Default: the file's name up to its first dot")
      ->type_name("ID");
  put->add_flag("--dry-run", options->dry_run, "Let the server check it, store nothing");
  put->footer("Example:\n  aftercare pathway put deploy/pathways/knee_stem_cell.textproto --clinic demo");
  put->callback([=] { *action = [=](Session& session) { return PutPathway(session, *options); }; });

  CLI::App* list = pathway->add_subcommand("list", "List the clinic's pathways");
  list->footer("Example:\n  aftercare pathway list --clinic demo");
  list->callback([=] { *action = ListPathways; });
}

void AddPreviewCommand(CLI::App& app, Action* action) {
  CLI::App* preview = app.add_subcommand("preview", "Show what a patient would be sent, without a server");
  const auto options = std::make_shared<PreviewOptions>();
  preview->add_option("--pathway", options->pathway, "Pathway in protobuf text format")->required()->type_name("FILE");
  preview->add_option("--procedure-date", options->procedure_date, "Day 0, YYYY-MM-DD")->required()->type_name("DATE");
  preview->add_option("--zone", options->zone, "IANA time zone of the patient")->required()->type_name("ZONE");
  AddRepeatableOption(preview, "--factor", &options->factors,
                      "A fact about the patient, severity=severe; may be repeated")
      ->type_name("FACTOR=VALUE");
  preview
      ->add_option(
          "--enrolled-at", options->enrolled_at,
          "When the patient is enrolled: 2026-03-02T14:30 (local) or RFC 3339. What is out of its window by then "
          "is never sent. Default: the start of the procedure date")
      ->type_name("TIME");
  preview->add_option("--locale", options->locale, "BCP 47 tag of the patient's language")->type_name("LOCALE");
  preview->add_option("--first-name", options->first_name, "For {first_name} in texts")
      ->capture_default_str()
      ->type_name("NAME");
  preview->add_option("--contact-hours", options->contact_hours, kContactHoursHelp)->type_name("HOURS");
  preview->add_flag("--picture", options->picture, "Draw the year, as timeline does");
  preview->footer(
      "Example:\n  aftercare preview --pathway deploy/pathways/knee_stem_cell.textproto \\\n"
      "      --procedure-date 2026-03-02 --zone America/New_York --factor severity=severe --locale es\n\n"
      "With --json, each line is one reminder, in order of due time, with the fields name, phase,\n"
      "category, dueTime, expireTime, state and, where the state has one, reason. The state is that\n"
      "at the time of enrollment.");
  preview->callback([=] { *action = [=](Session& session) { return Preview(session, *options); }; });
}

}  // namespace aftercare::client
