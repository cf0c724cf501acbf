#include "services/client/commands/consent.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/client/commands/listing.h"
#include "services/client/common/failure.h"
#include "services/client/common/values.h"
#include "services/client/input/consent_options.h"
#include "services/client/render/consent_text.h"
#include "services/client/render/labels.h"

namespace aftercare::client {
namespace {

struct SetOptions {
  std::string patient;
  std::string decision;
  std::string channel;
  std::string category;
  bool health_information = false;
  ConsentOptions source;
  std::string request_id;
};

// Sets what the decision is about.
absl::Status SetScope(const SetOptions& options, v1::ConsentDecision* decision) {
  if (options.health_information) decision->set_health_information(true);
  if (!options.category.empty()) decision->set_category(options.category);
  if (options.channel.empty()) {
    if (decision->scope_case() != v1::ConsentDecision::SCOPE_NOT_SET) return absl::OkStatus();
    return UsageError("say what it is about: --channel, --category or --health-information");
  }
  const absl::StatusOr<int> channel = ParseEnum(*v1::Channel_descriptor(), "--channel", options.channel);
  if (!channel.ok()) return channel.status();
  decision->set_channel(static_cast<v1::Channel>(*channel));
  return absl::OkStatus();
}

// Says what was recorded.
std::string ResultText(const std::string& patient, const v1::ConsentDecision& decision,
                       const v1::SetConsentResponse& response) {
  if (decision.has_channel()) {
    const std::string channels = ChannelLabels(response.opted_out_channels());
    return absl::StrCat("Patient ", patient, " has opted out of ", channels.empty() ? "nothing" : channels, ".\n");
  }
  return absl::StrCat("Patient ", patient, " has ", EnumLabel(*v1::Consent_descriptor(), decision.consent()), " ",
                      ConsentScopeText(decision), ".\n");
}

absl::Status SetConsent(Session& session, const SetOptions& options) {
  v1::SetConsentRequest request;
  request.set_parent(session.clinic());
  request.set_patient(options.patient);
  request.set_request_id(options.request_id);
  v1::ConsentDecision& decision = *request.mutable_decision();
  const absl::StatusOr<int> consent = ParseEnum(*v1::Consent_descriptor(), "consent", options.decision);
  if (!consent.ok()) return consent.status();
  decision.set_consent(static_cast<v1::Consent>(*consent));
  absl::Status status = SetScope(options, &decision);
  v1::ConsentSource source;
  if (status.ok()) status = ApplyConsentOptions(options.source, "", &source);
  if (!status.ok()) return status;
  if (source.ByteSizeLong() > 0) *decision.mutable_source() = std::move(source);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  session.PrintResult(*response, ResultText(options.patient, decision, *response));
  return absl::OkStatus();
}

absl::Status ListConsents(Session& session, const std::string& patient) {
  const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  v1::ListConsentDecisionsRequest request;
  request.set_parent(session.clinic());
  request.set_patient(patient);
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  const std::vector<v1::ConsentDecision> decisions(response->decisions().begin(), response->decisions().end());
  PrintList(session, decisions, RenderConsents, frame->zone, "No decisions were recorded.\n");
  return absl::OkStatus();
}

}  // namespace

void AddConsentCommand(CLI::App& app, Action* action) {
  CLI::App* consent = app.add_subcommand("consent", "Record what a patient decided about messages, and how");
  const auto options = std::make_shared<SetOptions>();
  consent->add_option("PATIENT", options->patient, "The clinic's own id of the patient")->required();
  consent->add_option("DECISION", options->decision, EnumChoices(*v1::Consent_descriptor()))->required();
  CLI::Option* channel = consent->add_option("--channel", options->channel,
                                             "About messages on a channel: " + EnumChoices(*v1::Channel_descriptor()));
  channel->type_name("CHANNEL");
  CLI::Option* category =
      consent->add_option("--category", options->category, "About messages of a category, as pathways name it");
  category->type_name("ID")->excludes(channel);
  consent
      ->add_flag("--health-information", options->health_information,
                 "About health information in messages. Until the patient agrees, texts without it are sent where "
                 "the pathway has them")
      ->excludes(channel)
      ->excludes(category);
  AddConsentOptions(consent, "", &options->source);
  consent->add_option("--request-id", options->request_id, "Makes it safe to send the same again")->type_name("ID");
  consent->footer(
      "It counts for all enrollments of the patient, also later ones. A refusal ends at once what is due or\n"
      "with a gateway. Whether the patient wants any messages at all is said by `enroll` and `update`.\n\n"
      "Examples:\n  aftercare consent P-17 --channel sms refused --clinic demo\n"
      "  aftercare consent P-17 --category exercise refused --method verbal\n"
      "  aftercare consent P-17 --health-information granted --method written --wording @form-3.txt");
  consent->callback([=] { *action = [=](Session& session) { return SetConsent(session, *options); }; });
}

void AddConsentsCommand(CLI::App& app, Action* action) {
  CLI::App* consents = app.add_subcommand("consents", "List what a patient decided about messages, newest first");
  const auto patient = std::make_shared<std::string>();
  consents->add_option("PATIENT", *patient, "The clinic's own id of the patient")->required();
  consents->footer("Example:\n  aftercare consents P-17 --clinic demo");
  consents->callback([=] { *action = [=](Session& session) { return ListConsents(session, *patient); }; });
}

}  // namespace aftercare::client
