#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_FILTER_OPTIONS_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_FILTER_OPTIONS_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "aftercare/v1/reminder.pb.h"
#include "services/client/common/values.h"

namespace aftercare::client {

// The options that select reminders, as typed.
struct FilterOptions {
  std::string patient;
  std::string enrollment;
  std::vector<std::string> phases;
  std::vector<std::string> categories;
  std::string audience;
  std::string channel;
  std::vector<std::string> states;
  std::string from;
  std::string before;
};

// Adds them to a command. `options` must outlive the reading of the command line.
void AddFilterOptions(CLI::App* command, FilterOptions* options);

// Whether they make sense, which is to be known before a server is asked. A usage error if not.
absl::Status CheckFilter(const FilterOptions& options);

// What they select in that clinic (a resource name). A usage error for values that make no sense.
absl::StatusOr<v1::ReminderFilter> FilterOf(const FilterOptions& options, const std::string& clinic,
                                            const TimeFrame& frame);

// Adds an option that takes one value each time it is given and collects them all: unlike those of CLI11 it does not
// swallow the positional arguments after it.
CLI::Option* AddListOption(CLI::App* command, const std::string& name, std::vector<std::string>* values,
                           const std::string& description);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_FILTER_OPTIONS_H_
