#include "scheduler/plan/match.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "scheduler/plan/civil.h"

namespace aftercare::plan {
namespace {

// What a telling counts from, and of which series it is. Only tellings of one group can stand for each other.
using Group = std::tuple<absl::string_view, absl::string_view, absl::Time, std::optional<absl::CivilDay>>;

Group GroupOf(const Telling& telling) {
  return {telling.series, telling.visit, telling.start.value_or(absl::InfinitePast()), telling.outside_by};
}

// By series only, since few groups share one and hashing the rest takes longer than comparing them.
struct HashSeries {
  size_t operator()(const Group& group) const { return absl::Hash<absl::string_view>()(std::get<0>(group)); }
};

int64_t DayNumberOf(const Telling& telling) { return DayNumber(absl::CivilDay(telling.nominal)); }

int64_t SecondOfDay(const Telling& telling) { return (telling.nominal.hour() * 60 + telling.nominal.minute()) * 60; }

// An occurrence of the plan.
struct Planned {
  const Telling* telling = nullptr;
  int index = 0;        // In the plan.
  int group = 0;        // Counts the groups from 0.
  int64_t day = 0;      // The nominal local day, as a day number.
  int64_t instant = 0;  // Unix seconds.
  bool covered = false;
};

// The occurrences of a plan, ordered by group, and within a group by time.
struct GroupedPlan {
  std::vector<Planned> occurrences;
  absl::flat_hash_map<Group, int, HashSeries> groups;  // The numbers of the groups.
  std::vector<int> begins;                             // Where each group begins, and the end of the last one.

  absl::Span<Planned> OfGroup(const Group& group) {
    const auto it = groups.find(group);
    if (it == groups.end()) return {};
    const int begin = begins[it->second];
    return absl::MakeSpan(occurrences).subspan(begin, begins[it->second + 1] - begin);
  }
};

GroupedPlan GroupPlan(absl::Span<const Telling> plan) {
  GroupedPlan grouped;
  grouped.occurrences.reserve(plan.size());
  for (const Telling& telling : plan) {
    const int next = static_cast<int>(grouped.groups.size());
    const int group = grouped.groups.try_emplace(GroupOf(telling), next).first->second;
    grouped.occurrences.push_back({.telling = &telling,
                                   .index = static_cast<int>(grouped.occurrences.size()),
                                   .group = group,
                                   .day = DayNumberOf(telling),
                                   .instant = absl::ToUnixSeconds(telling.instant)});
  }
  std::sort(grouped.occurrences.begin(), grouped.occurrences.end(), [](const Planned& a, const Planned& b) {
    return std::tie(a.group, a.instant, a.telling->rule) < std::tie(b.group, b.instant, b.telling->rule);
  });
  grouped.begins.assign(grouped.groups.size() + 1, 0);
  for (const Planned& planned : grouped.occurrences) ++grouped.begins[planned.group + 1];
  for (size_t i = 1; i < grouped.begins.size(); ++i) grouped.begins[i] += grouped.begins[i - 1];
  return grouped;
}

// How much of the plan a reminder can cover.
enum class Scope {
  kNothing,
  kOwnIfLeft,  // Its own occurrence, if no other reminder covers that.
  kOwn,        // Its own occurrence.
  kSentDay,    // Its own occurrence, or one of a repeating rule on the day it was sent.
  kAny,
};

// A stored reminder while it is matched.
struct Stored {
  const StoredReminder* reminder = nullptr;
  const Telling* telling = nullptr;
  int index = 0;  // In the reminders.
  Scope scope = Scope::kNothing;
  int64_t day = 0;            // The nominal local day, as a day number.
  int64_t instant = 0;        // Unix seconds.
  absl::Span<Planned> group;  // The occurrences that it could stand for.
  bool line_in_plan = false;  // Whether `group` still has the reminder's line.
  bool same_zone = true;      // Whether its zone is that of the facts.
  bool covers = false;
};

bool SetByPerson(const Stored& stored) { return stored.reminder->standing == Standing::kSetByPerson; }

// The order in which reminders take their own occurrence: told ones, then those that a person set, then the others.
int Rank(const StoredReminder& reminder) {
  if (reminder.standing == Standing::kTold) return 0;
  return reminder.standing == Standing::kSetByPerson ? 1 : 2;
}

bool Before(const Stored& a, const Stored& b) {
  return std::make_tuple(Rank(*a.reminder), a.instant, a.reminder->name) <
         std::make_tuple(Rank(*b.reminder), b.instant, b.reminder->name);
}

// Whether the reminder's own occurrence is this one. Both are of the same group.
bool IsOwn(const Stored& stored, const Planned& planned) {
  return planned.telling->instant == stored.telling->instant && planned.telling->expire == stored.telling->expire &&
         planned.telling->line == stored.telling->line;
}

// See StandsForProcedure. `clock` is in the zone of the facts.
bool Stands(const StoredReminder& reminder, const MatchFacts& facts, LocalClock* clock) {
  if (reminder.standing != Standing::kTold || reminder.telling.start.has_value()) return true;
  if (reminder.procedure_date >= facts.procedure_date) return true;
  const int64_t end = clock->At((DayNumber(facts.procedure_date) + 1) * kDaySeconds);
  return reminder.time >= absl::FromUnixSeconds(end);
}

// How far a reminder and an occurrence are apart, and the repetition to compare that with. In seconds.
struct Distance {
  int64_t apart = 0;
  int64_t repetition = 0;

