#include "services/gateway/config.h"

#include <filesystem>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/protobuf/text_format.h"
#include "services/common/address.h"
#include "services/common/certificate.h"
#include "services/gateway/addresses.h"
#include "services/gateway/url.h"

namespace aftercare::gateway {
namespace {

constexpr absl::string_view kPrefix = "AFTERCARE_GATEWAY_";
constexpr char kNameCharacters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr char kEveryClinic[] = "clinics/-";
constexpr char kMustBeClinic[] = "must be clinics/{clinic}";
constexpr int kMostOtherClinics = 100;

// What is wrong, field by field.
class Errors {
 public:
  void Add(absl::string_view field, absl::string_view what) { all_.push_back(absl::StrCat(field, ": ", what)); }

  // Adds it unless it is so.
  void Require(bool so, absl::string_view field, absl::string_view what) {
    if (!so) Add(field, what);
  }

  // Adds its message unless it is OK.
  void Require(const absl::Status& status, absl::string_view field) {
    if (!status.ok()) Add(field, std::string(status.message()));
  }

  absl::Status status() const {
    if (all_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(all_, "; "));
  }

 private:
  std::vector<std::string> all_;
};

bool IsLine(const std::string& text, size_t most) {
  if (text.empty() || text.size() > most) return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

// `clinics/{clinic}`: 1 to 40 lower-case letters, digits and `-`, beginning with a letter, as the server has it.
bool IsClinic(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "clinics/") || name.empty() || name.size() > 40) return false;
  return absl::ascii_islower(static_cast<unsigned char>(name[0])) &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos;
}

// What all channels have.
template <typename Channel>
void CheckCommon(const Channel& channel, const std::string& at, Errors* errors) {
  errors->Require(channel.concurrency() >= 1 && channel.concurrency() <= 64, at + ".concurrency", "must be 1 to 64");
  absl::Duration timeout;
  errors->Require(absl::ParseDuration(channel.timeout(), &timeout) && timeout >= absl::Seconds(1) &&
                      timeout <= absl::Minutes(5),
                  at + ".timeout", "must be 1s to 5m");
  errors->Require(channel.ca_file().empty() || std::filesystem::is_regular_file(channel.ca_file()), at + ".ca_file",
                  absl::StrCat("there is no file ", channel.ca_file()));
}

void CheckHttpUrl(const std::string& text, const std::string& field, Errors* errors) {
  const auto url = ParseUrl(text);
  if (!url || (url->scheme != "http" && url->scheme != "https") || url->has_credentials) {
    return errors->Add(field, "must be an http or https URL without user and password");
  }
  errors->Require(url->scheme == "https" || url->loopback, field, "must be https, except on loopback");
}

void CheckEmail(const v1::EmailChannel& email, Errors* errors) {
  CheckCommon(email, "email", errors);
  const auto url = ParseUrl(email.url());
  errors->Require(url && (url->scheme == "smtp" || url->scheme == "smtps") && !url->has_credentials, "email.url",
                  "must be smtp://HOST:PORT or smtps://HOST:PORT");
  errors->Require(email.username().empty() == email.password().empty(), "email.password",
                  "must be set with a username, and not without one");
  errors->Require(IsMailAddress(email.from_address()), "email.from_address", "must be an e-mail address");
  errors->Require(email.from_name().empty() || IsLine(email.from_name(), 100), "email.from_name",
                  "must be at most 100 bytes on one line");
  errors->Require(IsLine(email.subject(), 200), "email.subject", "must be 1 to 200 bytes on one line");
}

void CheckOtherClinics(const v1::InboundNumber& number, const std::string& at, Errors* errors) {
  errors->Require(number.other_clinics_size() <= kMostOtherClinics, at + ".other_clinics",
                  absl::StrCat("must be at most ", kMostOtherClinics));
  std::set<std::string> known;
  for (int i = 0; i < number.other_clinics_size(); ++i) {
    const std::string& clinic = number.other_clinics(i);
    const std::string field = absl::StrCat(at, ".other_clinics[", i, "]");
    if (!IsClinic(clinic)) {
      errors->Add(field, kMustBeClinic);
    } else if (clinic == number.clinic()) {
      errors->Add(field, "must not be the number's own clinic");
    } else {
      errors->Require(known.insert(clinic).second, field, "must not be named twice");
    }
  }
}

void CheckNumbers(const v1::SmsChannel& sms, Errors* errors) {
  std::map<std::string, int> known;  // indexes in sms.numbers
  for (int i = 0; i < sms.numbers_size(); ++i) {
    const v1::InboundNumber& number = sms.numbers(i);
    const std::string at = absl::StrCat("sms.numbers[", i, "]");
    if (!IsLine(number.number(), 20)) {
      errors->Add(at + ".number", "must be a number or short code");
    } else if (const auto [first, is_new] = known.try_emplace(ComparableNumber(number.number()), i); !is_new) {
      errors->Add(at + ".number", absl::StrCat("must not be the number of sms.numbers[", first->second, "]"));
    }
    errors->Require(IsClinic(number.clinic()), at + ".clinic", kMustBeClinic);
    CheckOtherClinics(number, at, errors);
  }
}

// Returns whether it is an address at which a listener listens but nobody can call.
bool IsEveryAddress(const std::string& address) {
  return absl::StartsWith(address, "0.0.0.0:") || absl::StartsWith(address, "[::]:");
}

void CheckCallbackAddress(const v1::SmsChannel& sms, Errors* errors) {
  const std::string& address = sms.callback_listen();
  if (sms.callback_cert_file().empty()) {
    errors->Require(IsLoopback(address), "sms.callback_listen",
                    "must be host:port on loopback, or callback_cert_file must be set");
  } else {
    errors->Require(IsHostAndPort(address), "sms.callback_listen", "must be host:port");
    errors->Require(!IsEveryAddress(address) || !sms.callback_url().empty(), "sms.callback_url",
                    "must be set, since callback_listen names no host that can be called");
  }
  const CertificateFaults faults = FaultsOfCertificate(sms.callback_cert_file(), sms.callback_key_file());
  errors->Require(faults.cert, "sms.callback_cert_file");
  errors->Require(faults.key, "sms.callback_key_file");
}

void CheckCallbacks(const v1::SmsChannel& sms, const std::string& parent, Errors* errors) {
  CheckCallbackAddress(sms, errors);
  const std::string& token = sms.callback_token();
  errors->Require(token.size() >= 16 && token.size() <= 100 &&
                      token.find_first_not_of(kNameCharacters) == std::string::npos,
                  "sms.callback_token", "must be 16 to 100 letters, digits, - and _");
  if (!sms.callback_url().empty()) {
    CheckHttpUrl(sms.callback_url(), "sms.callback_url", errors);
    errors->Require(sms.callback_url().find_first_of("%? ") == std::string::npos, "sms.callback_url",
                    "must not have %, ? or blanks");
  }
  if (sms.default_clinic().empty()) {
    errors->Require(parent != kEveryClinic, "sms.default_clinic", "must be set, since parent names no clinic");
  } else {
    errors->Require(IsClinic(sms.default_clinic()), "sms.default_clinic", kMustBeClinic);
  }
  CheckNumbers(sms, errors);
}

void CheckSms(const v1::SmsChannel& sms, const std::string& parent, Errors* errors) {
  CheckCommon(sms, "sms", errors);
  CheckHttpUrl(sms.url(), "sms.url", errors);
  errors->Require(IsLine(sms.username(), 100), "sms.username", "must be set");
  errors->Require(IsLine(sms.password(), 100), "sms.password", "must be set");
  errors->Require(IsLine(sms.from(), 20), "sms.from", "must be a number, or up to 11 letters and digits");
  if (!sms.callback_listen().empty()) return CheckCallbacks(sms, parent, errors);
  errors->Require(sms.callback_token().empty() && sms.callback_url().empty() && sms.numbers().empty() &&
                      sms.default_clinic().empty() && sms.callback_cert_file().empty() &&
                      sms.callback_key_file().empty(),
                  "sms.callback_listen",
                  "must be set for callback_token, callback_url, callback_cert_file, callback_key_file, numbers and "
                  "default_clinic");
}

void CheckWebhook(const v1::WebhookChannel& webhook, Errors* errors) {
  CheckCommon(webhook, "webhook", errors);
  CheckHttpUrl(webhook.url(), "webhook.url", errors);
  errors->Require(webhook.secret().size() >= 16 && webhook.secret().size() <= 200, "webhook.secret",
                  "must be 16 to 200 bytes");
}

absl::Status Check(const v1::GatewayConfig& config) {
  if (absl::Status status = CheckLogLevel(config.log_level()); !status.ok()) return status;
  Errors errors;
  const ServerAccess names = {.address = "server",
                              .ca_file = "server_ca_file",
                              .cert_file = "server_cert_file",
                              .key_file = "server_key_file",
                              .token_file = "server_token_file"};
  for (const AccessFault& fault : FaultsOf(AccessOf(config), names)) errors.Add(fault.setting, fault.what);
  errors.Require(config.parent() == kEveryClinic || IsClinic(config.parent()), "parent",
                 "must be clinics/{clinic} or clinics/-");
  errors.Require(config.has_email() || config.has_sms() || config.has_webhook(), "email, sms, webhook",
                 "at least one channel must be there");
  if (config.has_email()) CheckEmail(config.email(), &errors);
  if (config.has_sms()) CheckSms(config.sms(), config.parent(), &errors);
  if (config.has_webhook()) CheckWebhook(config.webhook(), &errors);
  return errors.status();
}

template <typename Channel>
void SetChannelDefaults(Channel* channel) {
  if (channel->concurrency() == 0) channel->set_concurrency(4);
  if (channel->timeout().empty()) channel->set_timeout("30s");
}

void Hide(std::string* text) {
  if (!text->empty()) *text = "***";
}

}  // namespace

