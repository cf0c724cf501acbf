#include "scheduler/plan/schedule_check.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/weekdays.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxOn = 100;
constexpr int kMaxTimes = 24;
constexpr int kMaxDays = 3660;
constexpr int kMaxMonths = 120;
constexpr int kMaxReactionDays = 366;

// One anchor for every pattern of month lengths in a leap cycle: in each month the first day, which stands for all that
// are never clamped, and the three that may be.
std::vector<MonthlyDates> MakeAnchors() {
  std::vector<MonthlyDates> anchors;
  for (absl::CivilMonth month(2000, 1); month < absl::CivilMonth(2004, 1); ++month) {
    for (const int day : {1, 29, 30, 31}) {
      const absl::CivilDay anchor(month.year(), month.month(), day);
      if (anchor.month() == month.month()) anchors.emplace_back(anchor);
    }
  }
  return anchors;
}

const std::vector<MonthlyDates>& Anchors() {
  static const auto* const anchors = new std::vector<MonthlyDates>(MakeAnchors());
  return *anchors;
}

// A bound of a span and the number it must not exceed.
bool CheckRange(const v1::Range& range, int least, int most, const std::string& path, FieldErrors* errors) {
  const size_t before = errors->size();
  const std::string limits = absl::StrCat("must be ", least, " to ", most);
  if (range.first() < least || range.first() > most) errors->push_back({path + ".first", limits});
  if (range.last() < least || range.last() > most) errors->push_back({path + ".last", limits});
  if (errors->size() == before && range.last() < range.first()) {
    errors->push_back({path + ".last", "must not be before first"});
  }
  return errors->size() == before;
}

// The interval of a recurrence, 0 standing for 1.
int CheckInterval(int interval, int most, const std::string& path, FieldErrors* errors) {
  if (interval < 0 || interval > most) {
    errors->push_back({path + ".interval", absl::StrCat("must be 1 to ", most)});
    return 1;
  }
  return std::max(interval, 1);
}

// Reads one schedule. A class only to share what every check needs.
class ScheduleChecker {
 public:
  ScheduleChecker(const v1::Schedule& schedule, const PhaseBounds* phase, const std::string& path, OffsetOrder* order,
                  CompiledRule* rule, FieldErrors* errors)
      : schedule_(schedule), phase_(phase), path_(path), order_(*order), rule_(*rule), errors_(*errors) {}

  int Run() {
    const size_t before = errors_.size();
    CheckTimes();
    CheckWindow();
    if (rule_.IsReaction()) {
      CheckDayOfReaction();
    } else if (schedule_.on().empty()) {
      CheckRepetition();
    } else {
      CheckOn();
    }
    return errors_.size() == before ? Size() : 0;
  }

 private:
  void Fault(absl::string_view field, absl::string_view description) {
    errors_.push_back({absl::StrCat(path_, field), std::string(description)});
  }

  void CheckTimes() {
    if (schedule_.times().empty() && rule_.IsReaction()) {
      rule_.at_answer = true;
      rule_.times.push_back(0);
      return;
    }
    if (schedule_.times().empty()) return Fault(".times", "must name at least one time of day");
    if (schedule_.times_size() > kMaxTimes) Fault(".times", absl::StrCat("must be at most ", kMaxTimes));
    for (int i = 0; i < std::min(schedule_.times_size(), kMaxTimes); ++i) {
      const std::string field = absl::StrCat(".times[", i, "]");
      const std::optional<int> time = ParseTimeOfDay(schedule_.times(i));
      if (!time.has_value()) {
        Fault(field, "must be a time of day, HH:MM");
      } else if (!rule_.times.empty() && *time <= rule_.times.back()) {
        Fault(field, "must be later than the time before it");
      } else {
        rule_.times.push_back(*time);
      }
    }
  }

  void CheckWindow() {
    const v1::Window& window = schedule_.window();
    switch (window.close_case()) {
      case v1::Window::kUntil:
        return CheckUntil(window.until());
      case v1::Window::kHours:
        rule_.window = WindowKind::kHours;
        rule_.window_length = window.hours();
        if (window.hours() < 1 || window.hours() > 8784) Fault(".window.hours", "must be 1 to 8784");
        return;
      case v1::Window::kDays:
        rule_.window_length = window.days();
        if (window.days() < 0 || window.days() > 366) Fault(".window.days", "must be 0 to 366");
        return;
      case v1::Window::CLOSE_NOT_SET:
        return;
    }
  }

