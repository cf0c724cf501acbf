#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_NAMES_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_NAMES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Converts between the short ids that people type and the resource names of the API. Every function that takes a short
// id also takes a full resource name and returns it unchanged. All functions are pure and thread safe.
namespace aftercare::client {

// `demo` -> `clinics/demo`.
std::string ClinicName(absl::string_view clinic);

// `knee` -> `clinics/demo/pathways/knee`. Here and below, `clinic` is a resource name.
std::string PathwayName(absl::string_view clinic, absl::string_view pathway);

// `e1` or `enrollments/e1` -> `clinics/demo/enrollments/e1`.
std::string EnrollmentName(absl::string_view clinic, absl::string_view enrollment);

// `0a1b` or `replies/0a1b` -> `clinics/demo/replies/0a1b`.
std::string ReplyName(absl::string_view clinic, absl::string_view reply);

// `0a1b` -> `tokens/0a1b`.
std::string TokenName(absl::string_view token);

// `e1/ice.2026-03-04` or `enrollments/e1/reminders/ice.2026-03-04` ->
// `clinics/demo/enrollments/e1/reminders/ice.2026-03-04`. Returns a usage error if the id names no enrollment.
absl::StatusOr<std::string> ReminderName(absl::string_view clinic, absl::string_view reminder);

// The same for visits: `e1/month-6` -> `clinics/demo/enrollments/e1/visits/month-6`.
absl::StatusOr<std::string> VisitName(absl::string_view clinic, absl::string_view visit);

// Returns the last segment of a resource name: `e1` of `clinics/demo/enrollments/e1`.
std::string IdOf(absl::string_view name);

// Returns the clinic a resource belongs to: `clinics/demo` of `clinics/demo/replies/0a1b`. Returns an empty string if
// the name does not begin with a clinic.
std::string ClinicOf(absl::string_view name);

// Returns the enrollment a reminder belongs to: `clinics/demo/enrollments/e1` of
// `clinics/demo/enrollments/e1/reminders/ice.2026-03-04`.
std::string EnrollmentOf(absl::string_view reminder_name);

// Return the short id of a reminder (`e1/ice.2026-03-04`) and of a visit (`e1/month-6`), which ReminderName and
// VisitName take. Other names are returned unchanged.
std::string ShortReminder(absl::string_view name);
std::string ShortVisit(absl::string_view name);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_NAMES_H_
