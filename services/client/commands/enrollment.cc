#include "services/client/commands/enrollment.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/input/enrollment_file.h"
#include "services/client/input/patient_options.h"
#include "services/client/render/diff_text.h"
#include "services/client/render/lists.h"

namespace aftercare::client {
namespace {

// The fields that --clear takes.
constexpr absl::string_view kClearable[] = {"last-name", "zone",           "locale",
                                            "factors",   "contact-points", "contact-hours"};

struct EnrollOptions {
  std::string file;
  std::string id;
  std::string patient;
  std::string pathway;
  std::shared_ptr<PatientOptions> facts = std::make_shared<PatientOptions>();
  std::string request_id;
  bool allow_concurrent = false;
  bool dry_run = false;
};

struct UpdateOptions {
  std::string enrollment;
  std::shared_ptr<PatientOptions> patient = std::make_shared<PatientOptions>();
  std::string revision;
  std::vector<std::string> clear;
  bool keep_sent = false;
  bool allow_drop = false;
  bool dry_run = false;
};

struct EndOptions {
  std::string enrollment;
  std::string reason;
};

// Returns the enrollment of the file, if there is one, with the changes of the options.
absl::StatusOr<v1::Enrollment> EnrollmentToCreate(const std::string& clinic, const EnrollOptions& options) {
  v1::Enrollment enrollment;
  if (!options.file.empty()) {
    absl::StatusOr<v1::Enrollment> read = ReadEnrollmentFile(options.file);
    if (!read.ok()) return read.status();
    enrollment = *std::move(read);
  }
  if (!options.patient.empty()) enrollment.set_patient(options.patient);
  if (!options.pathway.empty()) enrollment.set_pathway(options.pathway);
  if (absl::Status status = ApplyPatientOptions(*options.facts, &enrollment); !status.ok()) return status;
  if (!enrollment.pathway().empty()) enrollment.set_pathway(PathwayName(clinic, enrollment.pathway()));
  return enrollment;
}

// Returns a usage error that names every option that is needed and missing.
absl::Status CheckComplete(const v1::Enrollment& enrollment) {
  std::vector<std::string> missing;
  if (enrollment.patient().empty()) missing.push_back("--patient");
  if (enrollment.first_name().empty()) missing.push_back("--first-name");
  if (enrollment.pathway().empty()) missing.push_back("--pathway");
  if (enrollment.procedure_date().empty()) missing.push_back("--procedure-date");
  if (enrollment.consent() == v1::CONSENT_UNSPECIFIED) missing.push_back("--consent");
  if (missing.empty()) return absl::OkStatus();
  return UsageError(absl::StrCat("enroll needs ", absl::StrJoin(missing, ", "), ", or a --file that says it"));
}

absl::StatusOr<v1::CreateEnrollmentRequest> EnrollRequest(const std::string& clinic, const EnrollOptions& options) {
  absl::StatusOr<v1::Enrollment> enrollment = EnrollmentToCreate(clinic, options);
  if (!enrollment.ok()) return enrollment.status();
  const absl::Status complete = CheckComplete(*enrollment);
  if (!complete.ok()) return complete;
  v1::CreateEnrollmentRequest request;
  request.set_parent(clinic);
  request.set_enrollment_id(options.id);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.dry_run);
  request.set_allow_concurrent(options.allow_concurrent);
  *request.mutable_enrollment() = *std::move(enrollment);
  return request;
}

absl::Status Enroll(Session& session, const EnrollOptions& options) {
  const auto request = EnrollRequest(session.clinic(), options);
  if (!request.ok()) return request.status();
  const auto response = session.Call(*request);
  if (!response.ok()) return response.status();
  session.PrintResult(response->enrollment(), RenderEnrollment(response->enrollment()));
  if (options.dry_run && !session.json()) session.Note("Checked only: nobody was enrolled.\n");
  return absl::OkStatus();
}

// Clears the fields that --clear names.
absl::Status Clear(const std::vector<std::string>& fields, v1::Enrollment* enrollment) {
  for (const std::string& field : fields) {
    if (std::find(std::begin(kClearable), std::end(kClearable), field) == std::end(kClearable)) {
      return UsageError(absl::StrCat("--clear takes ", absl::StrJoin(kClearable, ", "), ", not ", field));
    }
    if (field == "last-name") enrollment->clear_last_name();
    if (field == "zone") enrollment->clear_time_zone();
    if (field == "locale") enrollment->clear_locale();
    if (field == "factors") enrollment->clear_factors();
    if (field == "contact-points") enrollment->clear_contact_points();
    if (field == "contact-hours") enrollment->clear_contact_hours();
  }
  return absl::OkStatus();
}

// Sets the revision that --revision names. 0 stands for the newest.
absl::Status SetRevision(const std::string& text, v1::Enrollment* enrollment) {
  if (text.empty()) return absl::OkStatus();
  int revision = 0;
  if (text != "newest" && (!absl::SimpleAtoi(text, &revision) || revision < 1)) {
    return UsageError("--revision must be a number from 1, or newest");
  }
  enrollment->set_pathway_revision(revision);
  return absl::OkStatus();
}

// Reads the enrollment, changes it, and sends it as a whole under its etag. So single factors can be changed, and what
// somebody else changed in the meantime is not overwritten.
absl::Status Update(Session& session, const UpdateOptions& options) {
  absl::StatusOr<v1::Enrollment> enrollment = session.ReadEnrollment(options.enrollment);
  if (!enrollment.ok()) return enrollment.status();
  absl::Status status = Clear(options.clear, &*enrollment);
  if (status.ok()) status = SetRevision(options.revision, &*enrollment);
  if (status.ok()) status = ApplyPatientOptions(*options.patient, &*enrollment);
  if (!status.ok()) return status;
  v1::UpdateEnrollmentRequest request;
  *request.mutable_enrollment() = *std::move(enrollment);
  request.mutable_update_mask()->add_paths("*");
  request.set_allow_drop(options.allow_drop);
  request.set_keep_sent(options.keep_sent);
  request.set_validate_only(options.dry_run);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(*response);
    return absl::OkStatus();
  }
  const absl::TimeZone zone = ZoneOrUtc(response->enrollment().time_zone());
  session.Print(RenderDiff(response->diff(), {session.list_width(), session.colour(), zone}));
  if (options.dry_run) session.Note("Checked only: nothing was changed.\n");
  return absl::OkStatus();
}

