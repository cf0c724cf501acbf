#ifndef AFTERCARE_TESTS_PLAN_SLOW_PLAN_H_
#define AFTERCARE_TESTS_PLAN_SLOW_PLAN_H_

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "scheduler/plan/placement.h"
#include "tests/plan/random_plan.h"
#include "tests/plan/testing.h"

// A second, slow implementation of the plan, for tests to compare with. It follows the definitions of the API as
// plainly as possible: it tests every day, it converts local times with the time library, and it sorts the result. It
// shares no arithmetic with Plan. All functions are pure and thread safe.
namespace aftercare::plan {

// Returns the date `months` after `anchor`: the same day of the month, or the last day of a month that is too short.
inline absl::CivilDay MonthsAfter(absl::CivilDay anchor, int months) {
  const absl::CivilMonth month = absl::CivilMonth(anchor) + months;
  absl::CivilDay date = absl::CivilDay(month) + (anchor.day() - 1);
  while (absl::CivilMonth(date) != month) --date;
  return date;
}

// Returns the first and the last day of a span.
inline DateRange SpanDates(const v1::Span& span, absl::CivilDay anchor) {
  if (span.has_days()) return {anchor + span.days().first(), anchor + span.days().last()};
  if (span.has_weeks()) return {anchor + 7 * (span.weeks().first() - 1) + 1, anchor + 7 * span.weeks().last()};
  return {MonthsAfter(anchor, span.months().first()), MonthsAfter(anchor, span.months().last()) - 1};
}

// Returns whether a weekly rule falls on the weekday of `date`. A rule without weekdays falls on that of `first`.
// v1::Weekday counts from Monday as 1, absl::Weekday from Monday as 0.
inline bool NamesWeekday(const v1::Weekly& weekly, absl::CivilDay date, absl::CivilDay first) {
  if (weekly.weekdays().empty()) return absl::GetWeekday(date) == absl::GetWeekday(first);
  const int wanted = static_cast<int>(absl::GetWeekday(date)) + 1;
  return std::find(weekly.weekdays().begin(), weekly.weekdays().end(), wanted) != weekly.weekdays().end();
}

// Returns the days of a schedule in a phase.
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

// Returns when a window closes that opens at `open`. `nominal` is the same time by the patient's clock.
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

// Returns whether contact hours are open at `time`, by the patient's clock.
inline bool SlowOpen(const v1::ContactHours& hours, absl::Time time, absl::TimeZone zone) {
  const absl::CivilSecond shown = absl::ToCivilSecond(time, zone);
  const auto weekday = v1::Weekday(static_cast<int>(absl::GetWeekday(shown)) + 1);
  const std::string minute = absl::FormatCivilTime(absl::CivilMinute(shown)).substr(11);
  if (hours.openings().empty()) return true;
  return std::any_of(hours.openings().begin(), hours.openings().end(), [&](const v1::Opening& opening) {
    const auto& days = opening.weekdays();
    const bool on_day = days.empty() || std::find(days.begin(), days.end(), weekday) != days.end();
    return on_day && opening.opens() <= minute && minute < opening.closes();
  });
}

// Returns every instant from `from` to `to` at which hours may open or close, in order. These are the instants at which
// the clock shows the start or end of an opening, and those at which the UTC offset changes. There may be more, and a
// few outside.
inline std::vector<absl::Time> SlowBounds(const v1::ContactHours& hours, absl::Time from, absl::Time to,
                                          absl::TimeZone zone) {
  std::vector<absl::Time> bounds;
  for (absl::CivilDay day = absl::ToCivilDay(from, zone) - 1; day <= absl::ToCivilDay(to, zone) + 1; ++day) {
    for (const v1::Opening& opening : hours.openings()) {
      for (const std::string& text : {opening.opens(), opening.closes()}) {
        const int minute = text == "24:00" ? 24 * 60 : ParseTimeOfDay(text).value();
        const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(absl::CivilMinute(day) + minute));
        bounds.insert(bounds.end(), {info.pre, info.trans, info.post});
      }
    }
  }
  absl::TimeZone::CivilTransition change;
  for (absl::Time t = from; t <= to && zone.NextTransition(t, &change); t = zone.At(change.to).trans) {
    bounds.push_back(zone.At(change.to).trans);
  }
  std::sort(bounds.begin(), bounds.end());
  return bounds;
}

// Returns the first instant from `from` on at which hours are open (closed if `open` is false), or `to` if there is
// none before it.
inline absl::Time SlowFirst(bool open, const v1::ContactHours& hours, absl::Time from, absl::Time to,
                            absl::TimeZone zone) {
  if (SlowOpen(hours, from, zone) == open) return from;
  for (const absl::Time bound : SlowBounds(hours, from, to, zone)) {
    if (bound > from && bound < to && SlowOpen(hours, bound, zone) == open) return bound;
  }
  return to;
}

