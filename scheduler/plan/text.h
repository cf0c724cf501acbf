// Message texts with placeholders. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_TEXT_H_
#define AFTERCARE_SCHEDULER_PLAN_TEXT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"

namespace aftercare::plan {

// The values of the placeholders of one message. Views must stay valid for the call that uses them.
struct TextFacts {
  absl::string_view first_name;
  absl::string_view last_name;
  absl::string_view clinic_name;
  absl::string_view clinic_phone;
  absl::string_view phase;

  // The locale of the text, which may differ from the patient's. Decides how dates and times are written.
  absl::string_view locale;

  // When the message is due, by the patient's clock.
  absl::CivilMinute due;

  absl::CivilDay procedure_date;

  // For rules of a visit: its name, its date, and when it begins if there is an appointment.
  absl::string_view visit;
  absl::CivilDay visit_date;
  std::optional<absl::CivilMinute> visit_time;

  // The IANA zones of visit_date and visit_time, if the text has to say whose date or time it is. Empty otherwise.
  absl::string_view visit_date_zone;
  absl::string_view visit_time_zone;
};

// A message text with placeholders, parsed once and rendered often. Immutable, so thread safe.
class Template {
 public:
  // Parses a text. `{{` and `}}` stand for braces. INVALID_ARGUMENT, with a message for the author of the text, for an
  // unknown placeholder and for a brace without its partner.
  static absl::StatusOr<Template> Parse(absl::string_view source);

  // Appends the text with the values of `facts` to `out`. Braces in values have no meaning. If a value is empty and has
  // a space on both sides, one of the two is left out.
  void Render(const TextFacts& facts, std::string* out) const;

  // The values of the placeholders as Render writes them, one for each placeholder of the text in its order. A value
  // may be empty.
  std::vector<std::string> Values(const TextFacts& facts) const;

  // Appends the text with these values to `out`. With those of Values it appends what Render does. A missing value
  // counts as empty, and one too many is ignored.
  void Fill(absl::Span<const std::string> values, std::string* out) const;

  // An upper bound on the bytes that Render appends, found without writing any date. Of `facts` only the names and the
  // zones are read, which are all views.
  size_t MaxBytes(const TextFacts& facts) const;

  // The first placeholder that only a rule of a visit can fill in, with its braces: `{visit_date}`. Empty if there is
  // none.
  absl::string_view VisitPlaceholder() const;

  // Whether the text has `{visit_time}`.
  bool TellsVisitTime() const;

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

  // A piece of the text: words, then a value, which may be kNone.
  struct Part {
    std::string words;
    Placeholder value = Placeholder::kNone;
  };

  // The placeholder with a name; kNone if there is none.
  static Placeholder Named(absl::string_view name);
  static void RenderValue(Placeholder value, const TextFacts& facts, std::string* out);
  static size_t MaxValueBytes(Placeholder value, const TextFacts& facts);

  // Appends the text to `out`. `append(value, out)` appends the value of each placeholder in turn.
  template <typename Append>
  void Compose(Append append, std::string* out) const;

  std::vector<Part> parts_;
};

// Writes a date: `March 5` in English, `5 de marzo` in Spanish, `2026-03-05` in other languages.
std::string LocalizedDate(absl::CivilDay date, absl::string_view locale);

// Writes a time of day: `9:00 AM` in English, `09:00` in other languages.
std::string LocalizedTime(absl::CivilMinute time, absl::string_view locale);

// Writes whose time the date or time before is, by the city of an IANA zone: `, New York time` in English, `, hora de
// New York` in Spanish, ` (New York)` in other languages. Empty for an empty zone.
std::string LocalizedZone(absl::string_view zone, absl::string_view locale);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_TEXT_H_
