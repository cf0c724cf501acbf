#include "scheduler/plan/text.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

constexpr const char* kEnglishMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
constexpr const char* kSpanishMonths[] = {"enero", "febrero", "marzo",      "abril",   "mayo",      "junio",
                                          "julio", "agosto",  "septiembre", "octubre", "noviembre", "diciembre"};

int64_t DaysSinceProcedure(const TextFacts& facts) { return absl::CivilDay(facts.due) - facts.procedure_date; }

// Week n is days 7(n-1)+1 to 7n. The day of the procedure itself is spoken of as in the first week.
int64_t WeekOfRecovery(const TextFacts& facts) {
  return std::max<int64_t>(1, (DaysSinceProcedure(facts) + 6) / 7);
}

absl::Status UnmatchedBrace(char brace) {
  return absl::InvalidArgumentError(
      absl::StrFormat("has a '%c' without its partner; write '%c%c' for a brace", brace, brace, brace));
}

absl::Status UnknownPlaceholder(absl::string_view name) {
  if (name.size() > 40) return absl::InvalidArgumentError("has an unknown placeholder");
  return absl::InvalidArgumentError(absl::StrCat("has an unknown placeholder '{", name, "}'"));
}

// What people call the time of an IANA zone: `New York` for `America/New_York`. The zones `Etc/GMT+5` have their signs
// reversed: that one is GMT-5.
std::string CityOf(absl::string_view zone) {
  std::string city = absl::StrReplaceAll(zone.substr(zone.rfind('/') + 1), {{"_", " "}});
  if (!absl::StartsWith(zone, "Etc/")) return city;
  for (char& c : city) c = c == '+' ? '-' : c == '-' ? '+' : c;
  return city;
}

}  // namespace

std::string LocalizedDate(absl::CivilDay date, absl::string_view locale) {
  const absl::string_view language = LanguageOf(locale);
  if (language == "en") return absl::StrCat(kEnglishMonths[date.month() - 1], " ", date.day());
  if (language == "es") return absl::StrCat(date.day(), " de ", kSpanishMonths[date.month() - 1]);
  return FormatDate(date);
}

std::string LocalizedTime(absl::CivilMinute time, absl::string_view locale) {
  if (LanguageOf(locale) != "en") return absl::StrFormat("%02d:%02d", time.hour(), time.minute());
  const int hour = time.hour() % 12 == 0 ? 12 : time.hour() % 12;
  return absl::StrFormat("%d:%02d %s", hour, time.minute(), time.hour() < 12 ? "AM" : "PM");
}

std::string LocalizedZone(absl::string_view zone, absl::string_view locale) {
  if (zone.empty()) return "";
  const absl::string_view language = LanguageOf(locale);
  if (language == "en") return absl::StrCat(", ", CityOf(zone), " time");
  if (language == "es") return absl::StrCat(", hora de ", CityOf(zone));
  return absl::StrCat(" (", CityOf(zone), ")");
}

Template::Placeholder Template::Named(absl::string_view name) {
  static constexpr std::pair<absl::string_view, Placeholder> kNames[] = {
      {"first_name", Placeholder::kFirstName},   {"last_name", Placeholder::kLastName},
      {"clinic_name", Placeholder::kClinicName}, {"clinic_phone", Placeholder::kClinicPhone},
      {"phase", Placeholder::kPhase},            {"date", Placeholder::kDate},
      {"time", Placeholder::kTime},              {"day", Placeholder::kDay},
      {"week", Placeholder::kWeek},              {"procedure_date", Placeholder::kProcedureDate},
      {"visit", Placeholder::kVisit},            {"visit_date", Placeholder::kVisitDate},
      {"visit_time", Placeholder::kVisitTime},
  };
  for (const auto& [known, placeholder] : kNames) {
    if (known == name) return placeholder;
  }
  return Placeholder::kNone;
}

absl::StatusOr<Template> Template::Parse(absl::string_view source) {
  Template result;
  Part part;
  while (!source.empty()) {
    const size_t brace = std::min(source.find_first_of("{}"), source.size());
    absl::StrAppend(&part.words, source.substr(0, brace));
    source.remove_prefix(brace);
    if (source.empty()) break;
    if (source.size() > 1 && source[1] == source[0]) {
      part.words.push_back(source[0]);
      source.remove_prefix(2);
      continue;
    }
    const size_t end = source.find_first_of("{}", 1);
    if (source[0] == '}' || end == absl::string_view::npos || source[end] == '{') return UnmatchedBrace(source[0]);
    const absl::string_view name = source.substr(1, end - 1);
    part.value = Named(name);
    if (part.value == Placeholder::kNone) return UnknownPlaceholder(name);
    result.parts_.push_back(std::move(part));
    part = Part();
    source.remove_prefix(end + 1);
  }
  if (!part.words.empty()) result.parts_.push_back(std::move(part));
  return result;
}

