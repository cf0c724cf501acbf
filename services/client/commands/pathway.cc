#include "services/client/commands/pathway.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/contact_hours.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"
#include "scheduler/plan/year/year_walk.h"
#include "services/client/commands/listing.h"
#include "services/client/commands/pathway_summary.h"
#include "services/client/commands/year_check.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/input/calendar_options.h"
#include "services/client/input/pathway_file.h"
#include "services/client/input/repeatable_option.h"
#include "services/client/render/agenda.h"
#include "services/client/render/lists.h"
#include "services/client/render/reaction_text.h"
#include "services/client/render/table.h"
#include "services/client/render/year.h"
#include "services/client/render/year_text.h"
#include "services/common/host_clock.h"

namespace aftercare::client {
namespace {

// The widest line of text. Longer lines are hard to read.
constexpr int kTextColumns = 110;

struct CheckOptions {
  std::string file;
  std::string contact_hours;
  bool year = false;
  std::string from;
};

// Reads --contact-hours. Returns hours that are always open if the option is not set.
absl::StatusOr<plan::ContactHours> ReadHours(const std::string& text) {
  if (text.empty()) return plan::ContactHours();
  const absl::StatusOr<v1::ContactHours> source = ParseContactHours(text);
  if (!source.ok()) return source.status();
  plan::FieldErrors errors;
  plan::ContactHours hours = plan::ContactHours::Read(*source, "--contact-hours", &errors);
  if (!errors.empty()) return FaultsError("the contact hours are not acceptable", errors);
  return hours;
}

// Reads --from. Returns today if the option is not set.
absl::StatusOr<absl::CivilDay> ReadFrom(const std::string& text) {
  if (text.empty()) return absl::ToCivilDay(HostNow(), absl::UTCTimeZone());
  const std::optional<absl::CivilDay> date = plan::ParseDate(text);
  if (!date.has_value()) return UsageError(absl::StrCat("--from \"", text, "\" is no date (YYYY-MM-DD)"));
  return *date;
}

// Walks a year of the pathway. Fails if the pathway breaks a promise.
absl::Status CheckYear(Session& session, const PathwayFile& file, const plan::CompiledPathway& pathway,
                       const plan::YearOptions& options) {
  const plan::YearReport report = plan::WalkYear(pathway, options);
  if (!session.json()) session.Print(RenderYear(pathway, options, report));
  const plan::FieldErrors faults = BrokenPromiseFaults(file, pathway, options, report);
  if (!faults.empty()) {
    return FaultsError(absl::StrCat(Counted(static_cast<int64_t>(faults.size()), "broken promise")), faults);
  }
  if (!session.json()) session.Print("No promise is broken.\n");
  return absl::OkStatus();
}

absl::Status CheckPathway(Session& session, const CheckOptions& options) {
  plan::YearOptions year;
  const auto hours = ReadHours(options.contact_hours);
  if (!hours.ok()) return hours.status();
  const absl::StatusOr<absl::CivilDay> from = ReadFrom(options.from);
  if (!from.ok()) return from.status();
  year.hours = *hours;
  year.first_date = *from;
  const auto file = PathwayFile::Read(options.file);
  if (!file.ok()) return file.status();
  const auto compiled = file->Compile();
  if (!compiled.ok()) return compiled.status();
  const auto summary = SummarizePathway(options.file, **compiled);
  if (!summary.ok()) return summary.status();
  session.PrintResult(file->pathway(), *summary);
  // What the hours never let out is a fault of the year.
  session.Note(file->Warnings(**compiled, options.year ? plan::ContactHours() : *hours));
  return options.year ? CheckYear(session, *file, **compiled, year) : absl::OkStatus();
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

// Returns the contact hours of the clinic, or hours that are always open if they cannot be read.
plan::ContactHours HoursOfClinic(Session& session) {
  v1::GetClinicRequest request;
  request.set_name(session.clinic());
  const auto response = session.Call(request);
  plan::FieldErrors errors;
  if (!response.ok()) return plan::ContactHours();
  return plan::ContactHours::Read(response->clinic().contact_hours(), "contact_hours", &errors);
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
  session.Note(file->Warnings(**compiled, HoursOfClinic(session)));
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
  bool discreet = false;
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
  if (!options.discreet) {
    v1::ConsentDecision& decision = *patient.add_consent_decisions();
    decision.set_health_information(true);
    decision.set_consent(v1::CONSENT_GRANTED);
  }
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

// Returns the reactions that an answer of the patient could set off, by index.
std::vector<int> ReactionsFor(const plan::CompiledPathway& pathway, const v1::Enrollment& patient) {
  record::v1::PlanHistory history;
  for (const int rule : pathway.reactions()) history.add_reactions()->set_rule(pathway.rule_source(rule).id());
  const plan::PatientFacts facts = plan::TrustedFactsOf(patient, pathway, {}, history);
  std::vector<int> rules;
  for (const int rule : pathway.reactions()) {
    if (facts.rules[rule]) rules.push_back(rule);
  }
  return rules;
}

void PrintPlan(Session& session, const plan::CompiledPathway& pathway, const v1::GetTimelineResponse& timeline,
               bool picture) {
  const int width = TerminalWidth();
  if (session.json()) {
    for (const v1::Reminder& reminder : timeline.reminders()) session.PrintJson(BriefOf(reminder));
  } else if (picture) {
    session.Print(RenderYearText(YearOf(timeline), width, session.colour()));
  } else {
    const int columns = std::min(width, kTextColumns);
    const std::string reactions = RenderReactions(
        pathway.source(), ReactionsFor(pathway, timeline.enrollment()), columns, session.colour());
    session.Print(absl::StrCat(RenderAgenda(timeline, columns, session.colour()), reactions.empty() ? "" : "\n",
                               reactions));
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
  PrintPlan(session, **compiled, PlanOf(**compiled, *facts, patient), options.picture);
  return absl::OkStatus();
}

}  // namespace

void AddPathwayCommand(CLI::App& app, Action* action) {
  CLI::App* pathway = app.add_subcommand("pathway", "Check, store and list pathways");
  pathway->require_subcommand(1);

  CLI::App* check = pathway->add_subcommand("check", "Check a pathway file, without a server: every fault, one a line");
  const auto checked = std::make_shared<CheckOptions>();
  check->add_option("FILE", checked->file, "Pathway in protobuf text format")->required();
  check->add_option("--contact-hours", checked->contact_hours, kContactHoursHelp)->type_name("HOURS");
  CLI::Option* const year = check->add_flag("--year", checked->year, "Walk all that a year of patients would be sent");
  check
      ->add_option("--from", checked->from,
                   "First procedure date of --year, YYYY-MM-DD. Default: today. A fixed date makes two runs comparable")
      ->needs(year)
      ->type_name("DATE");
  check->footer(
      "Examples:\n  aftercare pathway check deploy/pathways/knee_stem_cell.textproto\n"
      "  aftercare pathway check knee_stem_cell.textproto --year --contact-hours 08:00-21:00\n\n"
      "It warns where two rules of one series can be due for one patient at one time, of texts that take\n"
      "more than one SMS part, of days with more than five messages to one patient and, if it is told\n"
      "the --contact-hours, of messages that they never let out.\n"
      "With --year it walks every combination of factors over a year of procedure dates in several zones,\n"
      "with visits that are not booked, attended, missed or cancelled. It tells the heaviest day and week\n"
      "and the longest silences, and ends with exit code 1 if the file breaks a promise: a cap that is\n"
      "exceeded, a message that cannot be sent, a phase without one, a missing text, and the like. Each is\n"
      "named with a patient for whom it breaks.\n"
      "With --json it prints the pathway on one line.");
  check->callback([=] { *action = [=](Session& session) { return CheckPathway(session, *checked); }; });

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
  preview->add_flag("--discreet", options->discreet,
                    "For a patient who has not agreed to health information in messages: show the discreet_texts");
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