inline bool SlowClosedDate(const v1::Clinic& clinic, absl::CivilDay date) {
  for (const int weekday : clinic.closed_weekdays()) {
    if (weekday == static_cast<int>(absl::GetWeekday(date)) + 1) return true;
  }
  return std::any_of(clinic.holidays().begin(), clinic.holidays().end(),
                     [&](const v1::Holiday& holiday) { return holiday.date() == FormatDate(date); });
}

inline bool SlowClosedDay(const v1::Clinic& clinic, absl::Time time) {
  return SlowClosedDate(clinic, absl::ToCivilDay(time, FindZone(clinic.time_zone()).value()));
}

// Returns the record of the visit that a rule is about. Returns null if the rule is about none, or if the visit was
// never booked.
inline const record::v1::VisitRecord* SlowVisit(const v1::Rule& rule, const RandomFacts& facts) {
  for (const record::v1::VisitRecord& record : facts.history.visits()) {
    if (rule.has_visit() && record.visit() == rule.visit().visit()) return &record;
  }
  return nullptr;
}

inline absl::Time SlowNeverTold(const RandomFacts& facts) {
  return absl::FromUnixMicros(facts.history.never_told().change_micros());
}

// Returns the date from which the days of a rule count.
inline absl::CivilDay SlowAnchor(const v1::Pathway& pathway, const v1::Rule& rule, const RandomFacts& facts) {
  if (rule.on_never_told()) return absl::ToCivilDay(SlowNeverTold(facts), facts.zone);
  if (!rule.has_visit()) return facts.procedure_date;
  if (const auto* record = SlowVisit(rule, facts)) {
    return absl::ToCivilDay(absl::FromUnixMicros(record->start_micros()), facts.zone);
  }
  const auto named = [&](const v1::PathwayVisit& visit) { return visit.id() == rule.visit().visit(); };
  const v1::Offset& target = std::find_if(pathway.visits().begin(), pathway.visits().end(), named)->target();
  absl::CivilDay date = MonthsAfter(facts.procedure_date, target.months()) + target.days();
  while (SlowClosedDate(facts.clinic, date)) ++date;
  return date;
}

// Computes one occurrence. The constructor takes it through the steps of the plan one by one. `set_off` is when what a
// reaction reacts to happened.
class SlowOccurrence {
 public:
  SlowOccurrence(const v1::Rule& rule, int32_t spread, absl::CivilMinute nominal, const RandomFacts& facts,
                 std::optional<absl::Time> set_off = std::nullopt)
      : rule_(rule), spread_(absl::Seconds(spread)), facts_(facts) {
    const absl::Time open = facts.zone.At(absl::CivilSecond(nominal)).pre;
    occurrence_.nominal = nominal;
    occurrence_.due = open;
    occurrence_.expire = SlowClose(rule.schedule().window(), nominal, open, facts.zone);
    absl::Time begun = facts.enroll_time;
    v1::ReminderReason reason = v1::REMINDER_REASON_LATE_ENROLLMENT;
    if (const auto* visit = SlowVisit(rule, facts)) {
      begun = absl::FromUnixMicros(visit->since_micros());
      reason = v1::REMINDER_REASON_VISIT_CHANGED;
      const bool is_booked = rule.visit().state() == v1::VISIT_STATE_BOOKED;
      const bool is_for_later = is_booked && is_task() && rule.schedule().on(0).days() > 0;  // None counts in months.
      if (visit->state() == v1::VISIT_STATE_BOOKED && !is_for_later) appointment_ = absl::FromUnixMicros(visit->start_micros());
    }
    if (rule.on_never_told()) {
      begun = SlowNeverTold(facts);
      reason = v1::REMINDER_REASON_VISIT_CHANGED;
    }
    if (set_off) {
      begun = *set_off;
      reason = v1::REMINDER_REASON_WINDOW_CLOSED;
    }
    if (!MeetAppointment()) {
      if (is_task()) MoveFrom(absl::CivilDay(nominal));
      return;
    }
    if (occurrence_.expire <= begun) occurrence_.missed = reason;
    if (occurrence_.missed != v1::REMINDER_REASON_UNSPECIFIED) return;
    MoveFrom(absl::CivilDay(nominal));
    AddSpread();
    if (occurrence_.due < begun) MoveTo(begun);
    for (const Suspension& suspension : facts.suspensions) {
      if (occurrence_.missed != v1::REMINDER_REASON_UNSPECIFIED) return;
      const bool has_own_anchor = rule.has_visit() || rule.on_never_told() || set_off.has_value();
      if (has_own_anchor && suspension.until <= begun) continue;
      // No pause holds up what somebody has to see to.
      if (set_off && is_task() && suspension.reason == v1::REMINDER_REASON_PAUSED) continue;
      if (occurrence_.due < suspension.from || occurrence_.due >= suspension.until) continue;
      if (occurrence_.expire > suspension.until) {
        MoveTo(suspension.until);
        continue;
      }
      occurrence_.missed = suspension.reason;
      return;
    }
  }

