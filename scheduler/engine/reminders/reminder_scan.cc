#include "scheduler/engine/reminders/reminder_scan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/reminders/due_position.h"
#include "scheduler/engine/reminders/enrollment_index.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder_name.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kRowsPerRead = 1000;
constexpr size_t kMaxContexts = 2000;

// Returns what identifies an occurrence within its clinic.
std::string ClinicKeyOf(int64_t enrollment_row_id, absl::string_view rule, int64_t code) {
  return absl::StrCat(enrollment_row_id, "/", rule, "/", code);
}

std::string ClinicKeyOf(const PlannedOccurrence& occurrence) {
  return ClinicKeyOf(occurrence.enrollment_row_id, (*occurrence.pathway)->rule_source(occurrence.rule).id(),
                     plan::WithoutCount(occurrence.code));
}

// The stored reminders of an enrollment, as far as planned ones depend on them.
struct RecordedReminders {
  RecordedReminders(const EnrollmentContext& context, std::vector<store::ReminderRow> read)
      : rows(std::move(read)), names(rows) {
    for (const store::ReminderRow& row : rows) {
      if (const auto cover = CoverOf(context, row)) covered.insert(*cover);
    }
  }

  const std::vector<store::ReminderRow> rows;
  const TakenNames names;
  absl::flat_hash_set<OccurrenceKey> covered;
};

