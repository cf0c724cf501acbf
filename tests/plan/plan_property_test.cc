// Properties that hold for every plan, tried on random pathways, patients and instants in every time zone there is.
// A failure prints its seed; AFTERCARE_SEED runs that seed again.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scheduler/plan/rule_days.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

// Every name the zone database has, through the same door as clients' names.
std::vector<std::string> AllZones() {
  const char* directory = std::getenv("TZDIR");
  const std::filesystem::path root = directory != nullptr ? directory : "/usr/share/zoneinfo";
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = std::filesystem::relative(entry.path(), root).string();
    if (entry.is_regular_file() && FindZone(name).has_value()) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  int Between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(engine_); }
  bool OneIn(int n) { return Between(1, n) == 1; }

 private:
  std::mt19937_64 engine_;
};

std::string TimesText(Random* random) {
  std::vector<int> minutes;
  // Often in the small hours, where clocks change, and at both ends of the day.
  for (int i = random->Between(1, 4); i > 0; --i) {
    minutes.push_back(random->OneIn(2) ? random->Between(0, 240) : random->OneIn(3) ? random->Between(1400, 1438)
                                                                                    : random->Between(0, 1438));
  }
  std::sort(minutes.begin(), minutes.end());
  minutes.erase(std::unique(minutes.begin(), minutes.end()), minutes.end());
  std::string text;
  for (const int m : minutes) text += absl::StrFormat(" times: '%02d:%02d'", m / 60, m % 60);
  const int until = random->Between(minutes.back() + 1, 1439);
  switch (random->Between(0, 4)) {
    case 0:
      return absl::StrCat(text, absl::StrFormat(" window { until: '%02d:%02d' }", until / 60, until % 60));
    case 1:
      return absl::StrCat(text, " window { hours: ", random->Between(1, 100), " }");
    case 2:
      return absl::StrCat(text, " window { days: ", random->Between(0, 9), " }");
    default:
      return text;
  }
}

std::string SpanText(Random* random) {
  const int first = random->Between(0, 60);
  switch (random->Between(0, 2)) {
    case 0:
      return absl::StrCat("span { days { first: ", first, " last: ", first + random->Between(0, 90), " } }");
    case 1:
      return absl::StrCat("span { weeks { first: ", first / 7 + 1, " last: ", first / 7 + random->Between(1, 12), " } }");
    default:
      return absl::StrCat("span { months { first: ", first / 10, " last: ", first / 10 + random->Between(1, 6), " } }");
  }
}

std::string DaysText(Random* random) {
  switch (random->Between(0, 4)) {
    case 0:
      return SpanText(random);
    case 1:
      return absl::StrCat(SpanText(random), " daily { interval: ", random->Between(0, 5), " }");
    case 2: {
      std::string weekdays;
      for (int day = 1; day <= 7; ++day) {
        if (random->OneIn(3)) absl::StrAppend(&weekdays, " weekdays: ", day);
      }
      return absl::StrCat(SpanText(random), " weekly { interval: ", random->Between(0, 3), weekdays, " }");
    }
    case 3:
      return absl::StrCat("span { months { first: ", random->Between(0, 3), " last: ", random->Between(4, 14),
                          " } } monthly { interval: ", random->Between(0, 3), " }");
    default: {
      std::string on;
      int months = 0;
      for (int i = random->Between(1, 5); i > 0; --i) {
        months += random->Between(1, 3);
        absl::StrAppend(&on, " on { months: ", months, " days: ", random->Between(-9, 9), " }");
      }
      return on;
    }
  }
}

v1::Pathway RandomPathway(Random* random) {
  auto pathway = FromText<v1::Pathway>(R"(
      display_name: "Random" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { days { first: 0 last: 3660 } } })");
  for (int i = random->Between(1, 6); i > 0; --i) {
    v1::Rule* rule = pathway.add_rules();
    rule->set_id(absl::StrCat("r", i));
    rule->set_phase("p");
    rule->set_category("c");
    *rule->mutable_schedule() = FromText<v1::Schedule>(absl::StrCat(DaysText(random), TimesText(random)));
    (*rule->mutable_texts())["en"] = "Text";
  }
  return pathway;
}

bool Same(const Occurrence& a, const Occurrence& b) {
  return std::tie(a.rule, a.number, a.due, a.expire, a.nominal, a.late) ==
         std::tie(b.rule, b.number, b.due, b.expire, b.nominal, b.late);
}

bool Same(const std::vector<Occurrence>& a, const std::vector<Occurrence>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) { return Same(x, y); });
}

bool InOrder(const Occurrence& a, const Occurrence& b) {
  return std::tie(a.due, a.rule, a.number) < std::tie(b.due, b.rule, b.number);
}

class PlanProperty : public testing::Test {
 protected:
  static uint64_t Seed() {
    const char* seed = std::getenv("AFTERCARE_SEED");
    return seed != nullptr ? std::strtoull(seed, nullptr, 10) : std::random_device()();
  }

