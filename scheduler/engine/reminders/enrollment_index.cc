#include "scheduler/engine/reminders/enrollment_index.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/plan_outline.h"

namespace aftercare::engine {
namespace {

constexpr int kRowsPerRead = 1000;

bool HasLowerRowId(const EnrollmentIndex::Entry& a, const EnrollmentIndex::Entry& b) { return a.row_id < b.row_id; }

}  // namespace

absl::Status EnrollmentIndex::UpdateTo(EngineContext& engine, store::ReadTransaction& tx, int64_t seq,
                                       bool replanned) {
  const bool makes_anew = has_stale_ && replanned;
  if (seq == seq_ && !makes_anew) return absl::OkStatus();
  auto trimmed = tx.TrimmedSeq();
  if (!trimmed.ok()) return trimmed.status();
  // Events that were deleted from the log may have changed any enrollment.
  const bool log_is_complete = seq_ >= 0 && seq_ >= *trimmed && !makes_anew;
  auto updated = log_is_complete ? ReadChanged(engine, tx) : absl::StatusOr<bool>(false);
  if (!updated.ok()) return updated.status();
  if (!*updated) {
    if (absl::Status status = ReadAll(engine, tx); !status.ok()) return status;
  }
  seq_ = seq;
  return absl::OkStatus();
}

absl::Status EnrollmentIndex::ReadAll(EngineContext& engine, store::ReadTransaction& tx) {
  seq_ = -1;  // the index stays empty if reading fails midway
  has_stale_ = false;
  entries_.clear();
  cohorts_.clear();
  cohort_by_key_.clear();
  cohort_by_number_.clear();
  rules_.clear();
  index_by_rules_.clear();
  auto estimate = tx.EstimateEnrollments(clinic_);
  if (!estimate.ok()) return estimate.status();
  entries_.reserve(static_cast<size_t>(*estimate));
  absl::Status status = tx.ForEachSchedule(clinic_, [&](const store::ScheduleRow& row) {
    auto entry = EntryOfSchedule(engine, tx, row);
    if (entry.ok()) entries_.push_back(*entry);
    return entry.status();
  });
  if (!status.ok()) return status;
  if (entries_.capacity() > entries_.size() + entries_.size() / 4) entries_.shrink_to_fit();
  return ReadSpreadSeeds(tx);
}

absl::Status EnrollmentIndex::ReadSpreadSeeds(store::ReadTransaction& tx) {
  const bool spreads = std::any_of(cohorts_.begin(), cohorts_.end(),
                                   [](const plan::Cohort& cohort) { return cohort.spread().any(); });
  if (!spreads) return absl::OkStatus();
  return tx.ForEachEnrollmentId(clinic_, [this](int64_t row_id, absl::string_view enrollment) {
    if (Entry* entry = Find(row_id)) entry->spread_seed = plan::SpreadSeed(clinic_, enrollment);
  });
}

EnrollmentIndex::Entry* EnrollmentIndex::Find(int64_t row_id) {
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), row_id,
                                      [](const Entry& entry, int64_t row_id) { return entry.row_id < row_id; });
  return place != entries_.end() && place->row_id == row_id ? &*place : nullptr;
}

absl::StatusOr<bool> EnrollmentIndex::ReadChanged(EngineContext& engine, store::ReadTransaction& tx) {
  // To look up one row costs as much as to read a few in order, and to read an event a fraction of that.
  const int limit = static_cast<int>(entries_.size()) / 2 + kRowsPerRead;
  auto log = tx.EnrollmentsInLog(clinic_, seq_, limit);
  if (!log.ok()) return log.status();
  if (static_cast<int>(log->size()) == limit) return false;
  const absl::flat_hash_set<std::string> changed(log->begin(), log->end());
  const bool too_many_changes = changed.size() > entries_.size() / 4 + kRowsPerRead;
  const bool too_many_cohorts = cohorts_.size() > 2 * entries_.size() + kRowsPerRead;  // most without enrollments
  if (too_many_changes || too_many_cohorts) return false;
  if (absl::Status status = ReadEntries(engine, tx, changed); !status.ok()) return status;
  return true;
}

absl::Status EnrollmentIndex::ReadEntries(EngineContext& engine, store::ReadTransaction& tx,
                                          const absl::flat_hash_set<std::string>& enrollments) {
  seq_ = -1;  // the index counts as empty if reading fails midway
  std::vector<Entry> added;
  for (const std::string& id : enrollments) {
    auto row = tx.GetEnrollment(clinic_, id);
    if (!row.ok()) return row.status();
    if (!row->has_value()) return absl::DataLossError("the log tells of an enrollment that is not stored");
    auto entry = EntryOfRow(engine, tx, **std::move(row));
    if (!entry.ok()) return entry.status();
    if (Entry* known = Find(entry->row_id)) {
      *known = *entry;
    } else {
      added.push_back(*entry);
    }
  }
  if (added.empty()) return absl::OkStatus();
  std::sort(added.begin(), added.end(), HasLowerRowId);
  const auto middle = static_cast<std::ptrdiff_t>(entries_.size());
  entries_.insert(entries_.end(), added.begin(), added.end());
  std::inplace_merge(entries_.begin(), entries_.begin() + middle, entries_.end(), HasLowerRowId);
  return absl::OkStatus();
}

