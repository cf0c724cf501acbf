#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_CONSENT_OPTIONS_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_CONSENT_OPTIONS_H_

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "aftercare/v1/enrollment.pb.h"

// The options that say how a patient's decision about messages was obtained. Functions are thread safe for different
// commands.
namespace aftercare::client {

// The options as typed.
struct ConsentOptions {
  std::string method;
  std::string wording;
};

// Adds the options `--{prefix}method` and `--{prefix}wording` to a command. `options` must live as long as it.
void AddConsentOptions(CLI::App* command, const std::string& prefix, ConsentOptions* options);

// Sets the fields of `source` for which there are options. A wording that begins with `@` is read from the file of that
// name. Returns a usage error if an option makes no sense. `prefix` is that of AddConsentOptions.
absl::Status ApplyConsentOptions(const ConsentOptions& options, const std::string& prefix, v1::ConsentSource* source);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_CONSENT_OPTIONS_H_