  // A patient with a procedure between 1990 and 2090, enrolled before, within or after the plan.
  static PatientFacts RandomPatient(const std::string& zone, Random* random) {
    PatientFacts facts = FactsFor("1990-01-01", zone);
    facts.procedure_date += random->Between(0, 36'524);
    if (!random->OneIn(3)) facts.enroll_time = RandomInstant(facts, random);
    return facts;
  }

  static absl::Time RandomInstant(const PatientFacts& facts, Random* random) {
    const absl::Time noon = facts.zone.At(absl::CivilHour(facts.procedure_date) + 12).pre;
    return noon + absl::Hours(24 * random->Between(-3, 300)) + absl::Minutes(random->Between(-720, 720)) +
           absl::Nanoseconds(random->OneIn(2) ? 0 : random->Between(0, 999'999'999));
  }
};

// Each occurrence by itself: its instant after RFC 5545, its window, and that Find finds it.
void CheckOccurrences(const std::vector<Occurrence>& all, const CompiledPathway& pathway, const PatientFacts& facts) {
  const Plan plan(pathway, facts);
  for (const Occurrence& occurrence : all) {
    const absl::Time nominal = facts.zone.At(absl::CivilSecond(occurrence.nominal)).pre;
    ASSERT_EQ(occurrence.due, nominal < facts.enroll_time && !occurrence.late ? facts.enroll_time : nominal);
    ASSERT_LT(occurrence.due, occurrence.expire);
    ASSERT_EQ(occurrence.late, occurrence.expire <= facts.enroll_time);
    ASSERT_GE(absl::CivilDay(occurrence.nominal), facts.procedure_date);
    Occurrence found;
    ASSERT_TRUE(plan.Find(occurrence.rule, occurrence.number, &found));
    ASSERT_TRUE(Same(occurrence, found)) << occurrence.rule << "." << occurrence.number;
  }
}

// All of them together: strictly in order, each rule numbered from 1 without gap in order of nominal time.
void CheckSequence(const std::vector<Occurrence>& all, const CompiledPathway& pathway, const PatientFacts& facts) {
  for (size_t i = 1; i < all.size(); ++i) ASSERT_TRUE(InOrder(all[i - 1], all[i])) << "at " << i;
  const Plan plan(pathway, facts);
  for (int rule = 0; rule < pathway.rule_count(); ++rule) {
    std::vector<std::pair<int, absl::CivilMinute>> numbers;
    for (const Occurrence& occurrence : all) {
      if (occurrence.rule == rule) numbers.emplace_back(occurrence.number, occurrence.nominal);
    }
    std::sort(numbers.begin(), numbers.end());
    for (size_t i = 0; i < numbers.size(); ++i) {
      ASSERT_EQ(numbers[i].first, static_cast<int>(i) + 1);
      if (i > 0) {
        ASSERT_LT(numbers[i - 1].second, numbers[i].second);
      }
    }
    Occurrence none;
    ASSERT_FALSE(plan.Find(rule, 0, &none));
    ASSERT_FALSE(plan.Find(rule, static_cast<int>(numbers.size()) + 1, &none));
  }
}

TEST_F(PlanProperty, HoldsForRandomPathwaysInEveryZone) {
  const uint64_t seed = Seed();
  SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed));
  Random random(seed);
  const std::vector<std::string> zones = AllZones();
  ASSERT_GT(zones.size(), 300u);
  size_t occurrences = 0;
  for (const std::string& zone : zones) {
    const auto pathway = CompileGood(RandomPathway(&random));
    ASSERT_NE(pathway, nullptr);
    for (int patient = 0; patient < 4; ++patient) {
      const PatientFacts facts = RandomPatient(zone, &random);
      SCOPED_TRACE(absl::StrCat(zone, " from ", FormatDate(facts.procedure_date), " enrolled ",
                                absl::FormatTime(facts.enroll_time), " on ", pathway->source().ShortDebugString()));
      const std::vector<Occurrence> all = WholePlan(*pathway, facts);
      ASSERT_NO_FATAL_FAILURE(CheckOccurrences(all, *pathway, facts));
      ASSERT_NO_FATAL_FAILURE(CheckSequence(all, *pathway, facts));
      ASSERT_TRUE(Same(all, WholePlan(*pathway, facts)));
      occurrences += all.size();
    }
  }
  EXPECT_GT(occurrences, zones.size());
}

TEST_F(PlanProperty, SeekingEqualsSkippingFromTheStart) {
  const uint64_t seed = Seed();
  SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed));
  Random random(seed);
  for (const std::string& zone : AllZones()) {
    const auto pathway = CompileGood(RandomPathway(&random));
    ASSERT_NE(pathway, nullptr);
    const PatientFacts facts = RandomPatient(zone, &random);
    const std::vector<Occurrence> all = WholePlan(*pathway, facts);
    Plan plan(*pathway, facts);
    std::vector<absl::Time> instants = {absl::InfinitePast(), absl::InfiniteFuture(), facts.enroll_time};
    for (int i = 0; i < 10; ++i) instants.push_back(RandomInstant(facts, &random));
    for (int i = 0; i < 6 && !all.empty(); ++i) {
      const Occurrence& near = all[random.Between(0, static_cast<int>(all.size()) - 1)];
      instants.push_back(near.due + absl::Nanoseconds(random.Between(-1, 1)));
    }
    for (const absl::Time t : instants) {
      const auto first = std::find_if(all.begin(), all.end(), [t](const Occurrence& o) { return o.due >= t; });
      plan.Seek(t);
      ASSERT_TRUE(Same(std::vector<Occurrence>(first, all.end()), Rest(&plan)))
          << zone << " from " << FormatDate(facts.procedure_date) << " enrolled " << facts.enroll_time << " seeking " << t
          << " on " << pathway->source().ShortDebugString();
    }
  }
}

