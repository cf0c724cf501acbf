// Resource names and ids. Functions are pure and thread safe. Parsers return nothing if the text does not have exactly
// the right form. They do not check that the resource exists.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_NAMES_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_NAMES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

struct PathwayName {
  std::string clinic;
  std::string pathway;
};

struct EnrollmentName {
  std::string clinic;
  std::string enrollment;
};

struct VisitName {
  std::string clinic;
  std::string enrollment;
  std::string visit;
};

struct ReplyName {
  std::string clinic;
  std::string reply;
};

// 1 to 40 lower-case letters, digits and `-`, beginning with a letter.
bool IsClinicId(absl::string_view id);
// 1 to 40 lower-case letters, digits, `_` and `-`, beginning with a letter.
bool IsPathwayId(absl::string_view id);
// 1 to 40 lower-case letters, digits and `-`.
bool IsEnrollmentId(absl::string_view id);
// 1 to 64 letters, digits, `.`, `_` and `-`: the clinics' own ids of patients, and request ids.
bool IsForeignId(absl::string_view id);

std::optional<std::string> ParseClinicName(absl::string_view name);
std::optional<PathwayName> ParsePathwayName(absl::string_view name);
std::optional<EnrollmentName> ParseEnrollmentName(absl::string_view name);
std::optional<store::ReminderKey> ParseReminderName(absl::string_view name);
std::optional<VisitName> ParseVisitName(absl::string_view name);
std::optional<ReplyName> ParseReplyName(absl::string_view name);

std::string ClinicNameOf(absl::string_view clinic);
std::string PathwayNameOf(absl::string_view clinic, absl::string_view pathway);
std::string EnrollmentNameOf(absl::string_view clinic, absl::string_view enrollment);
std::string ReminderNameOf(const store::ReminderKey& key);
std::string VisitNameOf(absl::string_view clinic, absl::string_view enrollment, absl::string_view visit);
std::string ReplyNameOf(absl::string_view clinic, absl::string_view reply);

// Returns a new id of 18 characters: 10 for `now` in milliseconds, then 8 for the low 40 bits of `randomness`. Ids of
// later milliseconds sort after those of earlier ones.
std::string MakeTimeOrderedId(absl::Time now, uint64_t randomness);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_NAMES_H_
