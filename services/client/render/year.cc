#include "services/client/render/year.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/render/labels.h"
#include "services/client/render/table.h"
#include "services/client/render/year_answers.h"

namespace aftercare::client {
namespace {

std::string TitleOf(const v1::Enrollment& enrollment) {
  std::string title = enrollment.first_name();
  if (!enrollment.last_name().empty()) absl::StrAppend(&title, " ", enrollment.last_name());
  for (const std::string& part : {enrollment.patient(), IdOf(enrollment.name())}) {
    if (!part.empty()) absl::StrAppend(&title, title.empty() ? "" : " · ", part);
  }
  return title;
}

std::string SubtitleOf(const v1::Enrollment& enrollment, absl::CivilDay procedure_date, absl::TimeZone zone) {
  std::string subtitle = IdOf(enrollment.pathway());
  if (enrollment.pathway_revision() != 0) absl::StrAppend(&subtitle, " revision ", enrollment.pathway_revision());
  absl::StrAppend(&subtitle, subtitle.empty() ? "" : " · ", "procedure ", FormatLongDate(procedure_date), " · ",
                  enrollment.time_zone());
  const std::string closed = ClosedContactPoints(enrollment);
  if (!closed.empty()) absl::StrAppend(&subtitle, " · ", closed);
  if (enrollment.state() == v1::ENROLLMENT_STATE_ENDED) {
    absl::StrAppend(&subtitle, " · ended ", FormatInstant(enrollment.end_time(), zone), ", ",
                    EnumLabel(*v1::EndReason_descriptor(), enrollment.end_reason()));
  }
  return subtitle;
}

std::string TodayOf(absl::CivilSecond now, absl::CivilDay procedure_date) {
  const int64_t day = absl::CivilDay(now) - procedure_date;
  std::string today = absl::StrCat(FormatLongDate(absl::CivilDay(now)), ", ",
                                   plan::FormatMinute(absl::CivilMinute(now)).substr(11), " · day ", day);
  if (day > 0) absl::StrAppend(&today, " · week ", (day - 1) / 7 + 1);
  return today;
}

std::vector<YearPhase> PhasesOf(const v1::GetTimelineResponse& timeline) {
  std::vector<YearPhase> phases;
  for (const v1::TimelinePhase& phase : timeline.phases()) {
    const auto first = plan::ParseDate(phase.first_date());
    const auto last = plan::ParseDate(phase.last_date());
    if (!first.has_value() || !last.has_value() || *last < *first) continue;
    phases.push_back({phase.display_name().empty() ? phase.phase() : phase.display_name(), *first, *last});
  }
  std::stable_sort(phases.begin(), phases.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return phases;
}

void AddMarks(const v1::GetTimelineResponse& timeline, const Questions& questions, absl::TimeZone zone, Year* year) {
  const auto answering = AnsweringOf(timeline, questions);
  std::map<std::pair<bool, std::string>, size_t> index;
  for (const v1::Reminder& reminder : timeline.reminders()) {
    const bool care_team = reminder.audience() == v1::AUDIENCE_CARE_TEAM;
    const auto [slot, added] = index.emplace(std::pair(care_team, reminder.category()), year->rows.size());
    if (added) year->rows.push_back({reminder.category(), care_team, {}, 0});
    YearRow& row = year->rows[slot->second];
    const auto answer = answering.find(&reminder);
    const int rank = RankOf(reminder.state(), answer == answering.end() ? Answering::kNothing : answer->second);
    row.marks.push_back({absl::ToCivilSecond(plan::ToTime(reminder.due_time()), zone), &reminder, rank});
    const bool done = reminder.state() == v1::REMINDER_STATE_SENT || reminder.state() == v1::REMINDER_STATE_DELIVERED ||
                      reminder.state() == v1::REMINDER_STATE_COMPLETED;
    if (done) ++row.done;
    ++year->counts[rank];
    if (reminder.reason() == v1::REMINDER_REASON_HELD) ++year->held;
    year->last = std::max(year->last, absl::CivilDay(row.marks.back().due));
  }
  std::stable_sort(year->rows.begin(), year->rows.end(),
                   [](const YearRow& a, const YearRow& b) { return a.care_team < b.care_team; });
}

}  // namespace

const std::array<MarkLook, kMarkLooks>& MarkLooks() {
  constexpr Answering kNothing = Answering::kNothing;
  static constexpr std::array<MarkLook, kMarkLooks> kLooks = {{
      {v1::REMINDER_STATE_DUE, kNothing, "◆", "due", Ink::kYellow, "#b45309"},
      {v1::REMINDER_STATE_LEASED, kNothing, "◇", "with a gateway", Ink::kYellow, "#b45309"},
      {v1::REMINDER_STATE_FAILED, kNothing, "✗", "failed", Ink::kRed, "#b91c1c"},
      {v1::REMINDER_STATE_EXPIRED, kNothing, "✗", "expired", Ink::kRed, "#b91c1c"},
      {v1::REMINDER_STATE_SENT, Answering::kUnanswered, "○", "not answered", Ink::kYellow, "#b45309"},
      {v1::REMINDER_STATE_COMPLETED, Answering::kAnswered, "✓", "answered", Ink::kGreen, "#15803d"},
      {v1::REMINDER_STATE_SUPPRESSED, kNothing, "–", "suppressed", Ink::kMagenta, "#7e22ce"},
      {v1::REMINDER_STATE_CANCELLED, kNothing, "–", "cancelled", Ink::kMagenta, "#7e22ce"},
      {v1::REMINDER_STATE_COMPLETED, kNothing, "✓", "completed", Ink::kGreen, "#15803d"},
      {v1::REMINDER_STATE_DELIVERED, kNothing, "●", "delivered", Ink::kGreen, "#15803d"},
      {v1::REMINDER_STATE_SENT, kNothing, "●", "sent", Ink::kCyan, "#0369a1"},
      {v1::REMINDER_STATE_SCHEDULED, kNothing, "·", "scheduled", Ink::kDim, "#64748b"},
  }};
  return kLooks;
}

int RankOf(v1::ReminderState state, Answering answering) {
  for (int rank = 0; rank < kMarkLooks; ++rank) {
    const MarkLook& look = MarkLooks()[rank];
    if (look.answering == answering && (answering != Answering::kNothing || look.state == state)) return rank;
  }
  return kMarkLooks - 1;
}

const MarkLook& LookOf(v1::ReminderState state) { return MarkLooks()[RankOf(state)]; }

std::string ScaleLabel(const ScoreScale& scale) { return absl::StrCat("scores ", ScaleText(scale)); }

std::string HeldNote(const Year& year) {
  if (year.held == 0) return "";
  return absl::StrCat(Counted(year.held, "message"), year.held == 1 ? " is" : " are",
                      " held until the care team decides about a reply: aftercare replies --held");
}

std::string TrendLabel(const YearCurve& curve) {
  const auto shown = [](const YearScore& score) { return absl::StrCat(std::round(score.score * 10) / 10); };
  const std::string last = shown(curve.scores.back());
  return curve.scores.size() == 1 ? last : absl::StrCat(shown(curve.scores.front()), " → ", last);
}

Year YearOf(const v1::GetTimelineResponse& timeline, const Questions& questions) {
  const v1::Enrollment& enrollment = timeline.enrollment();
  const absl::TimeZone zone = ZoneOrUtc(enrollment.time_zone());
  Year year;
  year.phases = PhasesOf(timeline);
  year.now = absl::ToCivilSecond(plan::ToTime(timeline.current_time()), zone);
  const auto procedure_date = plan::ParseDate(enrollment.procedure_date());
  year.procedure_date = procedure_date.value_or(absl::CivilDay(year.now));
  year.last = year.procedure_date;
  for (const YearPhase& phase : year.phases) year.last = std::max(year.last, phase.last);
  AddMarks(timeline, questions, zone, &year);
  year.curves = CurvesOf(timeline, questions, zone);
  year.title = TitleOf(enrollment);
  year.subtitle = SubtitleOf(enrollment, year.procedure_date, zone);
  year.today = TodayOf(year.now, year.procedure_date);
  year.answers = AnswersNote(timeline.adherence());
  return year;
}

}  // namespace aftercare::client
