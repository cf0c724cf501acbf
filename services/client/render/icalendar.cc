#include "services/client/render/icalendar.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::client {
namespace {

// The most bytes of a line, without its end (RFC 5545, 3.1).
constexpr size_t kMaxLine = 75;

// Appends a content line. A line that is too long is folded, but not within a character. A continuation begins with a
// space.
void AddLine(absl::string_view line, std::string* out) {
  for (size_t room = kMaxLine; line.size() > room; room = kMaxLine - 1) {
    size_t end = room;
    while (end > 1 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    absl::StrAppend(out, line.substr(0, end), "\r\n ");
    line.remove_prefix(end);
  }
  absl::StrAppend(out, line, "\r\n");
}

// Returns a value of type TEXT (3.3.11).
std::string Escaped(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    out += c;
  }
  return out;
}

std::string Utc(absl::Time time) { return absl::FormatTime("%Y%m%dT%H%M%SZ", time, absl::UTCTimeZone()); }

// Returns `ana.month-6@riverside.aftercare` for `clinics/riverside/enrollments/ana/visits/month-6`. Ids have no dots,
// so UIDs are unique.
std::string UidOf(const v1::Visit& visit) {
  const std::vector<absl::string_view> parts = absl::StrSplit(visit.name(), '/');
  if (parts.size() != 6) return visit.name();
  return absl::StrCat(parts[3], ".", parts[5], "@", parts[1], ".aftercare");
}

void AddEvent(const v1::Visit& visit, std::string* out) {
  const absl::Time start = plan::ToTime(visit.start_time());
  const absl::Time end = start + absl::Seconds(visit.duration().seconds());
  const absl::Time changed = plan::ToTime(visit.state_time());
  const bool cancelled = visit.state() == v1::VISIT_STATE_CANCELLED;
  AddLine("BEGIN:VEVENT", out);
  AddLine(absl::StrCat("UID:", UidOf(visit)), out);
  // A calendar that knows the event takes it as newer if its SEQUENCE is higher.
  AddLine(absl::StrCat("DTSTAMP:", Utc(changed)), out);
  AddLine(absl::StrCat("SEQUENCE:", visit.sequence()), out);
  AddLine(absl::StrCat("DTSTART:", Utc(start)), out);
  AddLine(absl::StrCat("DTEND:", Utc(end)), out);
  AddLine(absl::StrCat("SUMMARY:", Escaped(absl::StrCat(visit.display_name(), ", patient ", visit.patient()))), out);
  AddLine(absl::StrCat("STATUS:", cancelled ? "CANCELLED" : "CONFIRMED"), out);
  AddLine("CLASS:CONFIDENTIAL", out);
  AddLine("END:VEVENT", out);
}

}  // namespace

std::string RenderICalendar(const std::vector<v1::Visit>& visits) {
  std::string out;
  AddLine("BEGIN:VCALENDAR", &out);
  AddLine("VERSION:2.0", &out);
  AddLine("PRODID:-//Aftercare//Visits//EN", &out);
  for (const v1::Visit& visit : visits) {
    if (visit.appointment() > 0) AddEvent(visit, &out);
  }
  AddLine("END:VCALENDAR", &out);
  return out;
}

}  // namespace aftercare::client
