#ifndef AFTERCARE_TESTS_PLAN_SLOW_PLAN_H_
#define AFTERCARE_TESTS_PLAN_SLOW_PLAN_H_

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/plan/testing.h"

// The plan a second time, read off the definitions of the API as plainly as possible: every day is asked whether it is
// one, the time library says which instant a local time is, and the whole is sorted. Shares no arithmetic with Plan.
namespace aftercare::plan {

// The date `months` after `anchor`: of the days up to the anchor's own, the last that the month has.
inline absl::CivilDay MonthsAfter(absl::CivilDay anchor, int months) {
  const absl::CivilMonth month = absl::CivilMonth(anchor) + months;
  absl::CivilDay date = absl::CivilDay(month) + (anchor.day() - 1);
  while (absl::CivilMonth(date) != month) --date;
  return date;
}

// The first and the last day of a span.
inline DateRange SpanDates(const v1::Span& span, absl::CivilDay anchor) {
  if (span.has_days()) return {anchor + span.days().first(), anchor + span.days().last()};
  if (span.has_weeks()) return {anchor + 7 * (span.weeks().first() - 1) + 1, anchor + 7 * span.weeks().last()};
  return {MonthsAfter(anchor, span.months().first()), MonthsAfter(anchor, span.months().last()) - 1};
}

// Whether a weekly rule names that weekday; v1::Weekday counts from Monday as 1, absl::Weekday from Monday as 0.
inline bool NamesWeekday(const v1::Weekly& weekly, absl::CivilDay date, absl::CivilDay first) {
  if (weekly.weekdays().empty()) return absl::GetWeekday(date) == absl::GetWeekday(first);
  const int wanted = static_cast<int>(absl::GetWeekday(date)) + 1;
  return std::find(weekly.weekdays().begin(), weekly.weekdays().end(), wanted) != weekly.weekdays().end();
}

// The days of a schedule in a phase.
inline std::vector<absl::CivilDay> SlowDays(const v1::Schedule& schedule, const v1::Span& phase,
                                            absl::CivilDay anchor) {
  std::vector<absl::CivilDay> days;
  for (const v1::Offset& offset : schedule.on()) days.push_back(MonthsAfter(anchor, offset.months()) + offset.days());
  if (!days.empty()) return days;
  const auto [first, last] = SpanDates(schedule.has_span() ? schedule.span() : phase, anchor);
  int months = 0, met = 0;
  for (absl::CivilDay date = first; date <= last; ++date) {
    const auto since = static_cast<int>(date - first);
    while (MonthsAfter(anchor, months) < date) ++months;
    if (schedule.has_daily()) {
      if (since % std::max(schedule.daily().interval(), 1) == 0) days.push_back(date);
    } else if (schedule.has_weekly()) {
      const bool week = since / 7 % std::max(schedule.weekly().interval(), 1) == 0;
      if (week && NamesWeekday(schedule.weekly(), date, first)) days.push_back(date);
    } else if (schedule.has_monthly()) {
      const bool meets = MonthsAfter(anchor, months) == date;
      if (meets && met++ % std::max(schedule.monthly().interval(), 1) == 0) days.push_back(date);
    } else if (since == 0) {
      days.push_back(date);
    }
  }
  return days;
}

// When a window closes that opens at `open`, which the patient's clock calls `nominal`.
inline absl::Time SlowClose(const v1::Window& window, absl::CivilMinute nominal, absl::Time open, absl::TimeZone zone) {
  if (window.has_hours()) return open + absl::Hours(window.hours());
  const absl::CivilDay day(nominal);
  if (window.has_until()) {
    const absl::CivilMinute until = absl::CivilMinute(day) + ParseTimeOfDay(window.until()).value();
    return std::max(zone.At(absl::CivilSecond(until)).pre, open + absl::Minutes(1));
  }
  const auto end_of = [&](absl::CivilDay last) { return zone.At(absl::CivilSecond(last + 1)).pre; };
  const absl::Time close = end_of(day + window.days());
  return close > open ? close : end_of(absl::ToCivilDay(open, zone) + window.days());
}

inline Occurrence SlowOccurrence(const v1::Window& window, absl::CivilMinute nominal, const PatientFacts& facts) {
  Occurrence occurrence;
  const absl::Time open = facts.zone.At(absl::CivilSecond(nominal)).pre;
  occurrence.nominal = nominal;
  occurrence.expire = SlowClose(window, nominal, open, facts.zone);
  occurrence.late = occurrence.expire <= facts.enroll_time;
  occurrence.due = occurrence.late ? open : std::max(open, facts.enroll_time);
  return occurrence;
}

// Everything a Plan of those facts walks through, in order.
inline std::vector<Occurrence> SlowPlan(const CompiledPathway& pathway, const PatientFacts& facts) {
  std::vector<Occurrence> all;
  for (int rule = 0; rule < pathway.rule_count(); ++rule) {
    if (!facts.rules[rule]) continue;
    const v1::Schedule& schedule = pathway.rule_source(rule).schedule();
    const v1::Span& phase = pathway.phase_source(pathway.rule(rule).phase).span();
    int number = 0;
    for (const absl::CivilDay day : SlowDays(schedule, phase, facts.procedure_date)) {
      for (const std::string& time : schedule.times()) {
        const absl::CivilMinute nominal = absl::CivilMinute(day) + ParseTimeOfDay(time).value();
        all.push_back(SlowOccurrence(schedule.window(), nominal, facts));
        all.back().rule = rule;
        all.back().number = ++number;
      }
    }
  }
  std::sort(all.begin(), all.end(), [](const Occurrence& a, const Occurrence& b) {
    return std::tie(a.due, a.rule, a.number) < std::tie(b.due, b.rule, b.number);
  });
  return all;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_TESTS_PLAN_SLOW_PLAN_H_
