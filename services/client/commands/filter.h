#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_FILTER_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_FILTER_H_

#include "absl/status/statusor.h"
#include "aftercare/v1/reminder.pb.h"
#include "services/client/common/values.h"
#include "services/client/input/filter_options.h"
#include "services/client/session.h"

namespace aftercare::client {

// A filter of reminders, and the clinic's time frame in which the local and relative times of its options were read.
struct ClinicFilter {
  v1::ReminderFilter filter;
  TimeFrame frame;
};

// Checks the options, asks the server for the time frame of the clinic, and returns the filter for its reminders.
// Returns a usage error if an option makes no sense, and then has not called the server. Not thread safe.
absl::StatusOr<ClinicFilter> ReadFilter(Session& session, const FilterOptions& options);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_FILTER_H_