// Pauses or resumes an enrollment, depending on `Request`.
template <typename Request>
absl::Status ChangeState(Session& session, const std::string& enrollment) {
  Request request;
  request.set_name(EnrollmentName(session.clinic(), enrollment));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  session.PrintResult(response->enrollment(), RenderEnrollment(response->enrollment()));
  return absl::OkStatus();
}

absl::Status End(Session& session, const EndOptions& options) {
  const absl::StatusOr<int> reason = ParseEnum(*v1::EndReason_descriptor(), "--reason", options.reason);
  if (!reason.ok()) return reason.status();
  v1::EndEnrollmentRequest request;
  request.set_name(EnrollmentName(session.clinic(), options.enrollment));
  request.set_reason(static_cast<v1::EndReason>(*reason));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  session.PrintResult(response->enrollment(), RenderEnrollment(response->enrollment()));
  if (session.json()) return absl::OkStatus();
  for (const std::string& other : response->also_ended()) session.Print(absl::StrCat("ended with it: ", other, "\n"));
  for (const std::string& other : response->also_corrected()) {
    session.Print(absl::StrCat("corrected with it: ", other, "\n"));
  }
  return absl::OkStatus();
}

// Adds a command whose only argument is an enrollment.
void AddStateCommand(CLI::App& app, Action* action, const char* name, const char* description,
                     absl::Status (*run)(Session&, const std::string&)) {
  CLI::App* command = app.add_subcommand(name, description);
  const auto enrollment = std::make_shared<std::string>();
  command->add_option("ENROLLMENT", *enrollment, "Which enrollment")->required();
  command->footer(absl::StrCat("Example:\n  aftercare ", name, " ana"));
  command->callback([=] { *action = [=](Session& session) { return run(session, *enrollment); }; });
}

}  // namespace