  const Occurrence& Result() const { return occurrence_; }

 private:
  bool is_task() const { return rule_.audience() == v1::AUDIENCE_CARE_TEAM; }

  // Closes the window at the appointment at the latest. Returns false if the occurrence is not due before the
  // appointment, and then sets it to missed.
  bool MeetAppointment() {
    if (occurrence_.due >= appointment_) occurrence_.missed = v1::REMINDER_REASON_WINDOW_CLOSED;
    if (occurrence_.due < appointment_) occurrence_.expire = std::min(occurrence_.expire, appointment_);
    return occurrence_.due < appointment_;
  }

  void MoveTo(absl::Time time) {
    if (occurrence_.missed != v1::REMINDER_REASON_UNSPECIFIED) return;
    occurrence_.due = time;
    MoveFrom(absl::ToCivilDay(time, facts_.zone) - 1);
    if (occurrence_.due != time) AddSpread();
  }

  void MoveFrom(absl::CivilDay day) {
    if (!is_task()) {
      const absl::Time open = SlowFirst(true, facts_.contact_hours, occurrence_.due, occurrence_.expire, facts_.zone);
      occurrence_.outside_contact_hours = open == occurrence_.expire;
      if (!occurrence_.outside_contact_hours) occurrence_.due = open;
      return;
    }
    if (rule_.urgency() >= v1::URGENCY_URGENT) return;
    if (!SlowClosedDay(facts_.clinic, occurrence_.due)) return;
    const int minute = occurrence_.nominal.hour() * 60 + occurrence_.nominal.minute();
    for (absl::CivilMinute local = absl::CivilMinute(day) + minute;; local += 24 * 60) {
      const absl::Time time = facts_.zone.At(absl::CivilSecond(local)).pre;
      if (time < occurrence_.due || SlowClosedDay(facts_.clinic, time)) continue;
      occurrence_.due = time;
      occurrence_.expire = SlowClose(rule_.schedule().window(), local, time, facts_.zone);
      MeetAppointment();
      return;
    }
  }

  void AddSpread() {
    if (occurrence_.missed != v1::REMINDER_REASON_UNSPECIFIED || occurrence_.outside_contact_hours) return;
    if (spread_ == absl::ZeroDuration()) return;
    const absl::Duration second = absl::Seconds(1);
    absl::Time due = std::min(occurrence_.due + spread_, occurrence_.expire - second);
    if (!is_task()) {
      due = std::min(due, SlowFirst(false, facts_.contact_hours, occurrence_.due, due + second, facts_.zone) - second);
    }
    while (is_task() && SlowClosedDay(facts_.clinic, due) && !SlowClosedDay(facts_.clinic, occurrence_.due)) {
      const absl::TimeZone zone = FindZone(facts_.clinic.time_zone()).value();
      due = zone.At(absl::CivilSecond(absl::ToCivilDay(due, zone))).pre - second;
    }
    occurrence_.due = std::max(due, occurrence_.due);
  }

  const v1::Rule& rule_;
  const absl::Duration spread_;
  const RandomFacts& facts_;
  absl::Time appointment_ = absl::InfiniteFuture();
  Occurrence occurrence_;
};

// Returns all occurrences that a Plan of those facts has, in its order. Placer decides how much of its spread each rule
// gets.
inline std::vector<Occurrence> SlowPlan(const CompiledPathway& pathway, const RandomFacts& facts) {
  std::vector<Occurrence> all;
  for (int rule = 0; rule < pathway.rule_count(); ++rule) {
    const v1::Rule& source = pathway.rule_source(rule);
    // What answers set off is no part of a plan without answers.
    if (!facts.rules[rule] || source.has_reaction()) continue;
    const v1::Span& phase = pathway.phase_source(pathway.rule(rule).phase).span();
    const int32_t spread = Placer(facts).SpreadFor(pathway.rule(rule), source.id());
    const std::vector<absl::CivilDay> days =
        SlowDays(source.schedule(), phase, SlowAnchor(pathway.source(), source, facts));
    const auto* visit = SlowVisit(source, facts);
    int number = visit == nullptr ? 0 : (visit->appointment() - 1) * static_cast<int>(days.size()) *
                                            source.schedule().times_size();
    for (const absl::CivilDay day : days) {
      for (const std::string& time : source.schedule().times()) {
        const absl::CivilMinute nominal = absl::CivilMinute(day) + ParseTimeOfDay(time).value();
        all.push_back(SlowOccurrence(source, spread, nominal, facts).Result());
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
