#include "scheduler/engine/reminders/enrollment_index.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kRowsAtOnce = 1000;

bool ById(const EnrollmentIndex::Entry& a, const EnrollmentIndex::Entry& b) { return a.id() < b.id(); }

// When the last of what held the plan up was over.
absl::Time SuspendedUntil(const plan::PatientFacts& facts) {
  absl::Time until = facts.enroll_time;
  for (const plan::Suspension& suspension : facts.suspensions) until = std::max(until, suspension.until);
  return until;
}

// Whether some reminder was dealt with that would have come due after the end.
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

absl::Status EnrollmentIndex::BringUpTo(EngineContext& engine, store::ReadTransaction& tx, int64_t seq) {
  if (seq == seq_) return absl::OkStatus();
  // What the log no longer holds may have changed anything.
  auto trimmed = tx.TrimmedSeq();
  if (!trimmed.ok()) return trimmed.status();
  auto read = seq_ < 0 || seq_ < *trimmed ? absl::StatusOr<bool>(false) : ReadChanged(engine, tx);
  if (!read.ok()) return read.status();
  if (!*read) {
    if (absl::Status status = ReadAll(engine, tx); !status.ok()) return status;
  }
  seq_ = seq;
  return absl::OkStatus();
}

absl::Status EnrollmentIndex::ReadAll(EngineContext& engine, store::ReadTransaction& tx) {
  seq_ = -1;  // says nothing, should this fail midway
  entries_.clear();
  cohorts_.clear();
  cohort_index_.clear();
  rules_.clear();
  rules_index_.clear();
  store::EnrollmentQuery query;
  query.clinic = clinic_;
  query.limit = kRowsAtOnce;
  while (true) {
    auto rows = tx.ListEnrollments(query);
    if (!rows.ok()) return rows.status();
    if (!rows->empty()) query.after = rows->back().enrollment;
    for (store::EnrollmentRow& row : *rows) {
      auto entry = EntryOf(engine, tx, std::move(row));
      if (!entry.ok()) return entry.status();
      entries_.push_back(*entry);
    }
    if (static_cast<int>(rows->size()) < query.limit) break;
  }
  entries_.shrink_to_fit();
  return absl::OkStatus();
}

absl::StatusOr<bool> EnrollmentIndex::ReadChanged(EngineContext& engine, store::ReadTransaction& tx) {
  // A row costs as much to look up as a few to read in order, a line of the log a part of one.
  const int limit = static_cast<int>(entries_.size()) / 2 + kRowsAtOnce;
  auto log = tx.EnrollmentsInLog(clinic_, seq_, limit);
  if (!log.ok()) return log.status();
  if (static_cast<int>(log->size()) == limit) return false;
  const absl::flat_hash_set<std::string> changed(log->begin(), log->end());
  if (changed.size() > entries_.size() / 4 + kRowsAtOnce || cohorts_.size() > 2 * entries_.size() + kRowsAtOnce) {
    return false;
  }
  seq_ = -1;
  std::vector<Entry> added;
  for (const std::string& id : changed) {
    auto row = tx.GetEnrollment(clinic_, id);
    if (!row.ok()) return row.status();
    const auto place = std::lower_bound(entries_.begin(), entries_.end(), id,
                                        [](const Entry& entry, const std::string& id) { return entry.id() < id; });
    const bool known = place != entries_.end() && place->id() == id;
    if (!row->has_value()) {
      if (known) entries_.erase(place);
      continue;
    }
    auto entry = EntryOf(engine, tx, **std::move(row));
    if (!entry.ok()) return entry.status();
    if (known) {
      *place = *entry;
    } else {
      added.push_back(*entry);
    }
  }
  if (added.empty()) return true;
  std::sort(added.begin(), added.end(), ById);
  const auto middle = static_cast<std::ptrdiff_t>(entries_.size());
  entries_.insert(entries_.end(), added.begin(), added.end());
  std::inplace_merge(entries_.begin(), entries_.begin() + middle, entries_.end(), ById);
  return true;
}