absl::StatusOr<v1::GatewayConfig> LoadConfig(const std::string& path, const Settings& environment,
                                             const Settings& flags) {
  v1::GatewayConfig config;
  config.set_server("127.0.0.1:50051");
  config.set_parent("clinics/-");
  config.set_log_level("info");
  absl::Status status = ApplyFile(path, &config);
  if (status.ok()) status = ApplyEnvironment(environment, kPrefix, &config);
  if (status.ok()) status = ApplyFlags(flags, &config);
  if (!status.ok()) return status;
  // Not before: a channel is there if anything of it was said.
  if (config.has_email()) SetChannelDefaults(config.mutable_email());
  if (config.has_sms()) SetChannelDefaults(config.mutable_sms());
  if (config.has_webhook()) SetChannelDefaults(config.mutable_webhook());
  if (status = Check(config); !status.ok()) return status;
  return config;
}

std::string Presentable(v1::GatewayConfig config) {
  if (config.has_email()) Hide(config.mutable_email()->mutable_password());
  if (config.has_sms()) Hide(config.mutable_sms()->mutable_password());
  if (config.has_sms()) Hide(config.mutable_sms()->mutable_callback_token());
  if (config.has_webhook()) Hide(config.mutable_webhook()->mutable_secret());
  std::string text;
  google::protobuf::TextFormat::PrintToString(config, &text);
  return text;
}

ServerAccess AccessOf(const v1::GatewayConfig& config) {
  return {.address = config.server(),
          .ca_file = config.server_ca_file(),
          .cert_file = config.server_cert_file(),
          .key_file = config.server_key_file(),
          .token_file = config.server_token_file()};
}

absl::Duration ToTimeout(const std::string& text) {
  absl::Duration timeout = absl::ZeroDuration();
  return absl::ParseDuration(text, &timeout) ? timeout : absl::Seconds(30);
}

}  // namespace aftercare::gateway
