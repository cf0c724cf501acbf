#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_NAMES_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_NAMES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Short ids, as people type them, and resource names, as the API wants them. A full resource name is taken as it is.
// Functions are pure and thread safe.
namespace aftercare::client {

// `demo` -> `clinics/demo`.
std::string ClinicName(absl::string_view clinic);

// `knee` -> `clinics/demo/pathways/knee`. `clinic` is a resource name, here and below.
std::string PathwayName(absl::string_view clinic, absl::string_view pathway);

// `e1` or `enrollments/e1` -> `clinics/demo/enrollments/e1`.
std::string EnrollmentName(absl::string_view clinic, absl::string_view enrollment);

// `e1/ice.2` or `enrollments/e1/reminders/ice.2` -> `clinics/demo/enrollments/e1/reminders/ice.2`. A usage error for
// an id that names no enrollment.
absl::StatusOr<std::string> ReminderName(absl::string_view clinic, absl::string_view reminder);

// The same for visits: `e1/month-6` -> `clinics/demo/enrollments/e1/visits/month-6`.
absl::StatusOr<std::string> VisitName(absl::string_view clinic, absl::string_view visit);

// The last segment of a name.
std::string IdOf(absl::string_view name);

// `e1/ice.2` of a reminder's name, which ReminderName understands, `e1/month-6` of a visit's; other names come back as
// they are.
std::string ShortReminder(absl::string_view name);
std::string ShortVisit(absl::string_view name);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_NAMES_H_
