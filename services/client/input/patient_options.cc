#include "services/client/input/patient_options.h"

#include "absl/strings/str_cat.h"
#include "services/client/common/values.h"
#include "services/client/input/calendar_options.h"
#include "services/client/input/repeatable_option.h"

namespace aftercare::client {
namespace {

// Adds the options of contact points. Callbacks collect them, since only the parser knows in which order they were
// given.
void AddContactOptions(CLI::App* command, const std::shared_ptr<PatientOptions>& options) {
  const auto add = [&](const char* name, v1::Channel channel, const char* description, const char* type) {
    command
        ->add_option_function<std::string>(
            name,
            [options, channel](const std::string& address) {
              v1::ContactPoint& point = options->contact_points.emplace_back();
              point.set_channel(channel);
              point.set_address(address);
            },
            description)
        ->type_name(type)
        ->trigger_on_parse();
  };
  add("--sms", v1::CHANNEL_SMS,
      "Number for text messages. This, --email and --webhook may be repeated, the preferred first", "+NUMBER");
  add("--email", v1::CHANNEL_EMAIL, "Address for e-mail", "ADDRESS");
  add("--webhook", v1::CHANNEL_WEBHOOK, "The patient's id in a system of the clinic's own, an app for instance", "ID");
}

}  // namespace

void AddPatientOptions(CLI::App* command, const std::shared_ptr<PatientOptions>& options, bool enrolling) {
  const std::string needed = enrolling ? ". Needed" : "";
  const auto otherwise = [enrolling](const char* whose) {
    return enrolling ? absl::StrCat(". Default: the ", whose, "'s") : "";
  };
  const auto add = [&](const char* name, std::string* value, const std::string& description, const char* type) {
    command->add_option(name, *value, description)->type_name(type);
  };
  add("--first-name", &options->first_name, "For {first_name} in texts" + needed, "NAME");
  add("--last-name", &options->last_name, "For {last_name} in texts", "NAME");
  add("--procedure-date", &options->procedure_date, "Day 0, YYYY-MM-DD" + needed, "DATE");
  add("--consent", &options->consent,
      "Whether the patient agreed to messages: " + EnumChoices(*v1::Consent_descriptor()) + needed, "WHAT");
  AddConsentOptions(command, "consent-", &options->consent_source);
  add("--zone", &options->zone, "IANA time zone of the patient" + otherwise("clinic"), "ZONE");
  add("--locale", &options->locale, "BCP 47 tag of the patient's language" + otherwise("pathway"), "LOCALE");
  AddRepeatableOption(command, "--factor", &options->factors,
                      "A fact about the patient, severity=severe; may be repeated")
      ->type_name("FACTOR=VALUE");
  AddContactOptions(command, options);
  add("--contact-hours", &options->contact_hours, kContactHoursHelp + otherwise("clinic"), "HOURS");
}

absl::Status ApplyPatientOptions(const PatientOptions& options, v1::Enrollment* enrollment) {
  const auto factors = ParseFactors(options.factors);
  if (!factors.ok()) return factors.status();
  for (const auto& [factor, value] : *factors) (*enrollment->mutable_factors())[factor] = value;
  const auto set = [](const std::string& value, std::string* field) {
    if (!value.empty()) *field = value;
  };
  set(options.first_name, enrollment->mutable_first_name());
  set(options.last_name, enrollment->mutable_last_name());
  set(options.procedure_date, enrollment->mutable_procedure_date());
  set(options.zone, enrollment->mutable_time_zone());
  set(options.locale, enrollment->mutable_locale());
  if (!options.contact_points.empty()) {
    enrollment->mutable_contact_points()->Assign(options.contact_points.begin(), options.contact_points.end());
  }
  if (!options.contact_hours.empty()) {
    const absl::StatusOr<v1::ContactHours> hours = ParseContactHours(options.contact_hours);
    if (!hours.ok()) return hours.status();
    *enrollment->mutable_contact_hours() = *hours;
  }
  if (!options.consent.empty()) {
    const absl::StatusOr<int> consent = ParseEnum(*v1::Consent_descriptor(), "--consent", options.consent);
    if (!consent.ok()) return consent.status();
    enrollment->set_consent(static_cast<v1::Consent>(*consent));
    // How an earlier consent was obtained says nothing about this one.
    enrollment->clear_consent_source();
  }
  v1::ConsentSource source;
  absl::Status status = ApplyConsentOptions(options.consent_source, "consent-", &source);
  if (status.ok() && source.ByteSizeLong() > 0) enrollment->mutable_consent_source()->MergeFrom(source);
  return status;
}

}  // namespace aftercare::client
