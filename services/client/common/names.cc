#include "services/client/common/names.h"

#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

std::string Under(absl::string_view clinic, absl::string_view collection, absl::string_view id) {
  if (absl::StartsWith(id, "clinics/")) return std::string(id);
  if (absl::StartsWith(id, absl::StrCat(collection, "/"))) return absl::StrCat(clinic, "/", id);
  return absl::StrCat(clinic, "/", collection, "/", id);
}

// Returns the name of a resource that belongs to an enrollment, or nullopt if the id names no enrollment.
std::optional<std::string> UnderEnrollment(absl::string_view clinic, absl::string_view collection,
                                           absl::string_view id) {
  if (absl::StartsWith(id, "clinics/")) return std::string(id);
  const std::vector<absl::string_view> parts = absl::StrSplit(id, '/');
  if (parts.size() == 4 && parts[0] == "enrollments") return absl::StrCat(clinic, "/", id);
  if (parts.size() == 2) return absl::StrCat(clinic, "/enrollments/", parts[0], "/", collection, "/", parts[1]);
  return std::nullopt;
}

// Returns `e1/id` for a resource that belongs to enrollment `e1`.
std::string ShortName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 6) return std::string(name);
  return absl::StrCat(parts[3], "/", parts[5]);
}

}  // namespace

std::string ClinicName(absl::string_view clinic) {
  if (absl::StartsWith(clinic, "clinics/")) return std::string(clinic);
  return absl::StrCat("clinics/", clinic);
}

std::string PathwayName(absl::string_view clinic, absl::string_view pathway) {
  return Under(clinic, "pathways", pathway);
}

std::string EnrollmentName(absl::string_view clinic, absl::string_view enrollment) {
  return Under(clinic, "enrollments", enrollment);
}

std::string ReplyName(absl::string_view clinic, absl::string_view reply) { return Under(clinic, "replies", reply); }

std::string TokenName(absl::string_view token) {
  return absl::StartsWith(token, "tokens/") ? std::string(token) : absl::StrCat("tokens/", token);
}

absl::StatusOr<std::string> ReminderName(absl::string_view clinic, absl::string_view reminder) {
  if (auto name = UnderEnrollment(clinic, "reminders", reminder)) return *std::move(name);
  return UsageError(
      absl::StrCat("\"", reminder, "\" names no reminder: write ENROLLMENT/RULE.DATE, as in ana/ice-am.2026-03-04"));
}

absl::StatusOr<std::string> VisitName(absl::string_view clinic, absl::string_view visit) {
  if (auto name = UnderEnrollment(clinic, "visits", visit)) return *std::move(name);
  return UsageError(absl::StrCat("\"", visit, "\" names no visit: write ENROLLMENT/VISIT"));
}

std::string IdOf(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == absl::string_view::npos ? name : name.substr(slash + 1));
}

std::string ClinicOf(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  return parts.size() < 2 || parts[0] != "clinics" ? "" : absl::StrCat(parts[0], "/", parts[1]);
}

std::string EnrollmentOf(absl::string_view reminder_name) {
  return std::string(reminder_name.substr(0, reminder_name.find("/reminders/")));
}

std::string ShortReminder(absl::string_view name) { return ShortName(name); }
std::string ShortVisit(absl::string_view name) { return ShortName(name); }

}  // namespace aftercare::client