  void CheckUntil(const std::string& until) {
    const std::optional<int> minute = ParseTimeOfDay(until);
    if (!minute.has_value()) return Fault(".window.until", "must be a time of day, HH:MM");
    rule_.window = WindowKind::kUntil;
    rule_.window_length = *minute;
    if (rule_.at_answer) return Fault(".window.until", "must not be set in a rule without times of day");
    if (!rule_.times.empty() && *minute <= rule_.times.back()) {
      Fault(".window.until", "must be later than every time of the schedule");
    }
  }

  void RefuseRepetition(absl::string_view description) {
    if (schedule_.has_span()) Fault(".span", description);
    if (schedule_.recurrence_case() == v1::Schedule::RECURRENCE_NOT_SET) return;
    Fault(schedule_.has_daily() ? ".daily" : schedule_.has_weekly() ? ".weekly" : ".monthly", description);
  }

  // One day, so that no two triggers of a rule make occurrences of one name.
  void CheckDayOfReaction() {
    RefuseRepetition("must not be set in a reaction");
    if (schedule_.on_size() > 1) Fault(".on", "must be one day at most in a reaction");
    DayOffset day;
    if (!schedule_.on().empty()) day.days = schedule_.on(0).days();
    if (day.days < 0 || day.days > kMaxReactionDays) {
      Fault(".on[0].days", absl::StrCat("must be 0 to ", kMaxReactionDays, " in a reaction"));
    }
    if (!schedule_.on().empty() && schedule_.on(0).months() != 0) {
      Fault(".on[0].months", "must not be set in a reaction");
    }
    rule_.on.push_back(day);
  }

  void CheckOn() {
    RefuseRepetition("must not be set together with on");
    if (schedule_.on_size() > kMaxOn) Fault(".on", absl::StrCat("must be at most ", kMaxOn));
    for (int i = 0; i < std::min(schedule_.on_size(), kMaxOn); ++i) CheckDay(i);
  }

  void CheckDay(int i) {
    const std::string field = absl::StrCat(".on[", i, "]");
    const std::optional<DayOffset> day = CheckOffset(schedule_.on(i), path_ + field, &errors_);
    if (!day.has_value()) return;
    if (phase_ != nullptr &&
        (!order_.NeverAfter(phase_->span.first, *day) || !order_.NeverAfter(*day, phase_->closing))) {
      Fault(field, "must lie inside the rule's phase for every procedure date");
    }
    if (!rule_.on.empty() && order_.Fewest(rule_.on.back(), *day) < 1) {
      return Fault(field, "must be later than the day before it in the list, for every procedure date");
    }
    rule_.on.push_back(*day);
  }

  void CheckRepetition() {
    std::optional<DaySpan> span;
    if (schedule_.has_span()) {
      span = CheckSpan(schedule_.span(), path_ + ".span", &errors_);
      if (span.has_value() && phase_ != nullptr &&
          (!order_.NeverAfter(phase_->span.first, span->first) ||
           !order_.NeverAfter(span->last, phase_->span.last))) {
        Fault(".span", "must lie inside the rule's phase for every procedure date");
      }
    } else if (phase_ != nullptr) {
      span = phase_->span;
    }
    rule_.span = span.value_or(DaySpan());
    CheckRecurrence();
    if (rule_.recurrence == Recurrence::kMonthly && span.has_value() && !HasMonthlyDate(*span)) {
      Fault(".monthly", "must meet a monthly date of the procedure inside the span");
    }
  }

  void CheckRecurrence() {
    switch (schedule_.recurrence_case()) {
      case v1::Schedule::kDaily:
        rule_.recurrence = Recurrence::kDaily;
        rule_.interval = CheckInterval(schedule_.daily().interval(), 366, path_ + ".daily", &errors_);
        return;
      case v1::Schedule::kWeekly:
        rule_.recurrence = Recurrence::kWeekly;
        rule_.interval = CheckInterval(schedule_.weekly().interval(), 52, path_ + ".weekly", &errors_);
        rule_.weekdays = ReadWeekdays(schedule_.weekly().weekdays(), path_ + ".weekly.weekdays", &errors_);
        return;
      case v1::Schedule::kMonthly:
        rule_.recurrence = Recurrence::kMonthly;
        rule_.interval = CheckInterval(schedule_.monthly().interval(), 24, path_ + ".monthly", &errors_);
        return;
      case v1::Schedule::RECURRENCE_NOT_SET:
        rule_.recurrence = Recurrence::kOn;
        rule_.on.push_back(rule_.span.first);
        return;
    }
  }

