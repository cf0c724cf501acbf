#include "scheduler/engine/reminders/enrollment_index.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kRowsPerRead = 1000;

bool HasLowerId(const EnrollmentIndex::Entry& a, const EnrollmentIndex::Entry& b) { return a.id() < b.id(); }

// Returns when the last suspension of the plan ended.
absl::Time SuspendedUntil(const plan::PatientFacts& facts) {
  absl::Time until = facts.enroll_time;
  for (const plan::Suspension& suspension : facts.suspensions) until = std::max(until, suspension.until);
  return until;
}

// Returns whether the enrollment has a reminder that is due at `end` or later.
absl::StatusOr<bool> HasRowsAfterEnd(store::ReadTransaction& tx, const store::EnrollmentRow& row, absl::Time end) {
  store::ReminderQuery query;
  query.clinic = row.clinic;
  query.enrollment = row.enrollment;
  query.due_from = end;
  query.limit = 1;
  auto rows = tx.ListReminders(query);
  if (!rows.ok()) return rows.status();
  return !rows->empty();
}

}  // namespace

absl::Status EnrollmentIndex::UpdateTo(EngineContext& engine, store::ReadTransaction& tx, int64_t seq) {
  if (seq == seq_) return absl::OkStatus();
  auto trimmed = tx.TrimmedSeq();
  if (!trimmed.ok()) return trimmed.status();
  // Events that were deleted from the log may have changed any enrollment.
  const bool log_is_complete = seq_ >= 0 && seq_ >= *trimmed;
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
  entries_.clear();
  cohorts_.clear();
  cohort_by_key_.clear();
  rules_.clear();
  index_by_rules_.clear();
  store::EnrollmentQuery query;
  query.clinic = clinic_;
  query.limit = kRowsPerRead;
  while (true) {
    auto rows = tx.ListEnrollments(query);
    if (!rows.ok()) return rows.status();
    if (!rows->empty()) query.after = rows->back().enrollment;
    for (store::EnrollmentRow& row : *rows) {
      auto entry = MakeEntry(engine, tx, std::move(row));
      if (!entry.ok()) return entry.status();
      entries_.push_back(*entry);
    }
    if (static_cast<int>(rows->size()) < query.limit) break;
  }
  entries_.shrink_to_fit();
  return absl::OkStatus();
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
    const auto place = std::lower_bound(entries_.begin(), entries_.end(), id,
                                        [](const Entry& entry, const std::string& id) { return entry.id() < id; });
    const bool known = place != entries_.end() && place->id() == id;
    if (!row->has_value()) {
      if (known) entries_.erase(place);
      continue;
    }
    auto entry = MakeEntry(engine, tx, **std::move(row));
    if (!entry.ok()) return entry.status();
    if (known) {
      *place = *entry;
    } else {
      added.push_back(*entry);
    }
  }
  if (added.empty()) return absl::OkStatus();
  std::sort(added.begin(), added.end(), HasLowerId);
  const auto middle = static_cast<std::ptrdiff_t>(entries_.size());
  entries_.insert(entries_.end(), added.begin(), added.end());
  std::inplace_merge(entries_.begin(), entries_.begin() + middle, entries_.end(), HasLowerId);
  return absl::OkStatus();
}

absl::StatusOr<EnrollmentIndex::Entry> EnrollmentIndex::MakeEntry(EngineContext& engine, store::ReadTransaction& tx,
                                                                  store::EnrollmentRow row) {
  auto context = MakeEnrollmentContext(engine, tx, std::move(row));
  if (!context.ok()) return context.status();
  const store::EnrollmentRow& read = context->row;
  Entry entry;
  if (read.enrollment.size() > entry.name.size()) return absl::DataLossError("stored enrollment has too long an id");
  std::memcpy(entry.name.data(), read.enrollment.data(), read.enrollment.size());
  entry.name_size = static_cast<uint8_t>(read.enrollment.size());
  entry.row_id = read.row_id;
  entry.channel = static_cast<uint8_t>(PlannedChannel(*context, v1::AUDIENCE_PATIENT));
  entry.ended = read.state == v1::ENROLLMENT_STATE_ENDED;
  entry.end = entry.ended ? plan::ToTime(read.data.end_time()) : absl::InfiniteFuture();
  entry.next_due = read.next_due.value_or(absl::InfiniteFuture());
  entry.was_suspended = !context->facts.suspensions.empty();
  entry.suspended_until = SuspendedUntil(context->facts);
  entry.needs_rows = IsStale(*context) || read.compare_rows_until || read.state == v1::ENROLLMENT_STATE_PAUSED ||
                     read.history.visits_size() > 0 || read.history.has_never_told() ||
                     read.history.hold_micros() != 0;
  if (entry.ended && !entry.needs_rows) {
    auto rows = HasRowsAfterEnd(tx, read, entry.end);
    if (!rows.ok()) return rows.status();
    entry.needs_rows = *rows;
  }
  if (entry.needs_rows) return entry;
  entry.cohort = AddCohort(*context);
  entry.rules = AddRules(context->facts.rules);
  return entry;
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

uint32_t EnrollmentIndex::AddRules(const plan::RuleSet& rules) {
  const auto [place, added] = index_by_rules_.try_emplace(rules, static_cast<uint32_t>(rules_.size()));
  if (added) rules_.push_back(&place->first);
  return place->second;
}

}  // namespace aftercare::engine
