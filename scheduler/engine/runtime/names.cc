#include "scheduler/engine/runtime/names.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/plan/reminder_name.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::engine {
namespace {

bool IsLowerIdChar(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-'; }

template <typename Predicate>
bool AllOf(absl::string_view text, size_t max, Predicate allowed) {
  if (text.empty() || text.size() > max) return false;
  for (char c : text) {
    if (!allowed(c)) return false;
  }
  return true;
}

// The ids in `name` if it is `collections[0]/{id}/collections[1]/{id}...`.
std::optional<std::vector<absl::string_view>> Segments(absl::string_view name,
                                                       std::initializer_list<absl::string_view> collections) {
  constexpr size_t kMaxName = 400;
  if (name.size() > kMaxName) return std::nullopt;
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 2 * collections.size()) return std::nullopt;
  std::vector<absl::string_view> ids;
  size_t at = 0;
  for (absl::string_view collection : collections) {
    if (parts[at] != collection) return std::nullopt;
    ids.push_back(parts[at + 1]);
    at += 2;
  }
  if (!IsClinicId(ids[0])) return std::nullopt;
  return ids;
}

}  // namespace

bool IsClinicId(absl::string_view id) { return AllOf(id, 40, IsLowerIdChar) && absl::ascii_islower(id[0]); }

bool IsPathwayId(absl::string_view id) { return plan::IsPathwayId(id); }

bool IsEnrollmentId(absl::string_view id) { return AllOf(id, 40, IsLowerIdChar); }

bool IsForeignId(absl::string_view id) {
  return AllOf(id, 64, [](char c) { return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-'; });
}

std::optional<std::string> ParseClinicName(absl::string_view name) {
  const auto ids = Segments(name, {"clinics"});
  if (!ids) return std::nullopt;
  return std::string((*ids)[0]);
}

std::optional<PathwayName> ParsePathwayName(absl::string_view name) {
  const auto ids = Segments(name, {"clinics", "pathways"});
  if (!ids || !IsPathwayId((*ids)[1])) return std::nullopt;
  return PathwayName{std::string((*ids)[0]), std::string((*ids)[1])};
}

std::optional<EnrollmentName> ParseEnrollmentName(absl::string_view name) {
  const auto ids = Segments(name, {"clinics", "enrollments"});
  if (!ids || !IsEnrollmentId((*ids)[1])) return std::nullopt;
  return EnrollmentName{std::string((*ids)[0]), std::string((*ids)[1])};
}

std::optional<store::ReminderKey> ParseReminderName(absl::string_view name) {
  const auto ids = Segments(name, {"clinics", "enrollments", "reminders"});
  if (!ids || !IsEnrollmentId((*ids)[1])) return std::nullopt;
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit((*ids)[2], absl::MaxSplits('.', 1));
  const std::optional<int64_t> code = plan::ParseNameCode(parts.second);
  if (!plan::IsPathwayId(parts.first) || !code) return std::nullopt;
  return store::ReminderKey{std::string((*ids)[0]), std::string((*ids)[1]), std::string(parts.first), *code};
}

std::optional<VisitName> ParseVisitName(absl::string_view name) {
  const auto ids = Segments(name, {"clinics", "enrollments", "visits"});
  if (!ids || !IsEnrollmentId((*ids)[1]) || !plan::IsPathwayId((*ids)[2])) return std::nullopt;
  return VisitName{std::string((*ids)[0]), std::string((*ids)[1]), std::string((*ids)[2])};
}

std::optional<ReplyName> ParseReplyName(absl::string_view name) {
  const auto ids = Segments(name, {"clinics", "replies"});
  if (!ids || !IsEnrollmentId((*ids)[1])) return std::nullopt;
  return ReplyName{std::string((*ids)[0]), std::string((*ids)[1])};
}

std::string ClinicNameOf(absl::string_view clinic) { return absl::StrCat("clinics/", clinic); }

std::string PathwayNameOf(absl::string_view clinic, absl::string_view pathway) {
  return absl::StrCat("clinics/", clinic, "/pathways/", pathway);
}

std::string EnrollmentNameOf(absl::string_view clinic, absl::string_view enrollment) {
  return absl::StrCat("clinics/", clinic, "/enrollments/", enrollment);
}

std::string ReminderNameOf(const store::ReminderKey& key) {
  return absl::StrCat("clinics/", key.clinic, "/enrollments/", key.enrollment, "/reminders/", key.rule, ".",
                      plan::FormatNameCode(key.code));
}

std::string VisitNameOf(absl::string_view clinic, absl::string_view enrollment, absl::string_view visit) {
  return absl::StrCat(EnrollmentNameOf(clinic, enrollment), "/visits/", visit);
}

std::string ReplyNameOf(absl::string_view clinic, absl::string_view reply) {
  return absl::StrCat("clinics/", clinic, "/replies/", reply);
}

std::string MakeTimeOrderedId(absl::Time now, uint64_t randomness) {
  constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuv";  // base32hex: sorts as it counts
  std::string id(18, '0');
  uint64_t millis = static_cast<uint64_t>(absl::ToUnixMillis(now));
  for (int i = 9; i >= 0; --i, millis >>= 5) id[i] = kDigits[millis & 31];
  for (int i = 17; i >= 10; --i, randomness >>= 5) id[i] = kDigits[randomness & 31];
  return id;
}

}  // namespace aftercare::engine
