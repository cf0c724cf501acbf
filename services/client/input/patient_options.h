#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_PATIENT_OPTIONS_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_PATIENT_OPTIONS_H_

#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "aftercare/v1/enrollment.pb.h"
#include "services/client/input/consent_options.h"

// The options that describe a patient. `enroll` and `update` share them. Functions are thread safe for different
// commands.
namespace aftercare::client {

// The options as typed.
struct PatientOptions {
  std::string first_name;
  std::string last_name;
  std::string procedure_date;
  std::string zone;
  std::string locale;
  std::string contact_hours;
  std::vector<std::string> factors;
  std::vector<v1::ContactPoint> contact_points;  // In the order given.
  std::string consent;
  ConsentOptions consent_source;
};

// Adds the options to a command. If the command enrols, the descriptions say which options are needed and what the
// defaults are.
void AddPatientOptions(CLI::App* command, const std::shared_ptr<PatientOptions>& options, bool enrolling);

// Sets the fields of `enrollment` for which there are options. Factors replace those of the same name; contact points
// replace all contact points. Returns a usage error if an option makes no sense.
absl::Status ApplyPatientOptions(const PatientOptions& options, v1::Enrollment* enrollment);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_PATIENT_OPTIONS_H_
