#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/commands/commands.h"
#include "services/client/common/failure.h"
#include "services/client/common/terminal.h"
#include "services/client/input/calendar_options.h"
#include "services/client/input/filter_options.h"
#include "services/client/input/pathway_file.h"
#include "services/client/render/agenda.h"
#include "services/client/render/year.h"
#include "services/client/render/year_text.h"

namespace aftercare::client {
namespace {

// Lines of text longer than this are hard to read.
constexpr int kTextColumns = 110;

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

// The patient the options describe. Faults in the time of enrollment are added to those of the other fields, so that
// all can be mended at once.
v1::Enrollment PatientOf(const PreviewOptions& options, plan::FieldErrors* errors) {
  v1::Enrollment patient;
  patient.set_patient("preview");
  patient.set_first_name(options.first_name);
  patient.set_procedure_date(options.procedure_date);
  patient.set_time_zone(options.zone);
  patient.set_locale(options.locale);
  patient.set_consent(v1::CONSENT_GRANTED);
  const absl::TimeZone zone = plan::FindZone(options.zone).value_or(absl::UTCTimeZone());
  const std::string enrolled = options.enrolled_at.empty() ? options.procedure_date : options.enrolled_at;
  const absl::StatusOr<absl::Time> time = ParseAbsoluteInstant(enrolled, zone);
  if (time.ok()) {
    plan::SetTimestamp(*time, patient.mutable_enroll_time());
  } else if (!options.enrolled_at.empty()) {
    errors->push_back({"enroll_time", std::string(time.status().message())});
  }
  return patient;
}

// The option by which a field was given.
std::string OptionOf(const std::string& field) {
  if (field == "procedure_date") return "--procedure-date";
  if (field == "time_zone") return "--zone";
  if (field == "locale") return "--locale";
  if (field == "first_name") return "--first-name";
  if (field == "enroll_time") return "--enrolled-at";
  if (field.rfind("contact_hours", 0) == 0) return absl::StrCat("--contact-hours, ", field);
  return field.rfind("factors", 0) == 0 ? absl::StrCat("--factor, ", field) : field;
}

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
  // No clinic is known, so its placeholders stay, whatever the language.
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

// What --json promises: these fields and no others.
v1::Reminder JsonOf(const v1::Reminder& reminder) {
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
    for (const v1::Reminder& reminder : timeline.reminders()) session.PrintJson(JsonOf(reminder));
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

void AddPreviewCommand(CLI::App& app, Action* action) {
  CLI::App* preview = app.add_subcommand("preview", "Show what a patient would be sent, without a server");
  const auto options = std::make_shared<PreviewOptions>();
  preview->add_option("--pathway", options->pathway, "Pathway in protobuf text format")->required()->type_name("FILE");
  preview->add_option("--procedure-date", options->procedure_date, "Day 0, YYYY-MM-DD")->required()->type_name("DATE");
  preview->add_option("--zone", options->zone, "IANA time zone of the patient")->required()->type_name("ZONE");
  AddListOption(preview, "--factor", &options->factors, "A fact about the patient, severity=severe; may be repeated")
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
