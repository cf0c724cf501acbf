#include "absl/strings/str_cat.h"
#include "services/client/commands.h"
#include "services/client/failure.h"
#include "services/client/filter_options.h"
#include "services/client/lists.h"
#include "services/client/names.h"
#include "services/client/values.h"

namespace aftercare::client {
namespace {

struct EnrollOptions {
  std::string id;
  std::string patient;
  std::string first_name;
  std::string last_name;
  std::string pathway;
  std::string procedure_date;
  std::string zone;
  std::string locale;
  std::vector<std::string> factors;
  std::vector<std::string> sms;
  std::vector<std::string> emails;
  std::vector<v1::Channel> channels;  // In the order given, one for each of sms and emails.
  std::string consent = "granted";
  std::string request_id;
  bool dry_run = false;
};

void AddContactPoints(const EnrollOptions& options, v1::Enrollment* enrollment) {
  size_t next_sms = 0;
  size_t next_email = 0;
  for (const v1::Channel channel : options.channels) {
    v1::ContactPoint* point = enrollment->add_contact_points();
    point->set_channel(channel);
    point->set_address(channel == v1::CHANNEL_SMS ? options.sms[next_sms++] : options.emails[next_email++]);
  }
}

absl::StatusOr<v1::CreateEnrollmentRequest> EnrollRequest(const std::string& clinic, const EnrollOptions& options) {
  auto factors = ParseFactors(options.factors);
  if (!factors.ok()) return factors.status();
  const absl::StatusOr<int> consent = ParseEnum(*v1::Consent_descriptor(), "--consent", options.consent);
  if (!consent.ok()) return consent.status();
  v1::CreateEnrollmentRequest request;
  request.set_parent(clinic);
  request.set_enrollment_id(options.id);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.dry_run);
  v1::Enrollment* enrollment = request.mutable_enrollment();
  enrollment->set_patient(options.patient);
  enrollment->set_first_name(options.first_name);
  enrollment->set_last_name(options.last_name);
  enrollment->set_pathway(PathwayName(clinic, options.pathway));
  enrollment->set_procedure_date(options.procedure_date);
  enrollment->set_time_zone(options.zone);
  enrollment->set_locale(options.locale);
  enrollment->set_consent(static_cast<v1::Consent>(*consent));
  *enrollment->mutable_factors() = *std::move(factors);
  AddContactPoints(options, enrollment);
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
  }
  return absl::OkStatus();
}

void AddEnroll(CLI::App& app, Action* action) {
  CLI::App* enroll = app.add_subcommand("enroll", "Enrol a patient on a pathway");
  const auto options = std::make_shared<EnrollOptions>();
  const auto add = [&](const char* name, std::string* value, const char* description, const char* type) {
    return enroll->add_option(name, *value, description)->type_name(type);
  };
  add("--patient", &options->patient, "The clinic's own id of the patient", "ID")->required();
  add("--first-name", &options->first_name, "For {first_name} in texts", "NAME")->required();
  add("--last-name", &options->last_name, "For {last_name} in texts", "NAME");
  add("--pathway", &options->pathway, "Id of the pathway", "ID")->required();
  add("--procedure-date", &options->procedure_date, "Day 0, YYYY-MM-DD", "DATE")->required();
  add("--zone", &options->zone, "IANA time zone of the patient. Default: the clinic's", "ZONE");
  add("--locale", &options->locale, "BCP 47 tag of the patient's language. Default: the pathway's", "LOCALE");
  AddListOption(enroll, "--factor", &options->factors, "A fact about the patient, severity=severe; may be repeated")
      ->type_name("FACTOR=VALUE");
  CLI::Option* sms = AddListOption(enroll, "--sms", &options->sms,
                                   "Number for text messages; --sms and --email may be repeated, in order of preference")
                         ->type_name("+NUMBER");
  CLI::Option* email = AddListOption(enroll, "--email", &options->emails, "Address for e-mail")->type_name("ADDRESS");
  enroll->add_option("--consent", options->consent, EnumChoices(*v1::Consent_descriptor()))->capture_default_str()->type_name("WHAT");
  add("--id", &options->id, "Id of the enrollment. Default: the server makes one", "ID");
  add("--request-id", &options->request_id, "Makes it safe to send the same again", "ID");
  enroll->add_flag("--dry-run", options->dry_run, "Check only, enrol nobody");
  enroll->footer(
      "Example:\n  aftercare enroll --clinic demo --id ana --patient P-17 --first-name Ana --pathway knee_stem_cell \\\n"
      "      --procedure-date 2026-03-02 --zone America/New_York --factor severity=severe --sms +15550100");
  enroll->callback([=] {
    // Only the parser knows in which order the two options came.
    for (const CLI::Option* option : enroll->parse_order()) {
      if (option == sms) options->channels.push_back(v1::CHANNEL_SMS);
      if (option == email) options->channels.push_back(v1::CHANNEL_EMAIL);
    }
    *action = [=](Session& session) { return Enroll(session, *options); };
  });
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