void AddEnrollCommand(CLI::App& app, Action* action) {
  CLI::App* enroll = app.add_subcommand("enroll", "Enrol a patient on a pathway");
  const auto options = std::make_shared<EnrollOptions>();
  const auto add = [&](const char* name, std::string* value, const std::string& description, const char* type) {
    return enroll->add_option(name, *value, description)->type_name(type);
  };
  add("--file", &options->file,
      "Take from this file what the options do not say: an Enrollment in protobuf JSON, as "
      "`enrollments --json` prints it, or text format",
      "FILE");
  add("--patient", &options->patient, "The clinic's own id of the patient. Needed", "ID");
  add("--pathway", &options->pathway, "Id of the pathway. Needed", "ID");
  AddPatientOptions(enroll, options->facts, /*enrolling=*/true);
  add("--id", &options->id, "Id of the enrollment. Default: the server makes one", "ID");
  add("--request-id", &options->request_id, "Makes it safe to send the same again", "ID");
  enroll->add_flag("--allow-concurrent", options->allow_concurrent,
                   "Enrol even if the patient has a running enrollment on the pathway, as for a second knee");
  enroll->add_flag("--dry-run", options->dry_run, "Check only, enrol nobody");
  enroll->footer(
      "Examples:\n  aftercare enroll --clinic demo --id ana --patient P-17 --first-name Ana --consent granted \\\n"
      "      --pathway knee_stem_cell --procedure-date 2026-03-02 --zone America/New_York \\\n"
      "      --factor severity=severe --sms +15550100 --email ana@example.org\n"
      "  aftercare enroll --clinic demo --file ana.json --dry-run");
  enroll->callback([=] { *action = [=](Session& session) { return Enroll(session, *options); }; });
}

void AddUpdateCommand(CLI::App& app, Action* action) {
  CLI::App* update =
      app.add_subcommand("update", "Change what is known of a patient, and see what the plan makes of it");
  const auto options = std::make_shared<UpdateOptions>();
  update->add_option("ENROLLMENT", options->enrollment, "Which enrollment")->required();
  AddPatientOptions(update, options->patient, /*enrolling=*/false);
  update->add_option("--revision", options->revision, "Revision of the pathway: a number, or newest")->type_name("N");
  update
      ->add_option("--clear", options->clear,
                   absl::StrCat("Forget it, or go back to the default: ", absl::StrJoin(kClearable, ", "),
                                "; may be repeated"))
      ->type_name("FIELD");
  update->add_flag("--keep-sent", options->keep_sent,
                   "The procedure date was a slip of the pen: what was sent counts for the new date");
  update->add_flag("--allow-drop", options->allow_drop,
                   "Change the revision even if reminders are pending of rules the new one lacks");
  update->add_flag("--dry-run", options->dry_run, "Show what would change, change nothing");
  update->footer(
      "Factors given replace those of the same name; contact points given replace all.\n"
      "What was sent is not sent again. But if the procedure is postponed, the patient is told again\n"
      "what was told before its new date: the answer lists it as SENT AGAIN. If the date was only\n"
      "written down wrong, say --keep-sent.\n\n"
      "Examples:\n  aftercare update ana --procedure-date 2026-03-09 --dry-run\n"
      "  aftercare update ana --procedure-date 2026-03-09 --keep-sent\n"
      "  aftercare update ana --zone Europe/Madrid --factor severity=mild\n"
      "  aftercare update ana --revision newest");
  update->callback([=] { *action = [=](Session& session) { return Update(session, *options); }; });
}

void AddPauseCommand(CLI::App& app, Action* action) {
  AddStateCommand(app, action, "pause", "Pause an enrollment: nothing comes due until it is resumed",
                  ChangeState<v1::PauseEnrollmentRequest>);
}

void AddResumeCommand(CLI::App& app, Action* action) {
  AddStateCommand(app, action, "resume", "Resume a paused enrollment", ChangeState<v1::ResumeEnrollmentRequest>);
}

void AddEndCommand(CLI::App& app, Action* action) {
  CLI::App* end = app.add_subcommand("end", "End an enrollment: nothing further comes due. Or correct why it ended");
  const auto options = std::make_shared<EndOptions>();
  end->add_option("ENROLLMENT", options->enrollment, "Which enrollment")->required();
  end->add_option("--reason", options->reason, EnumChoices(*v1::EndReason_descriptor()))->required()->type_name("WHY");
  end->footer(
      "Where the reason is deceased or transferred, all enrollments of the patient end; nobody who is\n"
      "recorded as deceased can be enrolled. Run again with another reason, it corrects the reason, also\n"
      "of the enrollments that ended with this one. An enrollment that has ended stays so: enrol again.\n\n"
      "Example:\n  aftercare end ana --reason withdrawn --clinic demo");
  end->callback([=] { *action = [=](Session& session) { return End(session, *options); }; });
}

}  // namespace aftercare::client
