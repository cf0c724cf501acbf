#ifndef AFTERCARE_SCHEDULER_PLAN_TEXT_H_
#define AFTERCARE_SCHEDULER_PLAN_TEXT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace aftercare::plan {

// What the placeholders of one message stand for. Views must live as long as the call that uses them.
struct TextFacts {
  absl::string_view first_name;
  absl::string_view last_name;
  absl::string_view clinic_name;
  absl::string_view clinic_phone;
  absl::string_view phase;

  // Locale of the text itself (not of the patient): decides how dates and times are written.
  absl::string_view locale;

  // When the message is due, by the patient's clock.
  absl::CivilMinute due;

  absl::CivilDay procedure_date;

  // For rules of a visit: what staff call it, its date and, once there is an appointment, when that begins.
  absl::string_view visit;
  absl::CivilDay visit_date;
  std::optional<absl::CivilMinute> visit_time;
};

// A message text with placeholders, parsed once and rendered often. Immutable, so thread safe.
class Template {
 public:
  // Fails with INVALID_ARGUMENT, the message saying what is wrong: an unknown placeholder or a brace without its
  // partner (`{{` and `}}` stand for braces).
  static absl::StatusOr<Template> Parse(absl::string_view source);

  // Appends the text to `out`. Values are inserted as they are; braces in them mean nothing. Where a value is empty, of
  // the spaces on both sides of it one is left.
  void Render(const TextFacts& facts, std::string* out) const;

  // The first placeholder that only rules of a visit can fill in, `{visit_date}`; empty if there is none.
  absl::string_view VisitPlaceholder() const;

 private:
  enum class Placeholder {
    kNone,
    kFirstName,
    kLastName,
    kClinicName,
    kClinicPhone,
    kPhase,
    kDate,
    kTime,
    kDay,
    kWeek,
    kProcedureDate,
    kVisit,
    kVisitDate,
    kVisitTime,
  };

  // Plain words, then a value.
  struct Part {
    std::string words;
    Placeholder value = Placeholder::kNone;
  };

  static Placeholder Named(absl::string_view name);
  static void RenderValue(Placeholder value, const TextFacts& facts, std::string* out);

  std::vector<Part> parts_;
};

// `March 5` in English, `5 de marzo` in Spanish, else `2026-03-05`.
std::string LocalizedDate(absl::CivilDay date, absl::string_view locale);

// `9:00 AM` in English, else `09:00`.
std::string LocalizedTime(absl::CivilMinute time, absl::string_view locale);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_TEXT_H_
