#include "scheduler/plan/year/year_walk.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "absl/strings/string_view.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/mix_hash.h"
#include "scheduler/plan/year/broken_promises.h"
#include "scheduler/plan/year/dated_year.h"
#include "scheduler/plan/year/file_check.h"
#include "scheduler/plan/year/patient_kinds.h"
#include "scheduler/plan/year/year_load.h"

namespace aftercare::plan {
namespace {

// The most kinds of patient, however little there is to walk.
constexpr int kMostKinds = 20'000;

std::vector<std::pair<std::string, absl::TimeZone>> ZonesOf(const YearOptions& options) {
  std::vector<std::pair<std::string, absl::TimeZone>> zones;
  for (const std::string& name : options.zones) {
    if (const std::optional<absl::TimeZone> zone = FindZone(name); zone.has_value()) zones.emplace_back(name, *zone);
  }
  return zones;
}

// Two years with the same value have the same messages on the same days.
uint64_t HashOf(const DatedYear& year) {
  std::vector<int> numbers;
  numbers.reserve(2 * (year.messages.size() + year.phases.size()));
  for (const auto& [first, last] : year.phases) numbers.insert(numbers.end(), {first, last});
  for (const DatedMessage& message : year.messages) numbers.insert(numbers.end(), {message.day, message.rule});
  for (const DatedMessage& message : year.unsent) numbers.insert(numbers.end(), {message.day, -1 - message.rule});
  return MixHash(0, absl::string_view(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(int)));
}

// How much of the options is walked.
struct Extent {
  int kinds = 0;  // At most.
  int step = 1;   // From one date to the next.
};

// Where there is too much, the kinds give way first.
Extent ExtentOf(const CompiledPathway& pathway, const YearOptions& options, const DateAndZone& first) {
  DatedYears years(pathway, options.hours);
  int64_t messages = 1;
  for (const DatedYear& year : years.At(first)) messages += static_cast<int64_t>(year.messages.size());
  const int64_t of_a_kind = messages * options.dates * static_cast<int64_t>(options.zones.size());
  const int64_t kinds = options.most_steps / of_a_kind;
  if (kinds >= kMaxRules) return {static_cast<int>(std::min<int64_t>(kinds, kMostKinds)), 1};
  const int64_t needed = std::min(kMaxRules, PatientKinds(pathway, kMaxRules).count());
  return {kMaxRules, static_cast<int>(std::clamp<int64_t>(of_a_kind * needed / options.most_steps + 1, 1, 31))};
}

}  // namespace

YearReport WalkYear(const CompiledPathway& pathway, const YearOptions& options) {
  YearReport report;
  const auto zones = ZonesOf(options);
  if (zones.empty()) return report;
  const Extent extent = ExtentOf(pathway, options, {options.first_date, zones[0].first, zones[0].second});
  const PatientKinds kinds(pathway, extent.kinds);
  BrokenPromises broken(kinds);
  YearLoad load(pathway, kinds, options.most_silent_days, &broken);
  DatedYears years(pathway, options.hours);
  std::unordered_set<uint64_t> seen;
  for (int day = 0; day < options.dates; day += extent.step) {
    ++report.walked_dates;
    for (const auto& [name, zone] : zones) {
      const DateAndZone date{options.first_date + day, name, zone};
      for (const DatedYear& year : years.At(date)) {
        if (seen.insert(HashOf(year)).second) load.Count(year);
      }
    }
  }
  for (const auto& [whose, found] : years.broken()) broken.NoteForRule(found, whose.second);
  CheckFile(pathway, kinds, years.walked(), years.occurring(), &broken);
  load.Report(&report);
  report.combinations = kinds.combinations();
  report.walked_combinations = kinds.walked();
  report.kinds = kinds.count();
  report.dates = options.dates;
  report.years = static_cast<int>(seen.size());
  report.stories = years.stories();
  report.broken = broken.Take();
  // That it is never due says nothing more of a rule than why it is not.
  report.broken.erase(std::remove_if(report.broken.begin(), report.broken.end(),
                                     [&](const BrokenPromise& other) {
                                       return other.promise == Promise::kOccurs &&
                                              (years.broken().contains({Promise::kContactHours, other.rule}) ||
                                               years.broken().contains({Promise::kBeforeVisit, other.rule}));
                                     }),
                      report.broken.end());
  return report;
}

}  // namespace aftercare::plan
