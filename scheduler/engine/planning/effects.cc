#include "scheduler/engine/planning/effects.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

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

// Sets a factor as a reaction says, and notes in its record what it was before, also if it has the value already: if
// what set it is taken back, this reaction still stands. Returns whether that changes it.
bool SetFactor(const plan::CompiledPathway& pathway, const plan::CompiledReaction& reaction, Factors* factors,
               record::v1::ReactionRecord* record) {
  const std::string& value = pathway.factor(reaction.factor).values[reaction.factor_value];
  const std::string& id = pathway.source().factors(reaction.factor).id();
  const auto named = factors->find(id);
  record::v1::FactorBefore& before = *record->mutable_factor_before();
  before.set_factor(id);
  before.set_value(named == factors->end() ? "" : named->second);
  before.set_set_value(value);
  if (ValueOf(pathway, reaction.factor, *factors) == value) return false;
  (*factors)[id] = value;
  return true;
}

// Returns whether one reaction took effect after another. `index` and `other` are those of their records.
bool IsLater(const Records& records, int index, int other) {
  return std::make_pair(records[index].effect_micros(), index) > std::make_pair(records[other].effect_micros(), other);
}

// Returns whether the present pathway lets a factor have this value, or have none.
bool IsPossible(const plan::CompiledPathway& pathway, const std::string& factor, const std::string& value) {
  const int index = pathway.FindFactor(factor);
  if (value.empty() || index < 0) return value.empty();
  const std::vector<std::string>& values = pathway.factor(index).values;
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Takes back the change of a factor that a withdrawn reaction, given by the index of its record, made. If a reaction
// changed the factor once more since, that stays, and its record remembers the earlier value. Returns whether the
// factor changes.
bool RestoreFactor(const plan::CompiledPathway& pathway, int index, Factors* factors, Records* records) {
  const record::v1::FactorBefore before = (*records)[index].factor_before();
  (*records)[index].clear_factor_before();
  for (int i = 0; i < records->size(); ++i) {
    if ((*records)[i].withdrawn() || !(*records)[i].has_factor_before() || !IsLater(*records, i, index)) continue;
    record::v1::FactorBefore& later = *(*records)[i].mutable_factor_before();
    if (later.factor() != before.factor() || later.value() != before.set_value()) continue;
    later.set_value(before.value());
    return false;
  }
  const auto present = factors->find(before.factor());
  if (present == factors->end() || present->second != before.set_value() || before.value() == before.set_value()) {
    return false;
  }
  if (!IsPossible(pathway, before.factor(), before.value())) return false;
  if (before.value().empty()) {
    factors->erase(before.factor());
  } else {
    present->second = before.value();
  }
  return true;
}

// Stores an enrollment whose reactions have changed, and adjusts its reminders. `row` is the enrollment as it becomes.
// Returns how many occurrences fire then.
absl::StatusOr<int64_t> StoreChange(store::WriteTransaction& tx, EnrollmentContext* context, store::EnrollmentRow row,
                                    bool changes_factor, Occasion occasion, absl::Time now) {
  ++row.version;  // What was planned or cached before knows nothing of this.
  if (!changes_factor) {
    context->row = std::move(row);
    context->facts = plan::TrustedFactsOf(context->row.data, *context->pathway, context->facts.setting,
                                          context->row.history);
    return Replan(tx, context, now, occasion);
  }
  NoteChange(now, &row);
  auto change = ComputeFactorChange(tx, *context, std::move(row), now);
  if (!change.ok()) return change.status();
  auto fired = ApplyReconciliation(tx, &change->after, change->reconciliation, &change->rows, now);
  if (!fired.ok()) return fired.status();
  *context = std::move(change->after);
  absl::Status status = LogEnrollment(tx, context->row, v1::EVENT_TYPE_ENROLLMENT_UPDATED, now);
  return status.ok() ? fired : status;
}

}  // namespace

absl::StatusOr<int64_t> ApplyEffects(store::WriteTransaction& tx, EnrollmentContext* context,
                                     const std::vector<plan::Occurrence>& fired, absl::Time now) {
  if (fired.empty()) return 0;
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
  if (!changes) return 0;
  return StoreChange(tx, context, std::move(row), changes_factor, Occasion::kOther, now);
}

absl::Status ReplaceReactions(store::WriteTransaction& tx, EnrollmentContext* context, Records records,
                              absl::Time now) {
  store::EnrollmentRow row = context->row;
  const std::set<int> ended = EndedGroups(*context);
  bool changes_factor = false;
  for (int i = 0; i < records.size(); ++i) {
    if (!records[i].withdrawn() || !records[i].has_factor_before()) continue;
    changes_factor |= RestoreFactor(*context->pathway, i, row.data.mutable_factors(), &records);
  }
  *row.history.mutable_reactions() = std::move(records);
  context->row.history = row.history;
  // Only a change of facts brings back what an answer had ended.
  const Occasion occasion = EndedGroups(*context) == ended ? Occasion::kOther : Occasion::kFactsChanged;
  return StoreChange(tx, context, std::move(row), changes_factor, occasion, now).status();
}

void ForgetReplacedEffects(const v1::Enrollment& before, store::EnrollmentRow* row) {
  const auto value_of = [](const v1::Enrollment& data, const std::string& factor) {
    const auto named = data.factors().find(factor);
    return named == data.factors().end() ? std::string() : named->second;
  };
  for (record::v1::ReactionRecord& record : *row->history.mutable_reactions()) {
    const std::string& factor = record.factor_before().factor();
    if (!factor.empty() && value_of(before, factor) != value_of(row->data, factor)) record.clear_factor_before();
  }
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
