#include "scheduler/plan/plan.h"

#include <algorithm>
#include <limits>

namespace aftercare::plan {
namespace {

constexpr int64_t kNanos = 1'000'000'000;

int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
int64_t CeilDiv(int64_t a, int64_t b) { return -FloorDiv(-a, b); }

// The first whole nanosecond that is not before `t`; the end of the range for what is beyond it.
int64_t CeilNanos(absl::Time t) {
  const int64_t nanos = absl::ToUnixNanos(t);
  return nanos < std::numeric_limits<int64_t>::max() && absl::FromUnixNanos(nanos) < t ? nanos + 1 : nanos;
}

int64_t DayAfter(int64_t instant, const LocalClock& clock) {
  return DayNumber(absl::CivilDay(clock.zone().At(absl::FromUnixSeconds(instant)).cs)) + 1;
}

// When the window of an occurrence closes, in Unix seconds: after `nominal`, and never earlier than that of the day
// before at the same time of day.
int64_t CloseOf(const CompiledRule& rule, int64_t day, int64_t nominal, LocalClock* clock) {
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
  return std::max(clock->At((DayAfter(nominal, *clock) + rule.window_length) * kDaySeconds), nominal + 60);
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

}  // namespace

Plan::Plan(const CompiledPathway& pathway, const PatientFacts& facts)
    : pathway_(pathway), facts_(facts), enrolled_(absl::ToUnixNanos(facts.enroll_time)), clock_(facts.zone) {
  const int rules = pathway.rule_count();
  size_t pairs = 0;
  for (int i = 0; i < rules; ++i) pairs += facts.rules[i] ? pathway.rule(i).times.size() : 0;
  days_.reserve(std::min<size_t>(facts.rules.count(), rules));
  series_.reserve(pairs);
  for (int i = 0; i < rules; ++i) {
    if (!facts.rules[i]) continue;
    const CompiledRule& rule = pathway.rule(i);
    const RuleDays& days = days_.emplace_back(rule, facts.procedure_date);
    if (days.count() == 0) continue;
    for (size_t time = 0; time < rule.times.size(); ++time) {
      series_.push_back({static_cast<int>(days_.size()) - 1, i, static_cast<int>(time), 0});
    }
  }
}

// When an occurrence comes due, in Unix nanoseconds. For the occurrences of one series this never decreases: windows
// close in order, so those that are late come first, then those that are due at enrollment, then the others.
int64_t Plan::DueOf(const CompiledRule& rule, int64_t day, int64_t nominal) {
  const int64_t due = nominal * kNanos;
  if (due >= enrolled_) return due;
  return CloseOf(rule, day, nominal, &clock_) > FloorDiv(enrolled_, kNanos) ? enrolled_ : due;
}

void Plan::Fill(const CompiledRule& rule, int minute, int64_t day, int64_t nominal, LocalClock* clock,
                Occurrence* out) const {
  const int64_t close = CloseOf(rule, day, nominal, clock);
  const bool missed = nominal * kNanos < enrolled_;
  out->late = missed && close <= FloorDiv(enrolled_, kNanos);
  out->due = missed && !out->late ? facts_.enroll_time : absl::FromUnixSeconds(nominal);
  out->expire = absl::FromUnixSeconds(close);
  out->nominal = absl::CivilMinute(DayOf(day)) + minute;
}

bool Plan::LoadHead(int series, Head* head) {
  const Series& from = series_[series];
  const RuleDays& days = days_[from.days];
  if (from.next >= days.count()) return false;
  const CompiledRule& rule = pathway_.rule(from.rule);
  head->day = days.At(from.next);
  head->nominal = clock_.At(head->day * kDaySeconds + rule.times[from.time] * 60);
  head->due = DueOf(rule, head->day, head->nominal);
  const uint64_t number = from.next * rule.times.size() + from.time + 1;
  head->tie = static_cast<uint64_t>(from.rule) << 32 | number;
  head->series = series;
  return true;
}

void Plan::LoadHeads() {
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
  const CompiledRule& rule = pathway_.rule(series.rule);
  out->rule = series.rule;
  out->number = static_cast<int>(head.tie & 0xFFFFFFFF);
  Fill(rule, rule.times[series.time], head.day, head.nominal, &clock_, out);
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
  return 2 * seconds - clock_.At(seconds);
}

void Plan::Seek(absl::Time t) {
  const int64_t nanos = CeilNanos(t);
  // Up to the time of enrollment, what is still open then counts as well as what comes later.
  const bool open_counts = nanos <= enrolled_;
  const int64_t local = NearLocal(nanos);
  const int64_t enrolled_local = open_counts ? NearLocal(enrolled_) : 0;
  for (Series& series : series_) {
    const CompiledRule& rule = pathway_.rule(series.rule);
    const int64_t time = rule.times[series.time] * int64_t{60};
    int64_t day = CeilDiv(local - time, kDaySeconds);
    if (open_counts) day = std::min(day, FirstOpenDay(rule, time, enrolled_local));
    SeekSeries(&series, nanos, day);
  }
  LoadHeads();
}

// Moves the series to its first occurrence due at or after `t` (Unix nanoseconds), which is within a step or two of
// the day `estimate`: estimates ignore changes of clocks.
void Plan::SeekSeries(Series* series, int64_t t, int64_t estimate) {
  const CompiledRule& rule = pathway_.rule(series->rule);
  const RuleDays& days = days_[series->days];
  const int64_t time = rule.times[series->time] * int64_t{60};
  const auto is_before = [&](int index) {
    const int64_t day = days.At(index);
    return DueOf(rule, day, clock_.At(day * kDaySeconds + time)) < t;
  };
  int next = days.Estimate(estimate);
  if (next > 0 && !is_before(next - 1)) {
    do --next;
    while (next > 0 && !is_before(next - 1));
  } else {
    while (next < days.count() && is_before(next)) ++next;
  }
  series->next = next;
}

bool Plan::Find(int rule_index, int number, Occurrence* out) const {
  if (rule_index < 0 || rule_index >= pathway_.rule_count() || !facts_.rules[rule_index] || number < 1) return false;
  const CompiledRule& rule = pathway_.rule(rule_index);
  const int times = static_cast<int>(rule.times.size());
  const RuleDays days(rule, facts_.procedure_date);
  const int index = (number - 1) / times;
  if (index >= days.count()) return false;
  const int minute = rule.times[(number - 1) % times];
  const int64_t day = days.At(index);
  LocalClock clock = clock_;  // A copy, so that finding changes nothing.
  out->rule = rule_index;
  out->number = number;
  Fill(rule, minute, day, clock.At(day * kDaySeconds + minute * 60), &clock, out);
  return true;
}

}  // namespace aftercare::plan
