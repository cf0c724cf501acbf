#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/commands/commands.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/input/enrollment_file.h"
#include "services/client/input/patient_options.h"
#include "services/client/render/lists.h"

namespace aftercare::client {
namespace {

struct EnrollOptions {
  std::string file;
  std::string id;
  std::string patient;
  std::string pathway;
  std::shared_ptr<PatientOptions> facts = std::make_shared<PatientOptions>();
  std::string request_id;
  bool dry_run = false;
};

// What the options say goes before what the file says.
absl::StatusOr<v1::Enrollment> EnrollmentOf(const std::string& clinic, const EnrollOptions& options) {
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

// Names every option that is needed and missing.
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
  absl::StatusOr<v1::Enrollment> enrollment = EnrollmentOf(clinic, options);
  if (!enrollment.ok()) return enrollment.status();
  const absl::Status complete = CheckComplete(*enrollment);
  if (!complete.ok()) return complete;
  v1::CreateEnrollmentRequest request;
  request.set_parent(clinic);
  request.set_enrollment_id(options.id);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.dry_run);
  *request.mutable_enrollment() = *std::move(enrollment);
  return request;
}

absl::Status Enroll(Session& session, const EnrollOptions& options) {
  const auto request = EnrollRequest(session.clinic(), options);
  if (!request.ok()) return request.status();
  const auto response = session.Call(*request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(response->enrollment());
    return absl::OkStatus();
  }
  session.Print(RenderEnrollment(response->enrollment()));
  if (options.dry_run) session.Note("Checked only: nobody was enrolled.\n");
  return absl::OkStatus();
}

struct ListOptions {
  std::string patient;
  std::string pathway;
  std::string state;
};

absl::Status ListEnrollments(Session& session, const ListOptions& options) {
  v1::ListEnrollmentsRequest request;
  request.set_parent(session.clinic());
  request.set_patient(options.patient);
  if (!options.pathway.empty()) request.set_pathway(PathwayName(session.clinic(), options.pathway));
  if (!options.state.empty()) {
    const absl::StatusOr<int> state = ParseEnum(*v1::EnrollmentState_descriptor(), "--state", options.state);
    if (!state.ok()) return state.status();
    request.set_state(static_cast<v1::EnrollmentState>(*state));
  }
  request.set_page_size(1000);
  std::vector<v1::Enrollment> enrollments;
  do {
    const auto response = session.Call(request);
    if (!response.ok()) return response.status();
    enrollments.insert(enrollments.end(), response->enrollments().begin(), response->enrollments().end());
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  if (session.json()) {
    for (const v1::Enrollment& enrollment : enrollments) session.PrintJson(enrollment);
  } else if (enrollments.empty()) {
    session.Print("No enrollments.\n");
  } else {
    session.Print(RenderEnrollments(enrollments, {session.list_width(), session.colour()}));
  }
  return absl::OkStatus();
}

struct EndOptions {
  std::string enrollment;
  std::string reason;
};

absl::Status End(Session& session, const EndOptions& options) {
  const absl::StatusOr<int> reason = ParseEnum(*v1::EndReason_descriptor(), "--reason", options.reason);
  if (!reason.ok()) return reason.status();
  v1::EndEnrollmentRequest request;
  request.set_name(EnrollmentName(session.clinic(), options.enrollment));
  request.set_reason(static_cast<v1::EndReason>(*reason));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(response->enrollment());
  } else {
    session.Print(RenderEnrollment(response->enrollment()));
    for (const std::string& other : response->also_ended()) session.Print(absl::StrCat("ended with it: ", other, "\n"));
  }
  return absl::OkStatus();
}

void AddEnroll(CLI::App& app, Action* action) {
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
  enroll->add_flag("--dry-run", options->dry_run, "Check only, enrol nobody");
  enroll->footer(
      "Examples:\n  aftercare enroll --clinic demo --id ana --patient P-17 --first-name Ana --consent granted \\\n"
      "      --pathway knee_stem_cell --procedure-date 2026-03-02 --zone America/New_York \\\n"
      "      --factor severity=severe --sms +15550100 --email ana@example.org\n"
      "  aftercare enroll --clinic demo --file ana.json --dry-run");
  enroll->callback([=] { *action = [=](Session& session) { return Enroll(session, *options); }; });
}

}  // namespace

void AddEnrollmentCommands(CLI::App& app, Action* action) {
  AddEnroll(app, action);

  CLI::App* list = app.add_subcommand("enrollments", "List the clinic's enrollments");
  const auto options = std::make_shared<ListOptions>();
  list->add_option("--patient", options->patient, "Of this patient, by the clinic's own id")->type_name("ID");
  list->add_option("--pathway", options->pathway, "On this pathway")->type_name("ID");
  list->add_option("--state", options->state, EnumChoices(*v1::EnrollmentState_descriptor()))->type_name("STATE");
  list->footer("Example:\n  aftercare enrollments --clinic demo --state active");
  list->callback([=] { *action = [=](Session& session) { return ListEnrollments(session, *options); }; });

  CLI::App* end = app.add_subcommand("end", "End an enrollment: nothing further comes due");
  const auto ending = std::make_shared<EndOptions>();
  end->add_option("ENROLLMENT", ending->enrollment, "Which enrollment")->required();
  end->add_option("--reason", ending->reason, EnumChoices(*v1::EndReason_descriptor()))->required()->type_name("WHY");
  end->footer("Example:\n  aftercare end ana --reason withdrawn --clinic demo");
  end->callback([=] { *action = [=](Session& session) { return End(session, *ending); }; });
}

}  // namespace aftercare::client
