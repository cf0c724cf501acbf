#include "scheduler/plan/placement.h"

#include <algorithm>

#include "scheduler/plan/mix_hash.h"

namespace aftercare::plan {
namespace {

constexpr int64_t kNanos = 1'000'000'000;

bool IsTask(const Slot& slot) { return slot.rule->audience == v1::AUDIENCE_CARE_TEAM; }

absl::Time TimeOf(const Placement& placement) {
  return absl::FromUnixSeconds(placement.due) + absl::Nanoseconds(placement.nanos);
}

void Note(v1::TimeStepKind kind, const Placement& placement, Steps* steps) {
  if (steps != nullptr) steps->push_back({kind, TimeOf(placement)});
}

v1::TimeStepKind KindOf(const NanoSuspension& suspension) {
  if (suspension.kind != v1::TIME_STEP_KIND_UNSPECIFIED) return suspension.kind;
  switch (suspension.reason) {
    case v1::REMINDER_REASON_PAUSED:
      return v1::TIME_STEP_KIND_PAUSED;
    case v1::REMINDER_REASON_MOVED_BY_REANCHOR:
      return v1::TIME_STEP_KIND_REANCHORED;
    case v1::REMINDER_REASON_VISIT_CHANGED:
    case v1::REMINDER_REASON_WINDOW_CLOSED:
      return v1::TIME_STEP_KIND_VISIT;
    default:
      return v1::TIME_STEP_KIND_LATE_ENROLLMENT;
  }
}

void NoteSuspension(const NanoSuspension& suspension, const Placement& placement, Steps* steps) {
  if (steps == nullptr) return;
  const Suspension noted{absl::FromUnixNanos(suspension.from), absl::FromUnixNanos(suspension.until),
                         suspension.reason};
  steps->push_back({KindOf(suspension), TimeOf(placement), noted});
}

// The appointment has begun by the time it would be due, so it never is.
void MissByVisit(const Slot& slot, Placement* placement, Steps* steps) {
  placement->missed = v1::REMINDER_REASON_WINDOW_CLOSED;
  placement->missed_at = slot.since;
  NoteSuspension({slot.begins * kNanos, slot.since, placement->missed}, *placement, steps);
}

// Holds from and to instants that nanoseconds can tell: whoever is not enrolled yet counts as enrolled long before any
// plan begins.
NanoSuspension InNanos(const Suspension& suspension) {
  constexpr absl::Time kBeforeAll = absl::FromUnixSeconds(-4'000'000'000);
  return {absl::ToUnixNanos(std::max(suspension.from, kBeforeAll)),
          absl::ToUnixNanos(std::max(suspension.until, kBeforeAll)), suspension.reason};
}

}  // namespace

int64_t WindowClose(const CompiledRule& rule, int64_t day, int64_t nominal, LocalClock* clock) {
  switch (rule.window) {
    case WindowKind::kHours:
      return nominal + rule.window_length * int64_t{3600};
    case WindowKind::kUntil:
      return std::max(clock->At(day * kDaySeconds + rule.window_length * 60), nominal + 60);
    case WindowKind::kDays:
      break;
  }
  const int64_t close = clock->At((day + 1 + rule.window_length) * kDaySeconds);
  if (close > nominal) return close;
  const int64_t day_after = clock->DayAt(nominal) + 1;
  return std::max(clock->At((day_after + rule.window_length) * kDaySeconds), nominal + 60);
}

Placer::Placer(const PatientFacts& facts)
    : facts_(&facts), closed_(nullptr), clock_(facts.zone), clinic_clock_(absl::UTCTimeZone()) {
  enrollment_ = InNanos({absl::InfinitePast(), facts.enroll_time, v1::REMINDER_REASON_LATE_ENROLLMENT});
  for (const Suspension& suspension : facts.suspensions) suspensions_.push_back(InNanos(suspension));
  const ClinicCalendar* calendar = facts.setting.calendar.get();
  if (calendar == nullptr || calendar->closed.none()) return;
  closed_ = &calendar->closed;
  clinic_clock_ = LocalClock(calendar->zone);
}

int32_t Placer::SpreadFor(const CompiledRule& rule, absl::string_view rule_id) const {
  if (rule.spread == 0) return 0;
  return static_cast<int32_t>(MixHash(facts_->setting.spread_seed, rule_id) % static_cast<uint64_t>(rule.spread));
}

Placement Placer::Place(const Slot& slot, int64_t day, Steps* steps) {
  Placement placement;
  placement.due = NominalOf(slot, day);
  placement.expire = WindowClose(*slot.rule, day, placement.due, &clock_);
  Note(v1::TIME_STEP_KIND_NOMINAL, placement, steps);
  if (placement.due >= slot.begins) {
    // What closed days put past the appointment lies on the day after them, and is not to be overtaken by this.
    if (IsTask(slot)) MoveToOpening(slot, day, &placement, steps);
    if (placement.missed == v1::REMINDER_REASON_UNSPECIFIED) MissByVisit(slot, &placement, steps);
    return placement;
  }
  placement.expire = std::min(placement.expire, slot.begins);
  const NanoSuspension base = BaseOf(slot);
  if (Miss(base, &placement, steps)) return placement;
  MoveToOpening(slot, day, &placement, steps);
  Spread(slot, &placement, steps);
  Delay(slot, base, &placement, steps);
  // What was over before a visit changed holds nothing of it up: all is due later than that by now.
  for (const NanoSuspension& suspension : suspensions_) {
    const bool is_pause = suspension.reason == v1::REMINDER_REASON_PAUSED;
    if (!is_pause || !slot.rule->IgnoresPauses()) Delay(slot, suspension, &placement, steps);
  }
  return placement;
}

int64_t Placer::NominalOf(const Slot& slot, int64_t day) {
  const int64_t nominal = clock_.At(day * kDaySeconds + slot.minute * int64_t{60});
  if (!slot.rule->at_answer) return nominal;
  const int64_t answer = FloorDiv(slot.since, kNanos);
  const int64_t local = answer + clock_.RunOf(answer).offset;
  if (FloorDiv(local, kDaySeconds) != day) return nominal;
  // Of a local minute that clocks repeat, the one in which the answer came is meant.
  return answer - (local - FloorDiv(local, 60) * 60);
}

// What it begins with: the enrollment, or the last change of its visit.
NanoSuspension Placer::BaseOf(const Slot& slot) const {
  if (slot.since == Slot::kNever) return enrollment_;
  if (slot.rule->IsReaction()) {
    return {enrollment_.from, slot.since, v1::REMINDER_REASON_WINDOW_CLOSED, v1::TIME_STEP_KIND_ANSWER};
  }
  return {enrollment_.from, slot.since, v1::REMINDER_REASON_VISIT_CHANGED};
}

// Whether the window was over with the suspension.
bool Placer::Miss(const NanoSuspension& suspension, Placement* placement, Steps* steps) {
  if (placement->expire * kNanos > suspension.until) return false;
  placement->missed = suspension.reason;
  placement->missed_at =
      suspension.reason == v1::REMINDER_REASON_PAUSED ? placement->expire * kNanos : suspension.until;
  NoteSuspension(suspension, *placement, steps);
  return true;
}

// What would be due within the suspension is due at its end, or when there is next an opening.
void Placer::Delay(const Slot& slot, const NanoSuspension& suspension, Placement* placement, Steps* steps) {
  const int64_t due = placement->due * kNanos + placement->nanos;
  if (due < suspension.from || due >= suspension.until || placement->missed != v1::REMINDER_REASON_UNSPECIFIED) return;
  if (Miss(suspension, placement, steps)) return;
  placement->due = FloorDiv(suspension.until, kNanos);
  placement->nanos = static_cast<int32_t>(suspension.until - placement->due * kNanos);
  placement->outside_contact_hours = false;
  NoteSuspension(suspension, *placement, steps);
  if (MoveToOpening(slot, clock_.DayAt(placement->due) - 1, placement, steps)) Spread(slot, placement, steps);
}

// Whether it moved. `day` is that of the due time, or earlier.
bool Placer::MoveToOpening(const Slot& slot, int64_t day, Placement* placement, Steps* steps) {
  if (!IsTask(slot)) {
    return !facts_->hours.always_open() && MoveToHours(placement, steps);
  }
  if (closed_ == nullptr || slot.rule->IgnoresClosedDays()) return false;
  return MoveToOpenDay(slot, day, placement, steps);
}

bool Placer::MoveToHours(Placement* placement, Steps* steps) {
  const int64_t open = facts_->hours.NextOpen(placement->due, placement->expire, &clock_);
  if (open == placement->due) return false;
  placement->outside_contact_hours = open == placement->expire;
  if (!placement->outside_contact_hours) {
    placement->due = open;
    placement->nanos = 0;
  }
  Note(v1::TIME_STEP_KIND_CONTACT_HOURS, *placement, steps);
  return !placement->outside_contact_hours;
}

ClosedDays::Why Placer::WhyClosed(int64_t instant) { return closed_->On(clinic_clock_.DayAt(instant)); }

// Day by day, since the clinic's calendar may stand in another zone, where days begin at other instants. There are no
// more than 500 holidays and one open day in seven at the least, so this ends.
bool Placer::MoveToOpenDay(const Slot& slot, int64_t day, Placement* placement, Steps* steps) {
  const int64_t from = placement->due;
  ClosedDays::Why why = WhyClosed(from);
  if (why == ClosedDays::Why::kOpen) return false;
  placement->nanos = 0;
  while (why != ClosedDays::Why::kOpen) {
    do {
      placement->due = clock_.At(++day * kDaySeconds + slot.minute * int64_t{60});
    } while (placement->due < from);
    const ClosedDays::Why next = WhyClosed(placement->due);
    if (next != why) {
      Note(why == ClosedDays::Why::kHoliday ? v1::TIME_STEP_KIND_HOLIDAY : v1::TIME_STEP_KIND_CLOSED_DAY, *placement,
           steps);
    }
    why = next;
  }
  placement->expire = WindowClose(*slot.rule, day, placement->due, &clock_);
  if (placement->due >= slot.begins) {
    MissByVisit(slot, placement, steps);  // where it would be
    return false;
  }
  placement->expire = std::min(placement->expire, slot.begins);
  return true;
}

// Not past the window, the opening, or the last open day before a closed one.
void Placer::Spread(const Slot& slot, Placement* placement, Steps* steps) {
  if (slot.spread == 0 || placement->outside_contact_hours || placement->missed != v1::REMINDER_REASON_UNSPECIFIED)
    return;
  const int64_t latest = std::min(placement->due + slot.spread, placement->expire - 1);
  int64_t due = latest;
  if (!IsTask(slot)) {
    due = std::min(latest, facts_->hours.NextClosed(placement->due, latest + 1, &clock_) - 1);
  } else if (closed_ != nullptr && !slot.rule->IgnoresClosedDays() && WhyClosed(latest) != ClosedDays::Why::kOpen) {
    due = clinic_clock_.At(clinic_clock_.DayAt(latest) * kDaySeconds) - 1;
  }
  if (due <= placement->due) return;
  placement->due = due;
  placement->nanos = 0;
  Note(v1::TIME_STEP_KIND_SPREAD, *placement, steps);
}

absl::Time WindowEnd(const CompiledRule& rule, absl::Time due, absl::TimeZone zone) {
  LocalClock clock(zone);
  const int64_t second = absl::ToUnixSeconds(due);
  const int64_t day = clock.DayAt(second);
  CompiledRule shape;
  shape.window = rule.window;
  shape.window_length = rule.window_length;
  const bool is_past = rule.window == WindowKind::kUntil &&
                       clock.At(day * kDaySeconds + rule.window_length * int64_t{60}) <= second;
  if (is_past) {
    shape.window = WindowKind::kDays;
    shape.window_length = 0;
  }
  return absl::FromUnixSeconds(WindowClose(shape, day, second, &clock));
}

}  // namespace aftercare::plan