  bool Near() const { return 2 * apart < repetition; }
};

Gap SmallerGap(const Gap& a, const Gap& b) {
  return {.days = std::min(a.days, b.days), .seconds = std::min(a.seconds, b.seconds)};
}

// The repetition around a reminder and an occurrence: the smaller of their gaps, or a day if both are alone.
Gap Repetition(const Telling& a, const Telling& b) {
  if (!a.gap.has_value() && !b.gap.has_value()) return {.days = 1, .seconds = kDaySeconds};
  return SmallerGap(a.gap.has_value() ? *a.gap : *b.gap, b.gap.has_value() ? *b.gap : *a.gap);
}

// The distance between two times of one line, whatever the days. Measured in the time of day, against half the
// repetition.
Distance ByTimeOfDay(const Stored& stored, const Planned& planned) {
  return {.apart = std::abs(SecondOfDay(*planned.telling) - SecondOfDay(*stored.telling)),
          .repetition = Repetition(*stored.telling, *planned.telling).seconds};
}

// The distance of what a person set: by local days, and where there are several times a day, by the wall time on the
// same day.
Distance ByCalendar(const Stored& stored, const Planned& planned) {
  const Gap repetition = Repetition(*stored.telling, *planned.telling);
  const int64_t days = std::abs(planned.day - stored.day);
  if (repetition.days > 0) return {.apart = days * kDaySeconds, .repetition = repetition.days * kDaySeconds};
  const int64_t seconds = std::abs(SecondOfDay(*planned.telling) - SecondOfDay(*stored.telling));
  return {.apart = days == 0 ? seconds : kDaySeconds, .repetition = repetition.seconds};
}

// The distance of anything else: in local days if neither has another of its series on its day, otherwise in elapsed
// time. Days of two zones are compared in elapsed time too.
Distance ByRepetition(const Stored& stored, const Planned& planned) {
  const Gap repetition = Repetition(*stored.telling, *planned.telling);
  const int64_t elapsed = std::abs(planned.instant - stored.instant);
  if (repetition.days == 0) return {.apart = elapsed, .repetition = repetition.seconds};
  return {.apart = stored.same_zone ? std::abs(planned.day - stored.day) * kDaySeconds : elapsed,
          .repetition = repetition.days * kDaySeconds};
}

// A reminder and an occurrence that it could cover.
struct Pair {
  int64_t apart = 0;
  int64_t elapsed = 0;  // Between the two instants, in seconds.
  Stored* stored = nullptr;
  Planned* planned = nullptr;
};

// Nearest first, then nearer in elapsed time, then earlier.
bool Nearer(const Pair& a, const Pair& b) {
  if (a.apart != b.apart) return a.apart < b.apart;
  if (a.elapsed != b.elapsed) return a.elapsed < b.elapsed;
  return std::tie(a.planned->instant, a.stored->instant, a.stored->reminder->name, a.planned->telling->rule) <
         std::tie(b.planned->instant, b.stored->instant, b.stored->reminder->name, b.planned->telling->rule);
}

// One run of Match.
class Matching {
 public:
  Matching(absl::Span<const StoredReminder> reminders, absl::Span<const Telling> plan, const MatchFacts& facts)
      : facts_(facts), clock_(facts.zone), plan_(GroupPlan(plan)), result_(reminders.size()) {
    NoteAppointments(reminders);
    AddReminders(reminders);
  }

  std::vector<std::optional<int>> Run() {
    for (Stored& stored : stored_) {
      if (stored.scope != Scope::kOwnIfLeft) CoverOwn(&stored);
    }
    for (Stored& stored : stored_) {
      if (MayCoverOther(stored) && !SettledByLine(&stored)) AddPairs(&stored);
    }
    CoverNearest();
    for (Stored& stored : stored_) {
      if (stored.scope == Scope::kOwnIfLeft) CoverOwn(&stored);
    }
    return std::move(result_);
  }

