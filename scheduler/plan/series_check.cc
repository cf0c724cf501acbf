#include "scheduler/plan/series_check.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "scheduler/plan/anchor_dates.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/rule_days.h"

namespace aftercare::plan {
namespace {

bool HaveSameAnchor(const CompiledRule& a, const CompiledRule& b) {
  if (a.IsReaction() || b.IsReaction()) return false;
  return a.on_never_told == b.on_never_told && a.visit == b.visit &&
         (a.visit < 0 || a.visit_state == b.visit_state);
}

// Returns a value of each factor that the rules name, by index, so that the conditions of both hold. Returns nothing if
// there is no such patient.
std::optional<std::vector<std::pair<int, int>>> PatientOfBoth(const CompiledRule& a, const CompiledRule& b) {
  std::map<int, uint64_t> allowed;
  for (const CompiledRule* rule : {&a, &b}) {
    for (const CompiledCondition& condition : rule->conditions) {
      allowed.emplace(condition.factor, ~uint64_t{0}).first->second &= condition.values;
    }
  }
  std::vector<std::pair<int, int>> patient;
  for (const auto& [factor, values] : allowed) {
    if (values == 0) return std::nullopt;
    int value = 0;
    while ((values >> value & 1) == 0) ++value;
    patient.emplace_back(factor, value);
  }
  return patient;
}

// Returns the first time of day that both rules have.
std::optional<int> CommonTime(const CompiledRule& a, const CompiledRule& b) {
  for (const int time : a.times) {
    if (std::find(b.times.begin(), b.times.end(), time) != b.times.end()) return time;
  }
  return std::nullopt;
}

// Returns the first day that both rules have, as a day number.
std::optional<int64_t> CommonDay(const RuleDays& a, const RuleDays& b) {
  if (a.count() == 0 || b.count() == 0 || a.last() < b.first() || b.last() < a.first()) return std::nullopt;
  for (int i = 0, j = 0; i < a.count() && j < b.count();) {
    const int64_t difference = a.At(i) - b.At(j);
    if (difference == 0) return a.At(i);
    ++(difference < 0 ? i : j);
  }
  return std::nullopt;
}

// Returns how two rules of one series meet, or nothing if they never do.
std::optional<SeriesOverlap> Meet(const CompiledPathway& pathway, int first, int second,
                                  const std::vector<absl::CivilDay>& anchors) {
  const CompiledRule& a = pathway.rule(first);
  const CompiledRule& b = pathway.rule(second);
  if (!HaveSameAnchor(a, b)) return std::nullopt;
  const auto patient = PatientOfBoth(a, b);
  const std::optional<int> minute = CommonTime(a, b);
  if (!patient.has_value() || !minute.has_value()) return std::nullopt;
  for (const absl::CivilDay anchor : anchors) {
    const std::optional<int64_t> day = CommonDay(RuleDays(a, anchor), RuleDays(b, anchor));
    if (day.has_value()) return SeriesOverlap{first, second, *day - DayNumber(anchor), *minute, *patient};
  }
  return std::nullopt;
}

}  // namespace

std::vector<SeriesOverlap> FindSeriesOverlaps(const CompiledPathway& pathway, size_t most) {
  absl::flat_hash_map<absl::string_view, std::vector<int>> series;
  for (int rule = 0; rule < pathway.rule_count(); ++rule) series[pathway.series(rule)].push_back(rule);
  const std::vector<absl::CivilDay> anchors = AllKindsOfAnchor();
  std::vector<SeriesOverlap> overlaps;
  for (int first = 0; first < pathway.rule_count(); ++first) {
    for (const int second : series[pathway.series(first)]) {
      if (second <= first) continue;
      if (overlaps.size() == most) return overlaps;
      if (auto overlap = Meet(pathway, first, second, anchors); overlap.has_value()) {
        overlaps.push_back(*std::move(overlap));
      }
    }
  }
  return overlaps;
}

}  // namespace aftercare::plan
