#include "scheduler/plan/explain.h"

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::plan {
namespace {

std::string DateText(absl::CivilDay date) {
  return absl::FormatTime("%a %-d %b %Y", absl::FromCivil(date, absl::UTCTimeZone()), absl::UTCTimeZone());
}

std::string TimeText(absl::Time time, absl::TimeZone zone) {
  const bool whole_minute = absl::ToCivilSecond(time, zone).second() == 0;
  return absl::FormatTime(whole_minute ? "%a %-d %b %Y %H:%M" : "%a %-d %b %Y %H:%M:%S", time, zone);
}

// `1 h 5 min 30 s`.
std::string LengthText(int64_t seconds) {
  std::string text;
  const auto add = [&text](int64_t count, const char* unit) {
    if (count > 0) absl::StrAppend(&text, text.empty() ? "" : " ", count, " ", unit);
  };
  add(seconds / 3600, "h");
  add(seconds / 60 % 60, "min");
  add(seconds % 60, "s");
  return text;
}

// Puts steps into words. A class only to share what every sentence needs.
class Explainer {
 public:
  Explainer(const CompiledPathway& pathway, const PatientFacts& facts, const ClinicFacts& clinic,
            const Occurrence& occurrence)
      : pathway_(pathway), facts_(facts), clinic_(clinic), occurrence_(occurrence) {}

  // `before` is the time after the step before.
  std::string Words(const Step& step, absl::Time before, bool is_last) {
    last_ = is_last;
    const absl::Time after = step.time;
    switch (step.kind) {
      case v1::TIME_STEP_KIND_NOMINAL:
        return Nominal(after);
      case v1::TIME_STEP_KIND_CONTACT_HOURS:
        return Hours(before, after);
      case v1::TIME_STEP_KIND_CLOSED_DAY:
      case v1::TIME_STEP_KIND_HOLIDAY:
        return Closed(before, after);
      case v1::TIME_STEP_KIND_SPREAD:
        return absl::StrCat("Spread over ", LengthText(pathway_.rule(occurrence_.rule).spread),
                            ", so that not all patients are due at once: ",
                            LengthText(absl::ToInt64Seconds(after - before)), " later for this one.");
      case v1::TIME_STEP_KIND_LATE_ENROLLMENT:
        return Delayed(absl::StrCat("Enrolled ", Shown(step.suspension.until)));
      case v1::TIME_STEP_KIND_PAUSED:
        return Delayed(absl::StrCat("Paused from ", Shown(step.suspension.from), " to ", Shown(step.suspension.until)));
      case v1::TIME_STEP_KIND_REANCHORED:
        return Delayed(absl::StrCat("The enrollment was changed ", Shown(step.suspension.until)));
      case v1::TIME_STEP_KIND_VISIT:
        return Visit(step.suspension);
      case v1::TIME_STEP_KIND_ANSWER:
        return Delayed(absl::StrCat(ReactsToSilence(pathway_.rule(occurrence_.rule)) ? "The time to answer ended "
                                                                                     : "The answer came ",
                                    Shown(step.suspension.until)));
      default:
        return "";
    }
  }

 private:
  std::string Shown(absl::Time time) const { return TimeText(time, facts_.zone); }

  std::string Nominal(absl::Time instant) const {
    const absl::CivilDay date(occurrence_.nominal);
    const v1::Rule& rule = pathway_.rule_source(occurrence_.rule);
    std::string words = absl::StrCat("Rule ", rule.id(), " of phase ", rule.phase(), " says ",
                                     FormatMinute(occurrence_.nominal).substr(11), " on ", DateText(date), ", ",
                                     DayText(date), ", by the patient's clock (", facts_.zone.name(), ").");
    if (absl::ToCivilSecond(instant, facts_.zone) != absl::CivilSecond(occurrence_.nominal)) {
      absl::StrAppend(&words, " Clocks skip that time; it is read as ", Shown(instant), ".");
    }
    return absl::StrCat(words, Appointment());
  }

  // When the appointment that the rule counts from begins, if clinic and patient have another time then.
  std::string Appointment() const {
    const CompiledRule& rule = pathway_.rule(occurrence_.rule);
    if (rule.visit < 0 || rule.visit_state == v1::VISIT_STATE_UNBOOKED) return "";
    const VisitFacts& visit = facts_.visits[rule.visit];
    if (visit.appointment == 0) return "";
    const absl::TimeZone zone = AppointmentZone(clinic_, facts_);
    if (absl::ToCivilMinute(visit.start, zone) == absl::ToCivilMinute(visit.start, facts_.zone)) return "";
    return absl::StrCat(" The appointment begins ", TimeText(visit.start, zone), " by the clinic's clock (",
                        zone.name(), "), which is ", Shown(visit.start), " by the patient's.");
  }

  static bool ReactsToSilence(const CompiledRule& rule) { return rule.reaction.kind == ReactionKind::kNoAnswer; }

  absl::CivilDay Anchor(const CompiledRule& rule) const {
    return rule.IsReaction() ? absl::ToCivilDay(TriggerOf(rule, occurrence_, facts_).time, facts_.zone)
                             : AnchorOf(rule, facts_);
  }

  // What day it is, counted from the rule's anchor.
  std::string DayText(absl::CivilDay date) const {
    const CompiledRule& rule = pathway_.rule(occurrence_.rule);
    const int64_t days = date - Anchor(rule);
    if (rule.visit < 0 && !rule.on_never_told && !rule.IsReaction()) return absl::StrCat("day ", days);
    const int64_t count = std::abs(days);
    const std::string apart = days == 0 ? "the date of" : absl::StrCat(count, count == 1 ? " day" : " days",
                                                                       days < 0 ? " before" : " after");
    if (rule.on_never_told) return absl::StrCat(apart, " the change that left messages untold");
    if (rule.IsReaction()) return absl::StrCat(apart, ReactsToSilence(rule) ? " the missing answer" : " the answer");
    const bool asks = rule.visit_state == v1::VISIT_STATE_UNBOOKED;
    return absl::StrCat(apart, asks ? " the target of visit " : " the appointment of visit ",
                        pathway_.visit_source(rule.visit).id());
  }

  // What a change of its visit did to it.
  std::string Visit(const Suspension& suspension) const {
    if (suspension.reason == v1::REMINDER_REASON_WINDOW_CLOSED) {
      return absl::StrCat("The appointment begins by then, ", Shown(suspension.from), ": never due.");
    }
    const bool is_visit = pathway_.rule(occurrence_.rule).visit >= 0;
    const absl::string_view what = is_visit ? "The visit was booked, moved or recorded " : "That change was made ";
    return Delayed(absl::StrCat(what, Shown(suspension.until)));
  }

  std::string Hours(absl::Time before, absl::Time after) const {
    const std::string outside = absl::StrCat("Outside the contact hours (", facts_.hours.Text(), ")");
    if (after != before) return absl::StrCat(outside, ": moved to their next opening, ", Shown(after), ".");
    return absl::StrCat(outside, ", which do not open before its window closes, ", Shown(occurrence_.expire),
                        ": not sent.");
  }

  std::string Closed(absl::Time before, absl::Time after) const {
    const ClinicCalendar& calendar = *facts_.setting.calendar;
    const absl::CivilDay date = absl::ToCivilDay(before, calendar.zone);
    const absl::string_view holiday = calendar.closed.HolidayName(DayNumber(date));
    return absl::StrCat("The clinic is closed on ", DateText(date),
                        holiday.empty() ? "" : absl::StrCat(" (", holiday, ")"), ": moved to ", Shown(after), ".");
  }

  // `what` held it up: the only suspension that an occurrence does not come through is its last step.
  std::string Delayed(absl::string_view what) const {
    if (occurrence_.missed == v1::REMINDER_REASON_UNSPECIFIED || !last_) {
      return absl::StrCat(what, ", after that time but inside its window: due at once.");
    }
    return absl::StrCat(what, ", when its window had closed, ", Shown(occurrence_.expire), ": never due.");
  }

  const CompiledPathway& pathway_;
  const PatientFacts& facts_;
  const ClinicFacts& clinic_;
  const Occurrence& occurrence_;
  bool last_ = false;
};

void AddStep(v1::TimeStepKind kind, absl::Time time, std::string description, v1::Reminder* reminder) {
  v1::TimeStep* step = reminder->add_steps();
  step->set_kind(kind);
  SetTimestamp(time, step->mutable_time());
  step->set_description(std::move(description));
}

}  // namespace

void AddSteps(const CompiledPathway& pathway, const PatientFacts& facts, const ClinicFacts& clinic, const Plan& plan,
              int rule, int64_t code, bool moved, v1::Reminder* reminder) {
  Occurrence occurrence;
  Steps steps;
  plan.FindNamed(rule, code, &occurrence, &steps);
  Explainer explainer(pathway, facts, clinic, occurrence);
  absl::Time before;
  for (const Step& step : steps) {
    const bool is_last = &step == &steps.back();
    // By the present facts it would have been missed. That is not what became of it: it had come due before.
    if (is_last && occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED && reminder->reason() != occurrence.missed) break;
    AddStep(step.kind, step.time, explainer.Words(step, before, is_last), reminder);
    before = step.time;
  }
  const absl::Time due = ToTime(reminder->due_time());
  if (moved) {
    return AddStep(v1::TIME_STEP_KIND_MOVED, due,
                   absl::StrCat("Moved by the clinic to ", TimeText(due, facts.zone), "."), reminder);
  }
  if (!steps.empty() && due == before) return;
  const v1::ReminderReason reason = reminder->reason();
  if (reason == v1::REMINDER_REASON_DAILY_CAP || reason == v1::REMINDER_REASON_WEEKLY_CAP) {
    return AddStep(v1::TIME_STEP_KIND_MESSAGE_CAP, due,
                   absl::StrCat("The cap on messages left no room for it: moved to ", TimeText(due, facts.zone),
                                ", where the cap is applied again."),
                   reminder);
  }
  AddStep(v1::TIME_STEP_KIND_RECORDED, due,
          absl::StrCat("Recorded as due ", TimeText(due, facts.zone),
                       ", as planned by the facts of then; nothing moves it since."),
          reminder);
}

}  // namespace aftercare::plan