absl::StatusOr<EnrollmentIndex::Entry> EnrollmentIndex::EntryOfRow(EngineContext& engine, store::ReadTransaction& tx,
                                                                   store::EnrollmentRow row) {
  auto context = MakeEnrollmentContext(engine, tx, std::move(row));
  if (!context.ok()) return context.status();
  auto outline = OutlineOf(tx, *context);
  if (!outline.ok()) return outline.status();
  Entry entry = EntryOf(engine, context->row, *outline);
  if (entry.needs_rows) return entry;
  entry.cohort = AddCohort(*context);
  if (cohorts_[entry.cohort].spread().any()) entry.spread_seed = context->facts.setting.spread_seed;
  return entry;
}

absl::StatusOr<EnrollmentIndex::Entry> EnrollmentIndex::EntryOfSchedule(EngineContext& engine,
                                                                        store::ReadTransaction& tx,
                                                                        const store::ScheduleRow& row) {
  if (row.outline.empty()) {
    auto whole = tx.GetEnrollment(clinic_, "", row.row_id);
    if (!whole.ok()) return whole.status();
    if (!whole->has_value()) return absl::DataLossError("an enrollment is scheduled but not stored");
    return EntryOfRow(engine, tx, **std::move(whole));
  }
  const bool parsed = outline_.ParseFromArray(row.outline.data(), static_cast<int>(row.outline.size()));
  if (!parsed) return absl::DataLossError("a stored outline of a plan cannot be read");
  Entry entry = EntryOf(engine, row, outline_);
  if (entry.needs_rows) return entry;
  auto cohort = StoredCohort(engine, tx, row.cohort);
  if (!cohort.ok()) return cohort.status();
  entry.cohort = *cohort;
  return entry;
}

template <typename Row>
EnrollmentIndex::Entry EnrollmentIndex::EntryOf(EngineContext& engine, const Row& row,
                                                const record::v1::PlanOutline& outline) {
  Entry entry;
  entry.row_id = row.row_id;
  entry.channel = static_cast<uint8_t>(outline.channel());
  entry.ended = outline.has_end_time();
  entry.next_due_or_end =
      entry.ended ? absl::FromUnixMicros(outline.end_time()) : row.next_due.value_or(absl::InfiniteFuture());
  entry.was_suspended = outline.was_suspended();
  entry.suspended_until = absl::FromUnixMicros(outline.suspended_until());
  entry.needs_rows = outline.needs_rows() || row.compare_rows_until.has_value();
  entry.stale = row.plan_fingerprint != engine.PlanFingerprintOf(calendar_fingerprint_);
  has_stale_ = has_stale_ || (entry.stale && !entry.ended);
  if (!entry.needs_rows) entry.rules = AddRules(outline.rules());
  return entry;
}

absl::StatusOr<uint32_t> EnrollmentIndex::StoredCohort(EngineContext& engine, store::ReadTransaction& tx,
                                                       int64_t number) {
  if (const auto found = cohort_by_number_.find(number); found != cohort_by_number_.end()) return found->second;
  auto common = tx.GetCohort(clinic_, number);
  if (!common.ok()) return common.status();
  if (!common->has_value()) return absl::DataLossError("an enrollment is of a cohort that is not stored");
  store::EnrollmentRow row;
  row.clinic = clinic_;
  row.calendar_fingerprint = calendar_fingerprint_;
  row.data = **std::move(common);
  auto context = MakeEnrollmentContext(engine, tx, std::move(row));
  if (!context.ok()) return context.status();
  return cohort_by_number_[number] = AddCohort(*context);
}

uint32_t EnrollmentIndex::AddCohort(const EnrollmentContext& context) {
  const v1::Enrollment& data = context.row.data;
  const std::string hours = data.has_contact_hours() ? data.contact_hours().SerializeAsString() : "";
  const std::string key = absl::StrCat(data.pathway(), "/", data.pathway_revision(), "/", data.procedure_date(), "/",
                                       data.time_zone(), "/", data.has_contact_hours() ? 1 : 0, hours);
  const auto [place, added] = cohort_by_key_.try_emplace(key, static_cast<uint32_t>(cohorts_.size()));
  if (added) cohorts_.emplace_back(context.pathway, context.facts);
  return place->second;
}

uint32_t EnrollmentIndex::AddRules(const std::string& encoded) {
  const auto [place, added] = index_by_rules_.try_emplace(encoded, static_cast<uint32_t>(rules_.size()));
  if (added) rules_.push_back(DecodeRules(encoded));
  return place->second;
}

}  // namespace aftercare::engine