void Template::RenderValue(Placeholder value, const TextFacts& facts, std::string* out) {
  switch (value) {
    case Placeholder::kNone:
      return;
    case Placeholder::kFirstName:
      return absl::StrAppend(out, facts.first_name);
    case Placeholder::kLastName:
      return absl::StrAppend(out, facts.last_name);
    case Placeholder::kClinicName:
      return absl::StrAppend(out, facts.clinic_name);
    case Placeholder::kClinicPhone:
      return absl::StrAppend(out, facts.clinic_phone);
    case Placeholder::kPhase:
      return absl::StrAppend(out, facts.phase);
    case Placeholder::kDate:
      return absl::StrAppend(out, LocalizedDate(absl::CivilDay(facts.due), facts.locale));
    case Placeholder::kTime:
      return absl::StrAppend(out, LocalizedTime(facts.due, facts.locale));
    case Placeholder::kDay:
      return absl::StrAppend(out, DaysSinceProcedure(facts));
    case Placeholder::kWeek:
      return absl::StrAppend(out, WeekOfRecovery(facts));
    case Placeholder::kProcedureDate:
      return absl::StrAppend(out, LocalizedDate(facts.procedure_date, facts.locale));
    case Placeholder::kVisit:
      return absl::StrAppend(out, facts.visit);
    case Placeholder::kVisitDate:
      return absl::StrAppend(out, LocalizedDate(facts.visit_date, facts.locale),
                             LocalizedZone(facts.visit_date_zone, facts.locale));
    case Placeholder::kVisitTime:
      if (!facts.visit_time.has_value()) return;
      return absl::StrAppend(out, LocalizedTime(*facts.visit_time, facts.locale),
                             LocalizedZone(facts.visit_time_zone, facts.locale));
  }
}

size_t Template::MaxValueBytes(Placeholder value, const TextFacts& facts) {
  constexpr size_t kDateOrNumber = 24;
  constexpr size_t kAroundZone = 12;  // The most that LocalizedZone writes besides a part of the zone's name.
  switch (value) {
    case Placeholder::kNone:
      return 0;
    case Placeholder::kFirstName:
      return facts.first_name.size();
    case Placeholder::kLastName:
      return facts.last_name.size();
    case Placeholder::kClinicName:
      return facts.clinic_name.size();
    case Placeholder::kClinicPhone:
      return facts.clinic_phone.size();
    case Placeholder::kPhase:
      return facts.phase.size();
    case Placeholder::kVisit:
      return facts.visit.size();
    case Placeholder::kVisitDate:
      return kDateOrNumber + kAroundZone + facts.visit_date_zone.size();
    case Placeholder::kVisitTime:
      return kDateOrNumber + kAroundZone + facts.visit_time_zone.size();
    default:
      return kDateOrNumber;
  }
}

size_t Template::MaxBytes(const TextFacts& facts) const {
  size_t bytes = 0;
  for (const Part& part : parts_) bytes += part.words.size() + MaxValueBytes(part.value, facts);
  return bytes;
}

absl::string_view Template::VisitPlaceholder() const {
  for (const Part& part : parts_) {
    if (part.value == Placeholder::kVisit) return "{visit}";
    if (part.value == Placeholder::kVisitDate) return "{visit_date}";
    if (part.value == Placeholder::kVisitTime) return "{visit_time}";
  }
  return "";
}

bool Template::TellsVisitTime() const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [](const Part& part) { return part.value == Placeholder::kVisitTime; });
}

template <typename Append>
void Template::Compose(Append append, std::string* out) const {
  bool left_out = false;  // Whether the value before was empty: then one of the spaces around it goes too.
  for (const Part& part : parts_) {
    absl::string_view words = part.words;
    if (left_out && absl::StartsWith(words, " ") && absl::EndsWith(*out, " ")) words.remove_prefix(1);
    absl::StrAppend(out, words);
    const size_t before = out->size();
    if (part.value != Placeholder::kNone) append(part.value, out);
    left_out = out->size() == before;
  }
}

void Template::Render(const TextFacts& facts, std::string* out) const {
  Compose([&facts](Placeholder value, std::string* text) { RenderValue(value, facts, text); }, out);
}

std::vector<std::string> Template::Values(const TextFacts& facts) const {
  std::vector<std::string> values;
  for (const Part& part : parts_) {
    if (part.value != Placeholder::kNone) RenderValue(part.value, facts, &values.emplace_back());
  }
  return values;
}

void Template::Fill(absl::Span<const std::string> values, std::string* out) const {
  size_t next = 0;
  const auto append = [&](Placeholder, std::string* text) {
    if (next < values.size()) absl::StrAppend(text, values[next]);
    ++next;
  };
  Compose(append, out);
}

}  // namespace aftercare::plan
