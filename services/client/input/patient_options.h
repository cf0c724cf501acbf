#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_PATIENT_OPTIONS_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_PATIENT_OPTIONS_H_

#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "aftercare/v1/enrollment.pb.h"

// What enroll and update let a user say of a patient.
namespace aftercare::client {

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
};

// Adds the options to a command. For one that enrols, their descriptions say what is needed and what the defaults are.
void AddPatientOptions(CLI::App* command, const std::shared_ptr<PatientOptions>& options, bool enrolling);

// Puts what the options say before what `enrollment` says: factors one by one, contact points all together. A usage
// error for what cannot be read.
absl::Status ApplyPatientOptions(const PatientOptions& options, v1::Enrollment* enrollment);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_PATIENT_OPTIONS_H_
