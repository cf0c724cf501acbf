#include "scheduler/engine/planning/effects.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "scheduler/engine/lifecycle/reaction_records.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/planning/reanchor.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/plan/facts.h"

namespace aftercare::engine {
namespace {

using Records = google::protobuf::RepeatedPtrField<record::v1::ReactionRecord>;
using Factors = google::protobuf::Map<std::string, std::string>;

bool HasEffect(const plan::CompiledReaction& reaction) { return reaction.end_group >= 0 || reaction.factor >= 0; }

// Returns the value that a factor has, that of the pathway for an enrollment that does not name it. Empty: none.
std::string ValueOf(const plan::CompiledPathway& pathway, int factor, const Factors& factors) {
  const auto named = factors.find(pathway.source().factors(factor).id());
  return named != factors.end() ? named->second : pathway.source().factors(factor).default_value();
}

// Sets a factor as a reaction says, and notes in its record what it was before. Returns whether that changes it.
bool SetFactor(const plan::CompiledPathway& pathway, const plan::CompiledReaction& reaction, Factors* factors,
               record::v1::ReactionRecord* record) {
  const std::string& value = pathway.factor(reaction.factor).values[reaction.factor_value];
  if (ValueOf(pathway, reaction.factor, *factors) == value) return false;
  const std::string& id = pathway.source().factors(reaction.factor).id();
  std::string& stored = (*factors)[id];
  record::v1::FactorBefore& before = *record->mutable_factor_before();
  before.set_factor(id);
  before.set_value(stored);
  before.set_set_value(value);
  stored = value;
  return true;
}

// Takes back the change of a factor that a withdrawn reaction made. If the factor was changed once more since, that
// stays, and the next reaction that changed it remembers the earlier value. Returns whether the factor changes.
bool RestoreFactor(const record::v1::FactorBefore& before, Factors* factors, Records* records) {
  for (record::v1::ReactionRecord& record : *records) {
    if (record.withdrawn() || !record.has_factor_before()) continue;
    record::v1::FactorBefore& later = *record.mutable_factor_before();
    if (later.factor() != before.factor() || later.value() != before.set_value()) continue;
    later.set_value(before.value());
    return false;
  }
  const auto present = factors->find(before.factor());
  if (present == factors->end() || present->second != before.set_value()) return false;
  if (before.value().empty()) {
    factors->erase(before.factor());
  } else {
    present->second = before.value();
  }
  return true;
}

// Stores an enrollment whose reactions have changed, and adjusts its reminders. `row` is the enrollment as it becomes.
absl::Status StoreChange(store::WriteTransaction& tx, EnrollmentContext* context, store::EnrollmentRow row,
                         bool changes_factor, absl::Time now) {
  ++row.version;  // What was planned or cached before knows nothing of this.
  if (!changes_factor) {
    context->row = std::move(row);
    context->facts = plan::TrustedFactsOf(context->row.data, *context->pathway, context->facts.setting,
                                          context->row.history);
    return Replan(tx, context, now).status();
  }
  NoteChange(now, &row);
  auto change = ComputeFactorChange(tx, *context, std::move(row), now);
  if (!change.ok()) return change.status();
  if (absl::Status status = ApplyReanchoring(tx, &*change, now); !status.ok()) return status;
  *context = std::move(change->after);
  return LogEnrollment(tx, context->row, v1::EVENT_TYPE_ENROLLMENT_UPDATED, now);
}

}  // namespace

absl::Status ApplyEffects(store::WriteTransaction& tx, EnrollmentContext* context,
                          const std::vector<plan::Occurrence>& fired, absl::Time now) {
  store::EnrollmentRow row = context->row;
  bool changes = false;
  bool changes_factor = false;
  for (const plan::Occurrence& occurrence : fired) {
    const plan::CompiledReaction& reaction = context->pathway->rule(occurrence.rule).reaction;
    if (!HasEffect(reaction)) continue;
    for (const int index : RecordsOf(*context, occurrence)) {
      record::v1::ReactionRecord& record = *row.history.mutable_reactions(index);
      if (record.withdrawn() || record.effect_micros() != 0) continue;
      // 0 would mean that it has not taken effect. A test clock may stand there.
      record.set_effect_micros(std::max<int64_t>(absl::ToUnixMicros(now), 1));
      changes = true;
      if (reaction.factor < 0) continue;
      changes_factor |= SetFactor(*context->pathway, reaction, row.data.mutable_factors(), &record);
    }
  }
  return changes ? StoreChange(tx, context, std::move(row), changes_factor, now) : absl::OkStatus();
}

absl::Status ReplaceReactions(store::WriteTransaction& tx, EnrollmentContext* context, Records records,
                              absl::Time now) {
  store::EnrollmentRow row = context->row;
  bool changes_factor = false;
  for (int i = 0; i < records.size(); ++i) {
    if (!records[i].withdrawn() || !records[i].has_factor_before()) continue;
    const record::v1::FactorBefore before = records[i].factor_before();
    records[i].clear_factor_before();
    changes_factor |= RestoreFactor(before, row.data.mutable_factors(), &records);
  }
  *row.history.mutable_reactions() = std::move(records);
  return StoreChange(tx, context, std::move(row), changes_factor, now);
}

std::set<int> EndedGroups(const EnrollmentContext& context) {
  std::set<int> groups;
  for (const record::v1::ReactionRecord& record : context.row.history.reactions()) {
    const int rule = context.pathway->FindRule(record.rule());
    if (rule < 0 || record.withdrawn() || record.effect_micros() == 0) continue;
    const int group = context.pathway->rule(rule).reaction.end_group;
    if (group >= 0) groups.insert(group);
  }
  return groups;
}

}  // namespace aftercare::engine