// The first and the last day of a span, read off the API's definition.
std::pair<absl::CivilDay, absl::CivilDay> Bounds(const v1::Span& span, absl::CivilDay anchor) {
  if (span.has_days()) return {anchor + span.days().first(), anchor + span.days().last()};
  if (span.has_weeks()) return {anchor + 7 * (span.weeks().first() - 1) + 1, anchor + 7 * span.weeks().last()};
  return {AddMonths(anchor, span.months().first()), AddMonths(anchor, span.months().last()) - 1};
}

// Whether a weekly rule names that weekday; v1::Weekday counts from Monday as 1, absl::Weekday from Monday as 0.
bool NamesWeekday(const v1::Weekly& weekly, absl::CivilDay date, absl::CivilDay first) {
  if (weekly.weekdays().empty()) return absl::GetWeekday(date) == absl::GetWeekday(first);
  const int wanted = static_cast<int>(absl::GetWeekday(date)) + 1;
  return std::find(weekly.weekdays().begin(), weekly.weekdays().end(), wanted) != weekly.weekdays().end();
}

// The days of a schedule found the slow way, by asking of every day whether it is one.
std::vector<absl::CivilDay> DayByDay(const v1::Schedule& schedule, absl::CivilDay anchor) {
  std::vector<absl::CivilDay> days;
  for (const v1::Offset& offset : schedule.on()) days.push_back(AddMonths(anchor, offset.months()) + offset.days());
  if (!days.empty()) return days;
  const auto [first, last] = Bounds(schedule.span(), anchor);
  int months = 0, met = 0;
  for (absl::CivilDay date = first; date <= last; ++date) {
    const auto since = static_cast<int>(date - first);
    while (AddMonths(anchor, months) < date) ++months;
    if (schedule.has_daily()) {
      if (since % std::max(schedule.daily().interval(), 1) == 0) days.push_back(date);
    } else if (schedule.has_weekly()) {
      const bool week = since / 7 % std::max(schedule.weekly().interval(), 1) == 0;
      if (week && NamesWeekday(schedule.weekly(), date, first)) days.push_back(date);
    } else if (schedule.has_monthly()) {
      const bool meets = AddMonths(anchor, months) == date;
      if (meets && met++ % std::max(schedule.monthly().interval(), 1) == 0) days.push_back(date);
    } else if (since == 0) {
      days.push_back(date);
    }
  }
  return days;
}

TEST_F(PlanProperty, RulesFallOnTheDaysTheirSchedulesDefine) {
  const uint64_t seed = Seed();
  SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed));
  Random random(seed);
  for (int i = 0; i < 200; ++i) {
    const auto pathway = CompileGood(RandomPathway(&random));
    ASSERT_NE(pathway, nullptr);
    const PatientFacts facts = RandomPatient("UTC", &random);
    for (int rule = 0; rule < pathway->rule_count(); ++rule) {
      const v1::Schedule& schedule = pathway->rule_source(rule).schedule();
      const RuleDays days(pathway->rule(rule), facts.procedure_date);
      std::vector<absl::CivilDay> found;
      for (int day = 0; day < days.count(); ++day) found.push_back(DayOf(days.At(day)));
      ASSERT_EQ(found, DayByDay(schedule, facts.procedure_date))
          << FormatDate(facts.procedure_date) << " " << schedule.ShortDebugString();
    }
  }
}

// The arithmetic of local times, against the time library's own, at and around every change of clocks.
TEST_F(PlanProperty, LocalTimesAreReadWithTheOffsetBeforeAChange) {
  for (const std::string& name : AllZones()) {
    const absl::TimeZone zone = FindZone(name).value();
    LocalClock clock(zone);
    absl::TimeZone::CivilTransition change;
    absl::Time t = absl::FromCivil(absl::CivilSecond(1969, 1, 1), absl::UTCTimeZone());
    const absl::Time end = absl::FromCivil(absl::CivilSecond(2110, 1, 1), absl::UTCTimeZone());
    while (t < end && zone.NextTransition(t, &change)) {
      for (const absl::CivilSecond civil : {change.from, change.to}) {
        for (const int seconds : {-86'400, -1801, -1, 0, 1, 1799, 3600, 86'400}) {
          const absl::CivilSecond local = civil + seconds;
          ASSERT_EQ(clock.At(local - absl::CivilSecond(1970, 1, 1)), absl::ToUnixSeconds(zone.At(local).pre))
              << name << " " << absl::FormatCivilTime(local);
        }
      }
      t = zone.At(change.to).trans;
    }
  }
}

}  // namespace
}  // namespace aftercare::plan
