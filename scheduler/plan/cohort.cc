#include "scheduler/plan/cohort.h"

#include <algorithm>
#include <utility>

#include "scheduler/plan/civil.h"
#include "scheduler/plan/plan.h"

namespace aftercare::plan {
namespace {

// Later than every window, and still within what nanoseconds can tell.
const absl::Time kAgesLater = absl::FromUnixSeconds(9'000'000'000);

// No window is longer than that, changes of clocks included.
absl::Duration LongestWindow(const CompiledPathway& pathway) {
  absl::Duration longest = absl::Hours(48);  // until a time of the same day
  for (int i = 0; i < pathway.rule_count(); ++i) {
    const CompiledRule& rule = pathway.rule(i);
    if (rule.window == WindowKind::kHours) longest = std::max(longest, absl::Hours(rule.window_length));
    if (rule.window == WindowKind::kDays) longest = std::max(longest, absl::Hours(24 * (rule.window_length + 3)));
  }
  return longest;
}

// Days before `from` that hold three on which the clinic is open: what a closed day moves does not get past them.
int DaysWithThreeOpen(const ClinicCalendar& calendar, absl::Time from) {
  int64_t day = LocalClock(calendar.zone).DayAt(absl::ToUnixSeconds(from));
  int days = 0;
  for (int open = 0; open < 3; ++days) open += calendar.closed.On(--day) == ClosedDays::Why::kOpen ? 1 : 0;
  return days;
}

}  // namespace

Cohort::Cohort(std::shared_ptr<const CompiledPathway> pathway, PatientFacts facts)
    : pathway_(std::move(pathway)), facts_(std::move(facts)), longest_window_(LongestWindow(*pathway_)) {
  facts_.enroll_time = absl::InfinitePast();
  facts_.suspensions.clear();
  facts_.triggers.clear();  // who has any is read by himself
  for (int i = 0; i < pathway_->rule_count(); ++i) spread_[i] = pathway_->rule(i).spread > 0;
}

PatientFacts Cohort::FactsOf(absl::Time enrolled, uint64_t spread_seed, const RuleSet& rules) const {
  PatientFacts facts = facts_;
  facts.enroll_time = enrolled;
  facts.setting.spread_seed = spread_seed;
  facts.rules = rules;
  return facts;
}

std::vector<Cohort::Item> Cohort::Scheduled(absl::Time from, absl::Time before, const RuleSet& rules,
                                            bool with_close) const {
  std::vector<Item> items;
  Plan plan(*pathway_, FactsOf(facts_.enroll_time, facts_.setting.spread_seed, rules));
  if (from > absl::InfinitePast()) plan.Seek(from);
  for (Occurrence occurrence; plan.Next(&occurrence) && occurrence.due < before;) {
    if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) continue;
    items.push_back({occurrence.due, {}, occurrence.rule, NameCodeOf(*pathway_, occurrence),
                     occurrence.outside_contact_hours});
  }
  if (!with_close) return items;
  const Plan missed(*pathway_, FactsOf(kAgesLater, facts_.setting.spread_seed, rules));
  for (Item& item : items) {
    Occurrence occurrence;
    missed.FindNamed(item.rule, item.code, &occurrence);
    item.close = occurrence.expire;
  }
  return items;
}

std::vector<Cohort::Item> Cohort::Missed(absl::Time from, absl::Time before, const RuleSet& rules) const {
  std::vector<Item> items;
  Plan plan(*pathway_, FactsOf(kAgesLater, facts_.setting.spread_seed, rules));
  if (from > absl::InfinitePast()) plan.Seek(from);
  for (Occurrence occurrence; plan.Next(&occurrence) && occurrence.due < before;) {
    items.push_back({occurrence.due, occurrence.expire, occurrence.rule, NameCodeOf(*pathway_, occurrence)});
  }
  return items;
}

absl::Time Cohort::SettledBy(absl::Time from) const {
  const ClinicCalendar* calendar = facts_.setting.calendar.get();
  const bool closes = calendar != nullptr && !calendar->closed.none();
  if (facts_.hours.always_open() && !closes) return absl::InfiniteFuture();
  if (from == absl::InfinitePast()) return from;
  const int days = closes ? DaysWithThreeOpen(*calendar, from) : 0;
  return from - longest_window_ - absl::Hours(24 * (days + 2));
}

}  // namespace aftercare::plan