  bool HasMonthlyDate(const DaySpan& span) {
    const DayOffset anchor;
    for (int months = span.first.months; months <= kMaxMonths + 1; ++months) {
      const DayOffset date{months, 0};
      if (order_.Most(anchor, date) < order_.Fewest(anchor, span.first)) continue;
      return order_.Fewest(anchor, date) <= order_.Most(anchor, span.last);
    }
    return false;
  }

  // The most occurrences for any anchor; for monthly rules a little more.
  int Size() {
    const int days = order_.Most(rule_.span.first, rule_.span.last) + 1;
    const int times = static_cast<int>(rule_.times.size());
    const int per_week = rule_.weekdays == 0 ? 1 : __builtin_popcount(rule_.weekdays);
    switch (rule_.recurrence) {
      case Recurrence::kOn:
        return static_cast<int>(rule_.on.size()) * times;
      case Recurrence::kDaily:
        return ((days - 1) / rule_.interval + 1) * times;
      case Recurrence::kWeekly:
        return ((days - 1) / (7 * rule_.interval) + 1) * per_week * times;
      case Recurrence::kMonthly:
        return (days / 28 / rule_.interval + 1) * times;
    }
    return 0;
  }

  const v1::Schedule& schedule_;
  const PhaseBounds* phase_;
  const std::string& path_;
  OffsetOrder& order_;
  CompiledRule& rule_;
  FieldErrors& errors_;
};

}  // namespace

std::pair<int, int> OffsetOrder::Between(const DayOffset& from, const DayOffset& to) {
  const int days = to.days - from.days;
  if (from.months == to.months) return {days, days};
  const auto [known, added] = known_.try_emplace(std::make_pair(from.months, to.months));
  if (added) {
    std::pair<int, int>& range = known->second;
    range = {std::numeric_limits<int>::max(), std::numeric_limits<int>::min()};
    for (const MonthlyDates& anchor : Anchors()) {
      const int apart = static_cast<int>(anchor.After(to.months) - anchor.After(from.months));
      range = {std::min(range.first, apart), std::max(range.second, apart)};
    }
  }
  return {known->second.first + days, known->second.second + days};
}

std::optional<DayOffset> CheckOffset(const v1::Offset& offset, const std::string& path, FieldErrors* errors) {
  const bool months_fit = offset.months() >= 0 && offset.months() <= kMaxMonths;
  const bool days_fit = offset.days() >= -366 && offset.days() <= kMaxDays;
  if (!months_fit) errors->push_back({path + ".months", absl::StrCat("must be 0 to ", kMaxMonths)});
  if (!days_fit) errors->push_back({path + ".days", absl::StrCat("must be -366 to ", kMaxDays)});
  if (!months_fit || !days_fit) return std::nullopt;
  return DayOffset{offset.months(), offset.days()};
}

std::optional<DaySpan> CheckSpan(const v1::Span& span, const std::string& path, FieldErrors* errors) {
  switch (span.unit_case()) {
    case v1::Span::kDays:
      if (!CheckRange(span.days(), 0, kMaxDays, path + ".days", errors)) return std::nullopt;
      return DaySpan{{0, span.days().first()}, {0, span.days().last()}};
    case v1::Span::kWeeks:
      if (!CheckRange(span.weeks(), 1, 520, path + ".weeks", errors)) return std::nullopt;
      return DaySpan{{0, 7 * (span.weeks().first() - 1) + 1}, {0, 7 * span.weeks().last()}};
    case v1::Span::kMonths:
      if (!CheckRange(span.months(), 0, kMaxMonths, path + ".months", errors)) return std::nullopt;
      if (span.months().first() == span.months().last()) {
        errors->push_back({path + ".months.last", "must be after first"});
        return std::nullopt;
      }
      return DaySpan{{span.months().first(), 0}, {span.months().last(), -1}};
    case v1::Span::UNIT_NOT_SET:
      break;
  }
  errors->push_back({path, "must say from when to when, in days, weeks or months"});
  return std::nullopt;
}

int CheckSchedule(const v1::Schedule& schedule, const PhaseBounds* phase, const std::string& path, OffsetOrder* order,
                  CompiledRule* rule, FieldErrors* errors) {
  return ScheduleChecker(schedule, phase, path, order, rule, errors).Run();
}

}  // namespace aftercare::plan