// Passes the rows of `query` to `use`, page by page, until it returns false or an error.
absl::Status ForEachRow(store::ReadTransaction& tx, store::ReminderQuery query,
                        absl::FunctionRef<absl::StatusOr<bool>(const store::ReminderRow&)> use) {
  while (true) {
    auto rows = tx.ListReminders(query);
    if (!rows.ok()) return rows.status();
    for (const store::ReminderRow& row : *rows) {
      auto more = use(row);
      if (!more.ok()) return more.status();
      if (!*more) return absl::OkStatus();
    }
    if (static_cast<int>(rows->size()) < query.limit) return absl::OkStatus();
    query.after = PositionOf(rows->back());
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const EnrollmentContext>> ReminderScan::ContextOf(int64_t enrollment_row_id) {
  const auto found = contexts_.find(enrollment_row_id);
  if (found != contexts_.end()) return found->second;
  auto context = RequireEnrollmentContext(engine_, tx_, clinic_.clinic, "", enrollment_row_id);
  if (!context.ok()) return context.status();
  if (contexts_.size() >= kMaxContexts) contexts_.clear();
  return contexts_[enrollment_row_id] = std::make_shared<const EnrollmentContext>(*std::move(context));
}

absl::StatusOr<std::optional<std::vector<std::string>>> ReminderScan::EnrollmentsInFilter() {
  using Ids = std::vector<std::string>;
  if (filter_.patient().empty()) {
    return filter_.enrollment().empty() ? std::optional<Ids>() : std::optional<Ids>({filter_.enrollment()});
  }
  auto ids = tx_.EnrollmentsOf(clinic_.clinic, filter_.patient());
  if (!ids.ok()) return ids.status();
  if (!filter_.enrollment().empty()) {
    const bool is_theirs = std::find(ids->begin(), ids->end(), filter_.enrollment()) != ids->end();
    *ids = is_theirs ? Ids{filter_.enrollment()} : Ids{};
  }
  return std::optional<Ids>(*std::move(ids));
}

bool ReminderScan::MatchesStored(const EnrollmentContext& context, const store::ReminderRow& row) {
  return filter_.MatchesEnrollment(context) && filter_.MatchesRow(context, row) &&
         filter_.MatchesChannel(StoredChannel(context, row));
}

absl::Status ReminderScan::VisitStored(const std::string& enrollment, std::optional<store::DuePosition> after,
                                       int page_size, StoredVisitor visit) {
  store::ReminderQuery query{clinic_.clinic,        enrollment,       std::move(after), filter_.due_from(),
                             filter_.due_before(), filter_.states(), page_size};
  return ForEachRow(tx_, std::move(query), [&](const store::ReminderRow& row) -> absl::StatusOr<bool> {
    auto context = ContextOf(row.enrollment_row_id);
    if (!context.ok()) return context.status();
    return !MatchesStored(**context, row) || visit(row, **context);
  });
}

absl::Status ReminderScan::LoadEarlyRows() {
  // Everything before what is due next has fired. A row that is due later was made ahead of time.
  auto next_due = tx_.NextDue(ClockOf(clinic_), clinic_.clinic);
  if (!next_due.ok()) return next_due.status();
  const absl::Time fired = next_due->has_value() ? std::min(now_, **next_due) : now_;
  store::ReminderQuery query;
  query.clinic = clinic_.clinic;
  query.enrollment = filter_.enrollment();
  query.due_from = fired;
  return ForEachRow(tx_, std::move(query), [this](const store::ReminderRow& row) -> absl::StatusOr<bool> {
    const store::Cover cover = row.cover.value_or(store::Cover{"", plan::WithoutCount(row.key.code)});
    if (cover.code == 0) return true;
    recorded_early_.insert(
        ClinicKeyOf(row.enrollment_row_id, cover.rule.empty() ? row.key.rule : cover.rule, cover.code));
    enrollments_with_early_rows_.insert(row.enrollment_row_id);
    return true;
  });
}

bool ReminderScan::WasRecordedEarly(const PlannedOccurrence& occurrence) const {
  return !enrollments_with_early_rows_.empty() && enrollments_with_early_rows_.contains(occurrence.enrollment_row_id) &&
         recorded_early_.contains(ClinicKeyOf(occurrence));
}

bool ReminderScan::MatchesPlannedStates() const {
  return filter_.MatchesState(v1::REMINDER_STATE_SCHEDULED) || filter_.MatchesState(v1::REMINDER_STATE_EXPIRED) ||
         filter_.MatchesState(v1::REMINDER_STATE_CANCELLED) || filter_.MatchesState(v1::REMINDER_STATE_SUPPRESSED);
}

absl::Status ReminderScan::VisitPlanned(absl::Time from, PlannedVisitor visit) {
  if (!MatchesPlannedStates()) return absl::OkStatus();
  if (absl::Status status = LoadEarlyRows(); !status.ok()) return status;
  if (filter_.due_from()) from = std::max(from, *filter_.due_from());
  auto enrollments = EnrollmentsInFilter();
  if (!enrollments.ok()) return enrollments.status();
  if (enrollments->has_value()) {
    for (const std::string& enrollment : **enrollments) {
      if (absl::Status status = VisitEnrollment(enrollment, 0, from, visit); !status.ok()) return status;
    }
    return absl::OkStatus();
  }
  if (method_ == ScanMethod::kEnrollmentRows) return VisitByRows(from, visit);
  return VisitByIndex(from, visit);
}

absl::Status ReminderScan::VisitByIndex(absl::Time from, PlannedVisitor visit) {
  auto seq = tx_.LastEventSeq();
  if (!seq.ok()) return seq.status();
  std::unique_ptr<EnrollmentIndex> index = indexes_.Take(clinic_.clinic, clinic_.calendar_fingerprint, *seq);
  absl::Status updated = index->UpdateTo(engine_, tx_, *seq, /*replanned=*/!clinic_.replan_after);
  if (!updated.ok()) return updated;
  auto row_ids = tx_.EnrollmentsDue(ClockOf(clinic_), clinic_.clinic, now_);
  if (!row_ids.ok()) return row_ids.status();
  const absl::flat_hash_set<int64_t> overdue(row_ids->begin(), row_ids->end());
  const EnrollmentIndexScan::Span span{from, filter_.due_before().value_or(absl::InfiniteFuture()), now_};
  absl::Status status =
      EnrollmentIndexScan(*index, filter_, span, latest_due_, overdue)
          .Visit(
              [&](const PlannedOccurrence& occurrence) {
                if (!WasRecordedEarly(occurrence)) visit(occurrence);
              },
              [&](int64_t row_id) { return VisitEnrollment("", row_id, from, visit); });
  indexes_.GiveBack(std::move(index));
  return status;
}

absl::Status ReminderScan::VisitByRows(absl::Time from, PlannedVisitor visit) {
  store::EnrollmentQuery query;
  query.clinic = clinic_.clinic;
  query.limit = kRowsPerRead;
  // If only SCHEDULED is asked for, only enrollments that have something to come are needed.
  query.pending_only = !filter_.MatchesState(v1::REMINDER_STATE_EXPIRED) &&
                       !filter_.MatchesState(v1::REMINDER_STATE_CANCELLED) &&
                       !filter_.MatchesState(v1::REMINDER_STATE_SUPPRESSED);
  while (true) {
    auto rows = tx_.ListEnrollments(query);
    if (!rows.ok()) return rows.status();
    if (!rows->empty()) query.after = rows->back().enrollment;
    for (store::EnrollmentRow& row : *rows) {
      const bool is_stale = row.plan_fingerprint != engine_.PlanFingerprintOf(row.calendar_fingerprint);
      // What a pause holds back may be due before what is due next.
      const bool runs = row.state == v1::ENROLLMENT_STATE_ACTIVE;
      if (query.pending_only && runs && !is_stale && row.next_due && filter_.due_before() &&
          *row.next_due >= *filter_.due_before()) {
        continue;
      }
      if (absl::Status status = VisitEnrollment(std::move(row), from, visit); !status.ok()) return status;
    }
    if (static_cast<int>(rows->size()) < query.limit) return absl::OkStatus();
  }
}

absl::Status ReminderScan::VisitEnrollment(absl::string_view enrollment, int64_t row_id, absl::Time from,
                                           PlannedVisitor visit) {
  auto row = tx_.GetEnrollment(clinic_.clinic, enrollment, row_id);
  if (!row.ok()) return row.status();
  return row->has_value() ? VisitEnrollment(**std::move(row), from, visit) : absl::OkStatus();
}

absl::Status ReminderScan::VisitEnrollment(store::EnrollmentRow row, absl::Time from, PlannedVisitor visit) {
  auto context = MakeEnrollmentContext(engine_, tx_, std::move(row));
  if (!context.ok()) return context.status();
  std::optional<RecordedReminders> recorded;
  const auto load_recorded = [&]() -> absl::Status {
    if (recorded) return absl::OkStatus();
    auto rows = RowsOf(tx_, *context, {});
    if (rows.ok()) recorded.emplace(*context, *std::move(rows));
    return rows.status();
  };
  if (context->row.state == v1::ENROLLMENT_STATE_ENDED && filter_.MatchesState(v1::REMINDER_STATE_CANCELLED)) {
    // What was dealt with ahead of time has a row, however long ago it would have been due.
    if (absl::Status status = load_recorded(); !status.ok()) return status;
  }
  plan::Plan plan(*context->pathway, context->facts);
  if (from > absl::InfinitePast()) plan.Seek(from);
  plan::Occurrence occurrence;
  bool skipped_fired = false;
  while (plan.Next(&occurrence)) {
    if (occurrence.due > latest_due_ || (filter_.due_before() && occurrence.due >= *filter_.due_before())) break;
    if (NeedsRowLookup(*context, occurrence, now_)) {
      if (absl::Status status = load_recorded(); !status.ok()) return status;
    } else if (!IsDerived(*context, occurrence)) {
      // Everything between enrollment and next_due has fired, so it is skipped in one step. With a history some of it
      // may have missed its window instead.
      const bool all_fired = context->row.history.ByteSizeLong() == 0;
      if (!skipped_fired && all_fired && context->row.next_due) plan.Seek(*context->row.next_due);
      skipped_fired = true;
      continue;
    }
    const v1::ReminderState state = DerivedStatus(*context, occurrence, now_).state;
    const OccurrenceKey key = KeyOf(*context, occurrence);
    if (recorded && recorded->covered.contains(key)) continue;
    PlannedOccurrence planned{context->row.row_id, &context->pathway, occurrence.rule, key.code, occurrence.due, state};
    if (recorded) {
      planned.code = recorded->names.FreeCode(context->pathway->rule_source(occurrence.rule).id(), key.code);
    }
    if (filter_.MatchesState(state) && filter_.MatchesRule(context->pathway, occurrence.rule) &&
        filter_.MatchesChannel(PlannedChannel(*context, context->pathway->rule(occurrence.rule).audience)) &&
        !WasRecordedEarly(planned)) {
      visit(planned);
    }
  }
  return absl::OkStatus();
}

}  // namespace aftercare::engine
