#include "scheduler/engine/planning/reanchor.h"

#include <algorithm>
#include <utility>

#include "absl/functional/function_ref.h"
#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/planning/plan_comparison.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/facts.h"

namespace aftercare::engine {
namespace {

// Returns the facts that decide what reminders tell.
record::v1::EarlierFacts ToldFactsOf(const store::EnrollmentRow& row) {
  record::v1::EarlierFacts facts;
  facts.set_version(row.history.facts_version());
  facts.set_pathway_revision(row.data.pathway_revision());
  facts.set_procedure_date(row.data.procedure_date());
  facts.set_time_zone(row.data.time_zone());
  *facts.mutable_factors() = row.data.factors();
  *facts.mutable_visits() = row.history.visits();
  facts.set_never_told_micros(row.history.never_told().change_micros());
  return facts;
}

// Gives the facts of `row` a version of their own if they differ from those of `before`, and keeps the earlier versions
// under which some reminder was told. Returns whether they differ.
bool NoteVersion(const store::EnrollmentRow& before, const std::vector<store::ReminderRow>& rows,
                 store::EnrollmentRow* row) {
  record::v1::EarlierFacts was = ToldFactsOf(before);
  record::v1::EarlierFacts is = ToldFactsOf(*row);
  is.set_version(was.version());
  if (google::protobuf::util::MessageDifferencer::Equals(was, is)) return false;
  auto* earlier = row->history.mutable_earlier_facts();
  *earlier->Add() = std::move(was);
  earlier->erase(std::remove_if(earlier->begin(), earlier->end(),
                                [&rows](const record::v1::EarlierFacts& facts) {
                                  return std::none_of(rows.begin(), rows.end(), [&](const store::ReminderRow& stored) {
                                    return stored.facts_version == facts.version();
                                  });
                                }),
                 earlier->end());
  row->history.set_facts_version(before.history.facts_version() + 1);
  return true;
}

// Lets what was sent count as told under the procedure date of `after`, if that is later. What did not stand before the
// change stays as it is.
void KeepSent(const EnrollmentContext& before, const EnrollmentContext& after, std::vector<store::ReminderRow>* rows) {
  const plan::PlanTellings tellings(*before.pathway, before.facts);
  ToldReminders told(before, tellings);
  const plan::MatchFacts facts{before.facts.procedure_date, before.facts.zone};
  for (store::ReminderRow& row : *rows) {
    if (StandingOf(row) != plan::Standing::kTold) continue;
    const plan::StoredReminder stored = told.Read(row);
    if (stored.procedure_date >= after.facts.procedure_date || !plan::StandsForProcedure(stored, facts)) continue;
    record::v1::ReminderRecord record = RecordOf(row);
    record.set_told_procedure_date(plan::FormatDate(after.facts.procedure_date));
    row.record = record.SerializeAsString();
  }
}

// Adds to the rows to be stored those whose record has changed.
void AddRecorded(const std::vector<store::ReminderRow>& before, const std::vector<store::ReminderRow>& after,
                 Reconciliation* reconciliation) {
  for (size_t i = 0; i < after.size(); ++i) {
    if (before[i].record == after[i].record) continue;
    const auto has = [i](const std::vector<size_t>& indexes) {
      return std::find(indexes.begin(), indexes.end(), i) != indexes.end();
    };
    if (!has(reconciliation->changed) && !has(reconciliation->relabelled)) reconciliation->relabelled.push_back(i);
  }
}

// How a change is computed.
struct Options {
  // Makes the context of the enrollment as it becomes.
  absl::FunctionRef<absl::StatusOr<EnrollmentContext>(store::EnrollmentRow)> make_context;

