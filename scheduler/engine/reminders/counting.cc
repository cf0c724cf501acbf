#include "scheduler/engine/reminders/counting.h"

#include <array>
#include <memory>
#include <vector>

#include "absl/container/node_hash_map.h"

namespace aftercare::engine {
namespace {

constexpr int kRowsPerRead = 1000;

// Counts planned reminders by pathway, rule and state, which costs less than by phase since no text is looked up.
class PlannedCounter {
 public:
  void Add(const PlannedOccurrence& occurrence) {
    if (occurrence.pathway->get() != last_pathway_) {
      last_pathway_ = occurrence.pathway->get();
      last_counts_ = &by_pathway_.try_emplace(*occurrence.pathway, last_pathway_->rule_count()).first->second;
    }
    ++(*last_counts_)[occurrence.rule][occurrence.state];
  }

  void AddTo(ReminderCounts* counts) const {
    for (const auto& [pathway, by_rule] : by_pathway_) {
      for (size_t rule = 0; rule < by_rule.size(); ++rule) {
        for (size_t state = 0; state < by_rule[rule].size(); ++state) {
          if (by_rule[rule][state] == 0) continue;
          const std::string& phase = pathway->rule_source(static_cast<int>(rule)).phase();
          (*counts)[{phase, static_cast<v1::ReminderState>(state)}] += by_rule[rule][state];
        }
      }
    }
  }

 private:
  using CountsByRule = std::vector<std::array<int64_t, v1::ReminderState_MAX + 1>>;

  const plan::CompiledPathway* last_pathway_ = nullptr;
  CountsByRule* last_counts_ = nullptr;  // of last_pathway_
  absl::node_hash_map<std::shared_ptr<const plan::CompiledPathway>, CountsByRule> by_pathway_;
};

absl::Status AddStored(ReminderScan& scan, ReminderCounts* counts) {
  auto enrollments = scan.EnrollmentsInFilter();
  if (!enrollments.ok()) return enrollments.status();
  const bool whole_clinic = !enrollments->has_value();
  for (const std::string& enrollment : whole_clinic ? std::vector<std::string>{""} : **enrollments) {
    absl::Status status = scan.VisitStored(
        enrollment, std::nullopt, kRowsPerRead, [&](const store::ReminderRow& row, const EnrollmentContext& context) {
          ++(*counts)[{RuleOf(context, row).source().phase(), row.state}];
          return true;
        });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ReminderCounts> CountByPhaseAndState(ReminderScan& scan) {
  ReminderCounts counts;
  if (absl::Status status = AddStored(scan, &counts); !status.ok()) return status;
  PlannedCounter planned;
  absl::Status status = scan.VisitPlanned(absl::InfinitePast(),
                                          [&](const PlannedOccurrence& occurrence) { planned.Add(occurrence); });
  if (!status.ok()) return status;
  planned.AddTo(&counts);
  return counts;
}

}  // namespace aftercare::engine
