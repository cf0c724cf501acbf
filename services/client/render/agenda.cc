#include "services/client/render/agenda.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/render/labels.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

constexpr int kLeastWidth = 60;
constexpr int kTextIndent = 7;

std::string Time(absl::CivilSecond time) { return absl::StrFormat("%02d:%02d", time.hour(), time.minute()); }

std::string Day(absl::CivilDay day) {
  return absl::FormatTime("%a %e %b", absl::FromCivil(day, absl::UTCTimeZone()), absl::UTCTimeZone());
}

// Returns the rule of a reminder with the id `{rule}.{date}`.
std::string RuleOf(const v1::Reminder& reminder) {
  const std::string id = IdOf(reminder.name());
  return id.substr(0, id.rfind('.'));
}

// Builds one agenda. Lives for one call.
class Agenda {
 public:
  Agenda(const v1::GetTimelineResponse& timeline, int width, bool colour)
      : timeline_(timeline),
        zone_(ZoneOrUtc(timeline.enrollment().time_zone())),
        day0_(plan::ParseDate(timeline.enrollment().procedure_date()).value_or(absl::CivilDay())),
        width_(std::max(width, kLeastWidth)),
        colour_(colour) {}

  std::string Render();

 private:
  void AddPhase(const v1::TimelinePhase& phase, const std::vector<const v1::Reminder*>& reminders);
  void AddReminder(const v1::Reminder& reminder);
  std::string Until(const v1::Reminder& reminder, absl::CivilSecond due) const;

  const v1::GetTimelineResponse& timeline_;
  const absl::TimeZone zone_;
  const absl::CivilDay day0_;
  const int width_;
  const bool colour_;
  std::map<std::string, std::string> texts_;  // The text last shown, by rule.
  std::string out_;
};

// Returns when the window closes. Midnight is written as 24:00 of the day before.
std::string Agenda::Until(const v1::Reminder& reminder, absl::CivilSecond due) const {
  const absl::CivilSecond end = absl::ToCivilSecond(plan::ToTime(reminder.expire_time()), zone_);
  const bool midnight = end == absl::CivilSecond(absl::CivilDay(end));
  const absl::CivilDay day = absl::CivilDay(midnight ? end - 1 : end);
  if (day == absl::CivilDay(due)) return midnight ? "24:00" : Time(end);
  return midnight ? Day(day) : absl::StrCat(Day(day), " ", Time(end));
}

void Agenda::AddReminder(const v1::Reminder& reminder) {
  const absl::CivilSecond due = absl::ToCivilSecond(plan::ToTime(reminder.due_time()), zone_);
  std::string note = reminder.audience() == v1::AUDIENCE_CARE_TEAM ? "task for the care team" : "";
  if (reminder.urgency() > v1::URGENCY_ROUTINE) note = absl::StrCat(UrgencyLabel(reminder.urgency()), " ", note);
  if (reminder.conditional()) absl::StrAppend(&note, note.empty() ? "" : ", ", "conditional");
  if (reminder.state() != v1::REMINDER_STATE_SCHEDULED || reminder.reason() != v1::REMINDER_REASON_UNSPECIFIED) {
    const std::string reason = ReasonLabel(reminder.reason());
    absl::StrAppend(&note, note.empty() ? "" : ", ", StateLabel(reminder.state()),
                    reason.empty() ? "" : absl::StrCat(" (", reason, ")"));
  }
  std::string line =
      absl::StrFormat("  %4d %s  %s until %s %s", absl::CivilDay(due) - day0_, Fit(Day(absl::CivilDay(due)), 10),
                      Time(due), Fit(Until(reminder, due), 16), IdOf(reminder.name()));
  if (!note.empty()) {
    const bool fits = DisplayWidth(line) + 2 + DisplayWidth(note) <= width_;
    absl::StrAppend(&line, fits ? "  " : absl::StrCat("\n", std::string(kTextIndent, ' ')), note);
  }
  absl::StrAppend(&out_, line, "\n");
  std::string& shown = texts_[RuleOf(reminder)];
  if (shown == reminder.text()) return;
  shown = reminder.text();
  for (const std::string& words : Wrap(shown, width_ - kTextIndent)) {
    absl::StrAppend(&out_, std::string(kTextIndent, ' '), Paint(Ink::kDim, words, colour_), "\n");
  }
}

void Agenda::AddPhase(const v1::TimelinePhase& phase, const std::vector<const v1::Reminder*>& reminders) {
  const std::string name = phase.display_name().empty() ? phase.phase() : phase.display_name();
  const auto first = plan::ParseDate(phase.first_date());
  const auto last = plan::ParseDate(phase.last_date());
  std::string dates;
  if (first.has_value() && last.has_value()) {
    dates = absl::StrCat("  ", FormatLongDate(*first), " to ", FormatLongDate(*last), ", days ", *first - day0_, " to ",
                         *last - day0_);
  }
  absl::StrAppend(&out_, "\n", Paint(Ink::kBold, name, colour_), Paint(Ink::kDim, dates, colour_), "\n");
  if (reminders.empty()) out_ += "  Nothing for this patient.\n";
  for (const v1::Reminder* reminder : reminders) AddReminder(*reminder);
}

std::string Agenda::Render() {
  std::map<std::string, std::vector<const v1::Reminder*>> by_phase;
  int tasks = 0;
  for (const v1::Reminder& reminder : timeline_.reminders()) {
    by_phase[reminder.phase()].push_back(&reminder);
    tasks += reminder.audience() == v1::AUDIENCE_CARE_TEAM ? 1 : 0;
  }
  absl::StrAppend(&out_, Counted(timeline_.reminders_size() - tasks, "message"), " and ", Counted(tasks, "task"),
                  " for the care team. Times are those of ", zone_.name(), ";\nwhere they stand is as of ",
                  FormatInstant(timeline_.current_time(), zone_), ".\n");
  for (const v1::TimelinePhase& phase : timeline_.phases()) AddPhase(phase, by_phase[phase.phase()]);
  return std::move(out_);
}

}  // namespace

std::string RenderAgenda(const v1::GetTimelineResponse& timeline, int width, bool colour) {
  return Agenda(timeline, width, colour).Render();
}

}  // namespace aftercare::client