 private:
  void NoteAppointments(absl::Span<const StoredReminder> reminders);
  void AddReminders(absl::Span<const StoredReminder> reminders);
  bool ToldOtherwiseSince(const StoredReminder& reminder) const;
  Scope ScopeOf(const StoredReminder& reminder);

  static bool MayCoverOther(const Stored& stored) {
    return !stored.covers && (stored.scope == Scope::kAny || stored.scope == Scope::kSentDay);
  }

  void Cover(Stored* stored, Planned* planned);
  // The same occurrence first.
  void CoverOwn(Stored* stored);
  // Then lines. Returns true if the rule of lines alone says what the reminder covers, even if that is nothing.
  bool SettledByLine(Stored* stored);
  // Then the nearest.
  void AddPairs(Stored* stored);
  void CoverNearest();

  absl::Span<Planned> WithinReach(const Stored& stored) const;
  std::optional<Distance> DistanceBetween(const Stored& stored, const Planned& planned);
  // The local day of the reminder's nominal time, in the zone that counts for it.
  int64_t LocalDayOf(const Stored& stored);

  const MatchFacts& facts_;
  LocalClock clock_;
  GroupedPlan plan_;
  std::vector<const StoredReminder*> appointments_;  // What patients were told about appointments.
  std::vector<Stored> stored_;
  std::vector<Pair> pairs_;
  std::vector<std::optional<int>> result_;
};

void Matching::NoteAppointments(absl::Span<const StoredReminder> reminders) {
  for (const StoredReminder& reminder : reminders) {
    if (reminder.standing == Standing::kTold && !reminder.telling.visit.empty()) appointments_.push_back(&reminder);
  }
}

void Matching::AddReminders(absl::Span<const StoredReminder> reminders) {
  stored_.reserve(reminders.size());
  for (size_t i = 0; i < reminders.size(); ++i) {
    const StoredReminder& reminder = reminders[i];
    const Scope scope = ScopeOf(reminder);
    if (scope == Scope::kNothing) continue;
    stored_.push_back({.reminder = &reminder,
                       .telling = &reminder.telling,
                       .index = static_cast<int>(i),
                       .scope = scope,
                       .day = DayNumberOf(reminder.telling),
                       .instant = absl::ToUnixSeconds(reminder.telling.instant),
                       .group = plan_.OfGroup(GroupOf(reminder.telling)),
                       .same_zone = reminder.telling.zone == facts_.zone});
  }
  std::sort(stored_.begin(), stored_.end(), Before);
}

// Returns true if the patient has since been told something else about the appointment.
bool Matching::ToldOtherwiseSince(const StoredReminder& reminder) const {
  const Telling& telling = reminder.telling;
  return std::any_of(appointments_.begin(), appointments_.end(), [&](const StoredReminder* other) {
    return other->time > reminder.time && other->telling.visit == telling.visit &&
           (other->telling.start != telling.start || other->telling.fell_through != telling.fell_through);
  });
}

Scope Matching::ScopeOf(const StoredReminder& reminder) {
  if (reminder.standing == Standing::kEndedByChange) return Scope::kNothing;
  if (reminder.standing == Standing::kOpen) return Scope::kOwnIfLeft;
  if (reminder.telling.start.has_value() && ToldOtherwiseSince(reminder)) return Scope::kNothing;
  if (reminder.standing == Standing::kEndedUnsent) return Scope::kOwn;
  if (Stands(reminder, facts_, &clock_)) return Scope::kAny;
  return reminder.telling.line.has_value() ? Scope::kNothing : Scope::kSentDay;
}

void Matching::Cover(Stored* stored, Planned* planned) {
  stored->covers = true;
  planned->covered = true;
  result_[stored->index] = planned->index;
}

// Several rules of a series can have the same occurrence. The reminder's own rule is then preferred.
void Matching::CoverOwn(Stored* stored) {
  const auto begin =
      std::lower_bound(stored->group.begin(), stored->group.end(), stored->instant,
                       [](const Planned& planned, int64_t instant) { return planned.instant < instant; });
  Planned* own = nullptr;
  for (auto it = begin; it != stored->group.end() && it->instant == stored->instant; ++it) {
    if (it->covered || !IsOwn(*stored, *it)) continue;
    if (own == nullptr || it->telling->rule == stored->telling->rule) own = &*it;
  }
  if (own != nullptr) Cover(stored, own);
}

bool Matching::SettledByLine(Stored* stored) {
  const std::optional<Line>& line = stored->telling->line;
  if (!line.has_value()) return false;
  Planned* same = nullptr;
  int count = 0;
  for (Planned& planned : stored->group) {
    if (planned.telling->line != line) continue;
    same = &planned;
    ++count;
  }
  stored->line_in_plan = count > 0;
  // One line before and one after are the same line, though its offset was changed.
  if (count == 0 && stored->group.size() == 1 && !stored->telling->gap.has_value()) {
    same = &stored->group[0];
    count = same->telling->line.has_value() ? 1 : 0;
  }
  // With several times a day, the nearest time of the line counts.
  if (count != 1 || stored->telling->times != 1) return false;
  if (!same->covered) Cover(stored, same);
  return true;
}

void Matching::AddPairs(Stored* stored) {
  for (Planned& planned : WithinReach(*stored)) {
    if (planned.covered) continue;
    const std::optional<Distance> distance = DistanceBetween(*stored, planned);
    if (!distance.has_value() || !distance->Near()) continue;
    const int64_t elapsed = std::abs(planned.instant - stored->instant);
    pairs_.push_back({.apart = distance->apart, .elapsed = elapsed, .stored = stored, .planned = &planned});
  }
}

void Matching::CoverNearest() {
  std::sort(pairs_.begin(), pairs_.end(), Nearer);
  for (const Pair& pair : pairs_) {
    if (!pair.stored->covers && !pair.planned->covered) Cover(pair.stored, pair.planned);
  }
}

// The occurrences that can be near. This saves time only: it leaves out what DistanceBetween would find too far away.
absl::Span<Planned> Matching::WithinReach(const Stored& stored) const {
  if (!stored.telling->gap.has_value() || stored.line_in_plan) return stored.group;
  // Half the repetition, the length of a day, and what a change of clocks or of the zone can add.
  const int64_t reach = (stored.telling->gap->days / 2 + 1 + (stored.same_zone ? 1 : 2)) * kDaySeconds;
  const auto begin =
      std::lower_bound(stored.group.begin(), stored.group.end(), stored.instant - reach,
                       [](const Planned& planned, int64_t instant) { return planned.instant < instant; });
  auto end = begin;
  while (end != stored.group.end() && end->instant <= stored.instant + reach) ++end;
  return stored.group.subspan(begin - stored.group.begin(), end - begin);
}

std::optional<Distance> Matching::DistanceBetween(const Stored& stored, const Planned& planned) {
  const bool repeating = !planned.telling->line.has_value();
  if (stored.scope == Scope::kSentDay) {
    if (!repeating || clock_.DayAt(absl::ToUnixSeconds(stored.reminder->time)) != planned.day) return std::nullopt;
  }
  if (stored.line_in_plan) {
    if (planned.telling->line != stored.telling->line) return std::nullopt;
    return ByTimeOfDay(stored, planned);
  }
  if (repeating == stored.telling->line.has_value()) {
    if (planned.day != LocalDayOf(stored)) return std::nullopt;
    return Distance{.apart = 0, .repetition = kDaySeconds};
  }
  return SetByPerson(stored) ? ByCalendar(stored, planned) : ByRepetition(stored, planned);
}

int64_t Matching::LocalDayOf(const Stored& stored) {
  if (SetByPerson(stored) || stored.same_zone) return stored.day;
  return clock_.DayAt(stored.instant);
}

}  // namespace

std::vector<std::optional<int>> Match(absl::Span<const StoredReminder> reminders, absl::Span<const Telling> plan,
                                      const MatchFacts& facts) {
  return Matching(reminders, plan, facts).Run();
}

bool StandsForProcedure(const StoredReminder& reminder, const MatchFacts& facts) {
  LocalClock clock(facts.zone);
  return Stands(reminder, facts, &clock);
}

void FillGaps(absl::Span<Telling> plan) {
  const GroupedPlan grouped = GroupPlan(plan);
  for (Telling& telling : plan) telling.gap.reset();
  for (size_t i = 1; i < grouped.occurrences.size(); ++i) {
    const Planned& a = grouped.occurrences[i - 1];
    const Planned& b = grouped.occurrences[i];
    if (a.group != b.group) continue;
    const int64_t days = b.day - a.day;
    const int64_t seconds = days * kDaySeconds + SecondOfDay(*b.telling) - SecondOfDay(*a.telling);
    const Gap gap{.days = std::abs(days), .seconds = std::abs(seconds)};
    for (const Planned* planned : {&a, &b}) {
      std::optional<Gap>& nearest = plan[planned->index].gap;
      nearest = nearest.has_value() ? SmallerGap(*nearest, gap) : gap;
    }
  }
}

}  // namespace aftercare::plan
