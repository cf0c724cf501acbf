#include "scheduler/plan/plan.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "scheduler/plan/appointment_tasks.h"
#include "scheduler/plan/reminder_name.h"

namespace aftercare::plan {
namespace {

constexpr int64_t kNanos = 1'000'000'000;

int64_t CeilDiv(int64_t a, int64_t b) { return -FloorDiv(-a, b); }

// The first whole nanosecond that is not before `t`; the end of the range for what is beyond it.
int64_t CeilNanos(absl::Time t) {
  const int64_t nanos = absl::ToUnixNanos(t);
  return nanos < std::numeric_limits<int64_t>::max() && absl::FromUnixNanos(nanos) < t ? nanos + 1 : nanos;
}

int64_t DueNanos(const Placement& place) { return place.due * kNanos + place.nanos; }

int64_t BegunAt(const PatientFacts& facts) {
  absl::Time begun = facts.enroll_time;
  for (const Suspension& suspension : facts.suspensions) {
    if (suspension.from == absl::InfinitePast()) begun = std::max(begun, suspension.until);
  }
  return absl::ToUnixNanos(begun);
}

// Near the first day whose window is still open at a local time.
int64_t FirstOpenDay(const CompiledRule& rule, int64_t time, int64_t local) {
  switch (rule.window) {
    case WindowKind::kHours:
      return CeilDiv(local - time - rule.window_length * int64_t{3600}, kDaySeconds);
    case WindowKind::kUntil:
      return CeilDiv(local - rule.window_length * int64_t{60}, kDaySeconds);
    case WindowKind::kDays:
      break;
  }
  return FloorDiv(local, kDaySeconds) - rule.window_length;
}

// Returns whether a date does not tell the occurrences of a rule apart.
bool HasTimeInName(const CompiledRule& rule) { return rule.times.size() > 1 || rule.at_answer; }

}  // namespace

Plan::Plan(const CompiledPathway& pathway, const PatientFacts& facts)
    : pathway_(pathway), facts_(facts), begun_(BegunAt(facts)), placer_(facts_) {}

void Plan::AddAllSeries() {
  if (has_series_) return;
  has_series_ = true;
  const int rules = pathway_.rule_count();
  const size_t triggers = facts_.triggers.size();
  size_t pairs = triggers;
  for (int i = 0; i < rules; ++i) pairs += facts_.rules[i] ? pathway_.rule(i).times.size() : 0;
  days_.reserve(std::min<size_t>(facts_.rules.count(), rules) + triggers);
  series_.reserve(pairs);
  for (int i = 0; i < rules; ++i) {
    if (!facts_.rules[i]) continue;
    const Anchors anchors = AnchorsOf(i);
    for (int anchor = 0; anchor < anchors.count; ++anchor) AddSeries(i, anchors, anchor);
  }
}

Plan::Anchors Plan::AnchorsOf(int rule) const {
  if (!pathway_.rule(rule).IsReaction()) return {1, nullptr};
  const absl::Span<const Trigger> triggers = TriggersOf(rule, facts_);
  return {static_cast<int>(triggers.size()), triggers.data()};
}

void Plan::AddSeries(int rule, const Anchors& anchors, int anchor) {
  const RuleDays& days = days_.emplace_back(DaysOf(rule, anchors, anchor, &placer_));
  if (days.count() == 0) return;
  const int before = CountBefore(rule, anchor, days.count());
  Slot slot = SlotOf(rule, anchors, anchor, 0, &placer_);
  for (size_t time = 0; time < slot.rule->times.size(); ++time) {
    if (!slot.rule->at_answer) slot.minute = slot.rule->times[time];
    series_.push_back({static_cast<int>(days_.size()) - 1, rule, static_cast<int>(time), 0, before, slot, 0, {}});
  }
}

RuleDays Plan::DaysOf(int rule, const Anchors& anchors, int anchor, Placer* placer) const {
  const CompiledRule& compiled = pathway_.rule(rule);
  if (!compiled.IsReaction()) return RuleDays(compiled, AnchorOf(compiled, facts_));
  return RuleDays(compiled, DayOf(placer->clock().DayAt(absl::ToUnixSeconds(anchors.triggers[anchor].time))));
}

int Plan::CountBefore(int rule, int anchor, int days) const {
  const CompiledRule& compiled = pathway_.rule(rule);
  const int appointment = compiled.visit < 0 ? 0 : facts_.visits[compiled.visit].appointment;
  const int earlier = compiled.IsReaction() ? anchor : std::max(appointment - 1, 0);
  return earlier * days * static_cast<int>(compiled.times.size());
}

Slot Plan::SlotOf(int index, const Anchors& anchors, int anchor, int time, Placer* placer) const {
  const CompiledRule& rule = pathway_.rule(index);
  Slot slot{&rule, rule.times[time], placer->SpreadFor(rule, pathway_.rule_source(index).id())};
  if (rule.IsReaction()) {
    const absl::Time answer = anchors.triggers[anchor].time;
    slot.since = absl::ToUnixNanos(answer);
    if (rule.at_answer) slot.minute = placer->clock().MinuteAt(absl::ToUnixSeconds(answer));
  }
  if (rule.on_never_told && facts_.never_told) slot.since = absl::ToUnixNanos(*facts_.never_told);
  if (rule.visit < 0 || facts_.visits[rule.visit].appointment == 0) return slot;
  const VisitFacts& visit = facts_.visits[rule.visit];
  slot.since = absl::ToUnixNanos(visit.since);
  const bool ends_with_it =
      visit.state == v1::VISIT_STATE_BOOKED && !IsDueAfterAppointment(pathway_.rule_source(index));
  if (ends_with_it) slot.begins = absl::ToUnixSeconds(visit.start);
  return slot;
}

void Plan::Fill(const Slot& slot, int64_t day, const Placement& place, Occurrence* out) const {
  out->due = place.nanos == 0 ? absl::FromUnixSeconds(place.due) : absl::FromUnixNanos(DueNanos(place));
  out->expire = absl::FromUnixSeconds(place.expire);
  out->nominal = MinuteOf(day, slot.minute);
  out->missed = place.missed;
  if (place.missed != v1::REMINDER_REASON_UNSPECIFIED) out->missed_time = absl::FromUnixNanos(place.missed_at);
  out->outside_contact_hours = place.outside_contact_hours;
}

bool Plan::LoadHead(int index, Head* head) {
  Series& series = series_[index];
  const RuleDays& days = days_[series.days];
  if (series.next >= days.count()) return false;
  series.day = days.At(series.next);
  series.place = placer_.Place(series.slot, series.day);
  head->due = DueNanos(series.place);
  const uint64_t number = series.before + series.next * series.slot.rule->times.size() + series.time + 1;
  head->tie = static_cast<uint64_t>(series.rule) << 32 | number;
  head->series = index;
  return true;
}

void Plan::LoadHeads() {
  AddAllSeries();
  heads_.clear();
  heads_.reserve(series_.size());
  Head head;
  for (size_t i = 0; i < series_.size(); ++i) {
    if (LoadHead(static_cast<int>(i), &head)) heads_.push_back(head);
  }
  for (size_t i = heads_.size() / 2; i-- > 0;) SiftDown(i);
  loaded_ = true;
}

void Plan::SiftDown(size_t index) {
  const size_t size = heads_.size();
  const Head head = heads_[index];
  for (size_t child = 2 * index + 1; child < size; child = 2 * index + 1) {
    if (child + 1 < size && Before(heads_[child + 1], heads_[child])) ++child;
    if (!Before(heads_[child], head)) break;
    heads_[index] = heads_[child];
    index = child;
  }
  heads_[index] = head;
}

bool Plan::Next(Occurrence* out) {
  if (!loaded_) LoadHeads();
  if (heads_.empty()) return false;
  Head& head = heads_.front();
  Series& series = series_[head.series];
  out->rule = series.rule;
  out->number = static_cast<int>(head.tie & 0xFFFFFFFF);
  Fill(series.slot, series.day, series.place, out);
  ++series.next;
  if (!LoadHead(head.series, &head)) {
    head = heads_.back();
    heads_.pop_back();
  }
  if (heads_.size() > 1) SiftDown(0);
  return true;
}

// Local seconds near an instant given in Unix nanoseconds, for estimates. What is far outside the calendar stays so.
int64_t Plan::NearLocal(int64_t nanos) {
  constexpr int64_t kFar = 40'000'000'000;
  const int64_t seconds = std::clamp(FloorDiv(nanos, kNanos), -kFar, kFar);
  return 2 * seconds - placer_.clock().At(seconds);
}

void Plan::Seek(absl::Time t) {
  AddAllSeries();
  const int64_t nanos = CeilNanos(t);
  // Up to where it begins, what is still open then counts as well as what comes later.
  const bool open_counts = nanos <= begun_;
  const int64_t local = NearLocal(nanos);
  const int64_t begun_local = open_counts ? NearLocal(begun_) : 0;
  for (Series& series : series_) {
    const int64_t time = series.slot.minute * int64_t{60};
    int64_t day = CeilDiv(local - time, kDaySeconds);
    if (open_counts) day = std::min(day, FirstOpenDay(*series.slot.rule, time, begun_local));
    SeekSeries(&series, nanos, day);
  }
  LoadHeads();
}

// Moves the series to its first occurrence due at or after `t` (Unix nanoseconds). It is looked for from the day
// `estimate` on, in growing steps, then between the last two: near it as a rule, since estimates ignore only changes of
// clocks, but as far as contact hours and closed days move things where there are such.
void Plan::SeekSeries(Series* series, int64_t t, int64_t estimate) {
  const RuleDays& days = days_[series->days];
  const auto is_before = [&](int index) { return DueNanos(placer_.Place(series->slot, days.At(index))) < t; };
  int low = days.Estimate(estimate);  // All before it are before t.
  int high = low;                     // None from it on is.
  for (int step = 1; low > 0 && !is_before(low - 1); step *= 2) {
    high = low - 1;
    low = std::max(0, low - step);
  }
  if (high == low) {
    for (int step = 1; high < days.count() && is_before(high); step *= 2) {
      low = high + 1;
      high = std::min(days.count(), high + step);
    }
  }
  while (low < high) {
    const int middle = low + (high - low) / 2;
    if (is_before(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  series->next = low;
}

bool Plan::Find(int rule_index, int number, Occurrence* out, Steps* steps) const {
  if (rule_index < 0 || rule_index >= pathway_.rule_count() || !facts_.rules[rule_index] || number < 1) return false;
  const int times = static_cast<int>(pathway_.rule(rule_index).times.size());
  // Each trigger of a reaction has one day.
  const int anchor = pathway_.rule(rule_index).IsReaction() ? (number - 1) / times : 0;
  const Anchors anchors = AnchorsOf(rule_index);
  if (anchor >= anchors.count) return false;
  Placer placer = placer_;  // A copy, so that finding changes nothing.
  const RuleDays days = DaysOf(rule_index, anchors, anchor, &placer);
  const int place = number - 1 - CountBefore(rule_index, anchor, days.count());
  if (place < 0 || place / times >= days.count()) return false;
  const int64_t day = days.At(place / times);
  const Slot slot = SlotOf(rule_index, anchors, anchor, place % times, &placer);
  out->rule = rule_index;
  out->number = number;
  Fill(slot, day, placer.Place(slot, day, steps), out);
  return true;
}

bool Plan::FindNamed(int rule_index, int64_t code, Occurrence* out, Steps* steps) const {
  if (rule_index < 0 || rule_index >= pathway_.rule_count() || !facts_.rules[rule_index]) return false;
  const Anchors anchors = AnchorsOf(rule_index);
  for (int anchor = 0; anchor < anchors.count; ++anchor) {
    if (FindAfter(rule_index, anchors, anchor, code, out, steps)) return true;
  }
  return false;
}

bool Plan::FindAfter(int rule_index, const Anchors& anchors, int anchor, int64_t code, Occurrence* out,
                     Steps* steps) const {
  const CompiledRule& rule = pathway_.rule(rule_index);
  const std::optional<NamedTime> named = DecodeName(code);
  if (!named || named->count != 1 || named->minute.has_value() != HasTimeInName(rule)) return false;
  Placer placer = placer_;  // A copy, so that finding changes nothing.
  auto time = rule.times.begin();
  if (rule.at_answer) {
    if (*named->minute != SlotOf(rule_index, anchors, anchor, 0, &placer).minute) return false;
  } else if (named->minute) {
    time = std::find(rule.times.begin(), rule.times.end(), *named->minute);
  }
  if (time == rule.times.end()) return false;
  const RuleDays days = DaysOf(rule_index, anchors, anchor, &placer);
  const int64_t day = DayNumber(named->day);
  int index = days.Estimate(day);
  while (index > 0 && days.At(index - 1) >= day) --index;
  while (index < days.count() && days.At(index) < day) ++index;
  if (index == days.count() || days.At(index) != day) return false;
  const int number = CountBefore(rule_index, anchor, days.count()) + index * static_cast<int>(rule.times.size()) +
                     static_cast<int>(time - rule.times.begin()) + 1;
  return Find(rule_index, number, out, steps);
}

const Trigger& TriggerOf(const CompiledRule& rule, const Occurrence& occurrence, const PatientFacts& facts) {
  const size_t times = rule.times.size();
  return TriggersOf(occurrence.rule, facts)[(occurrence.number - 1) / times];
}

int64_t NameCodeOf(const CompiledRule& rule, absl::CivilMinute nominal) {
  NamedTime time;
  time.day = absl::CivilDay(nominal);
  if (HasTimeInName(rule)) time.minute = nominal.hour() * 60 + nominal.minute();
  return EncodeName(time);
}

}  // namespace aftercare::plan
