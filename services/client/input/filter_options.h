#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_FILTER_OPTIONS_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_FILTER_OPTIONS_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "aftercare/v1/reminder.pb.h"
#include "services/client/common/values.h"

// The options that select reminders. Several commands share them. Failures are usage errors. Functions are thread safe
// for different commands.
namespace aftercare::client {

// The options as typed.
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

// Adds the options to a command. `options` must outlive the parsing of the command line.
void AddFilterOptions(CLI::App* command, FilterOptions* options);

// Checks the options without asking the server for anything. Returns a usage error if one makes no sense.
absl::Status CheckFilter(const FilterOptions& options);

// Returns the filter for the reminders of `clinic`, which is a resource name. Returns a usage error if an option makes
// no sense.
absl::StatusOr<v1::ReminderFilter> FilterOf(const FilterOptions& options, const std::string& clinic,
                                            const TimeFrame& frame);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_FILTER_OPTIONS_H_