absl::StatusOr<EnrollmentIndex::Entry> EnrollmentIndex::EntryOf(EngineContext& engine, store::ReadTransaction& tx,
                                                                store::EnrollmentRow row) {
  auto context = MakeEnrollmentContext(engine, tx, std::move(row));
  if (!context.ok()) return context.status();
  const store::EnrollmentRow& read = context->row;
  Entry entry;
  if (read.enrollment.size() > entry.name.size()) return absl::DataLossError("stored enrollment has too long an id");
  std::memcpy(entry.name.data(), read.enrollment.data(), read.enrollment.size());
  entry.name_size = static_cast<uint8_t>(read.enrollment.size());
  entry.channel = static_cast<uint8_t>(PlannedChannel(*context, v1::AUDIENCE_PATIENT));
  entry.ended = read.state == v1::ENROLLMENT_STATE_ENDED;
  entry.end = entry.ended ? plan::ToTime(read.data.end_time()) : absl::InfiniteFuture();
  entry.next_due = read.next_due.value_or(absl::InfiniteFuture());
  entry.was_suspended = !context->facts.suspensions.empty();
  entry.suspended_until = SuspendedUntil(context->facts);
  entry.apart = IsStale(*context) || read.compare_rows_until || read.state == v1::ENROLLMENT_STATE_PAUSED ||
                read.history.visits_size() > 0 || read.history.hold_micros() != 0;
  if (entry.ended && !entry.apart) {
    auto rows = HasRowsAfterEnd(tx, read, entry.end);
    if (!rows.ok()) return rows.status();
    entry.apart = *rows;
  }
  if (entry.apart) return entry;
  entry.cohort = CohortOf(*context);
  entry.rules = RulesOf(context->facts.rules);
  return entry;
}

uint32_t EnrollmentIndex::CohortOf(const EnrollmentContext& context) {
  const v1::Enrollment& data = context.row.data;
  const std::string hours = data.has_contact_hours() ? data.contact_hours().SerializeAsString() : "";
  const std::string key = absl::StrCat(data.pathway(), "/", data.pathway_revision(), "/", data.procedure_date(), "/",
                                       data.time_zone(), "/", data.has_contact_hours() ? 1 : 0, hours);
  const auto [place, added] = cohort_index_.try_emplace(key, static_cast<uint32_t>(cohorts_.size()));
  if (added) cohorts_.emplace_back(context.pathway, context.facts);
  return place->second;
}

uint32_t EnrollmentIndex::RulesOf(const plan::RuleSet& rules) {
  const auto [place, added] = rules_index_.try_emplace(rules, static_cast<uint32_t>(rules_.size()));
  if (added) rules_.push_back(&place->first);
  return place->second;
}

EnrollmentIndexCache::EnrollmentIndexCache() = default;
EnrollmentIndexCache::~EnrollmentIndexCache() = default;

std::unique_ptr<EnrollmentIndex> EnrollmentIndexCache::Take(absl::string_view clinic, int64_t calendar_fingerprint,
                                                            int64_t seq) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    kept_.remove_if([&](const auto& kept) {
      return kept->clinic() == clinic && kept->calendar_fingerprint() != calendar_fingerprint;
    });
    auto best = kept_.end();
    for (auto it = kept_.begin(); it != kept_.end(); ++it) {
      const EnrollmentIndex& index = **it;
      if (index.clinic() != clinic || index.seq() > seq) continue;
      if (best == kept_.end() || index.seq() > (*best)->seq()) best = it;
    }
    if (best != kept_.end()) {
      std::unique_ptr<EnrollmentIndex> index = std::move(*best);
      kept_.erase(best);
      return index;
    }
  }
  return std::make_unique<EnrollmentIndex>(std::string(clinic), calendar_fingerprint);
}

void EnrollmentIndexCache::GiveBack(std::unique_ptr<EnrollmentIndex> index) {
  std::list<std::unique_ptr<EnrollmentIndex>> dropped;  // freed when the lock is not held
  std::lock_guard<std::mutex> lock(mutex_);
  kept_.push_front(std::move(index));
  size_t entries = 0;
  for (auto it = kept_.begin(); it != kept_.end(); ++it) {
    entries += (*it)->entries().size();
    if (it != kept_.begin() && entries > kMaxKept) {
      dropped.splice(dropped.end(), kept_, it, kept_.end());
      return;
    }
  }
}

}  // namespace aftercare::engine