  const v1::Clinic* clinic = nullptr;  // See Reconcile.
  absl::Time now;
  bool keep_sent = false;
};

// Computes the change to `row` as it is.
absl::StatusOr<Reanchoring> ComputeOnce(const Options& options, const EnrollmentState& before,
                                        store::EnrollmentRow row) {
  const absl::Time now = options.now;
  const bool facts_changed = NoteVersion(before.context.row, before.rows, &row);
  auto after = options.make_context(std::move(row));
  if (!after.ok()) return after.status();
  Reanchoring change{*std::move(after), before.rows};
  if (options.keep_sent) KeepSent(before.context, change.after, &change.rows);
  const Occasion occasion = facts_changed ? Occasion::kFactsChanged : Occasion::kOther;
  change.reconciliation = Reconcile(change.after, options.clinic, now, occasion, &change.rows);
  AddRecorded(before.rows, change.rows, &change.reconciliation);
  const Supersession at_once = SupersessionAtOnce(change.after, change.reconciliation, now, &change.rows);
  PlanComparison comparison =
      ComparePlans(before, {change.after, change.rows}, change.reconciliation, at_once, now);
  change.diff = std::move(comparison.diff);
  change.dropped_rules = std::move(comparison.dropped_rules);
  change.never_told = std::move(comparison.never_told);
  return change;
}

// Notes in the history of `row` what the change leaves untold. Returns whether that differs from what it said.
bool NoteNeverTold(const Reanchoring& change, store::EnrollmentRow* row) {
  // A revision without such tasks keeps what is known, since the next may have them again.
  const bool counts = change.after.pathway->CountsFromNeverTold() || row->history.has_never_told();
  const bool is_kept = change.never_told.change_micros() != 0 && counts;
  if (!is_kept && !row->history.has_never_told()) return false;
  if (!is_kept) {
    row->history.clear_never_told();
    return true;
  }
  if (google::protobuf::util::MessageDifferencer::Equals(change.never_told, row->history.never_told())) return false;
  *row->history.mutable_never_told() = change.never_told;
  return true;
}

// Computes the change to `row`, and to what follows from it.
absl::StatusOr<Reanchoring> Compute(store::ReadTransaction& tx, const Options& options,
                                    const EnrollmentContext& before, store::EnrollmentRow row) {
  auto rows = RowsOf(tx, before, {});
  if (!rows.ok()) return rows.status();
  auto change = ComputeOnce(options, {before, *rows}, row);
  // What the change leaves untold is itself a fact that tasks count from.
  if (!change.ok() || !NoteNeverTold(*change, &row)) return change;
  return ComputeOnce(options, {before, *rows}, std::move(row));
}

}  // namespace

void NoteChange(absl::Time now, store::EnrollmentRow* row) {
  const int64_t micros = absl::ToUnixMicros(now);
  row->history.set_replan_micros(micros);
  if (row->state != v1::ENROLLMENT_STATE_PAUSED) return;
  // The pause is split here: what its first part made miss is PAUSED, and it goes on for what is due at `now` too.
  if (micros > row->history.hold_micros()) {
    record::v1::Pause* pause = row->history.add_pauses();
    pause->set_begin_micros(row->history.hold_micros());
    pause->set_end_micros(micros);
  }
  row->history.set_hold_micros(micros);
}

absl::StatusOr<Reanchoring> ComputeReanchoring(EngineContext& engine, store::ReadTransaction& tx,
                                               const EnrollmentContext& before, store::EnrollmentRow row,
                                               absl::Time now, bool keep_sent) {
  auto clinic = engine.definitions().Clinic(tx, before.row.clinic);
  if (!clinic.ok()) return clinic.status();
  const auto make_context = [&](store::EnrollmentRow row) { return MakeEnrollmentContext(engine, tx, std::move(row)); };
  const v1::Clinic* const clinic_data = *clinic == nullptr ? nullptr : &(*clinic)->data;
  return Compute(tx, {make_context, clinic_data, now, keep_sent}, before, std::move(row));
}

absl::StatusOr<Reanchoring> ComputeFactorChange(store::ReadTransaction& tx, const EnrollmentContext& before,
                                                store::EnrollmentRow row, absl::Time now) {
  const auto make_context = [&](store::EnrollmentRow row) -> absl::StatusOr<EnrollmentContext> {
    EnrollmentContext after = before;
    after.row = std::move(row);
    after.facts = plan::TrustedFactsOf(after.row.data, *after.pathway, before.facts.setting, after.row.history);
    return after;
  };
  // No text depends on a factor, so what is leased stays true.
  return Compute(tx, {make_context, /*clinic=*/nullptr, now}, before, std::move(row));
}

absl::Status ApplyReanchoring(store::WriteTransaction& tx, Reanchoring* change, absl::Time now) {
  return ApplyReconciliation(tx, &change->after, change->reconciliation, &change->rows, now).status();
}

}  // namespace aftercare::engine
