// Finds the reminders of a clinic that match a filter: those that have rows in the store, and those that only plans
// tell of. Lists and counts are made of its results.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDER_SCAN_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDER_SCAN_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/events/filter.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/reminders/enrollment_index_scan.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// How a scan finds the planned reminders of a whole clinic. Both ways give the same result.
enum class ScanMethod {
  kIndex,           // by the clinic's enrollment index
  kEnrollmentRows,  // by reading every enrollment, which is slower; for tests
};

// One scan over a snapshot. Not thread safe. Must not outlive the read transaction. Call VisitPlanned at most once.
//
// Cost, measured on one core:
// - Stored reminders are read by index, page by page: 14 us each where they are counted.
// - Planned reminders of one enrollment or patient take a few microseconds each.
// - Planned reminders of a whole clinic: 50 ns for each enrollment, whether or not anything matches; 3 us for each
//   cohort that may have something in the span; 50 ns for each reminder that is visited; 7 us for each enrollment whose
//   rows must be read. They cost nothing if the filter asks only for states that planned reminders cannot have.
// - A page of a list takes 10 us more for each reminder shown. Later pages cost what the first does.
// - Example: a year's procedures in eight zones, asked for next week. With 100,000 enrollments the first page takes
//   14 ms, and a count of 136,000 reminders 18 ms; with 5,000 enrollments 8 ms each.
// - The first scan of a clinic has no index yet, and reads the outlines of all enrollments: 0.4 us for each.
class ReminderScan {
 public:
  // Visits one stored reminder. Returns true to go on, false to stop.
  using StoredVisitor = absl::FunctionRef<bool(const store::ReminderRow& row, const EnrollmentContext& context)>;

  // `clinic` is the clinic's row in the snapshot of `tx`. The references must outlive the scan.
  ReminderScan(EngineContext& engine, EnrollmentIndexCache& indexes, store::ReadTransaction& tx,
               store::ClinicRow clinic, Filter filter, ScanMethod method = ScanMethod::kIndex)
      : engine_(engine),
        indexes_(indexes),
        tx_(tx),
        clinic_(std::move(clinic)),
        filter_(std::move(filter)),
        method_(method),
        now_(engine.Now(clinic_)) {}

  const store::ClinicRow& clinic() const { return clinic_; }
  // The time on the clinic's clock when the scan was made.
  absl::Time now() const { return now_; }

  // Returns the ids of the enrollments that the filter names: one, or those of a patient (at most a handful). Returns
  // nothing if the filter is about the whole clinic.
  absl::StatusOr<std::optional<std::vector<std::string>>> EnrollmentsInFilter();

  // Visits the stored reminders of `enrollment`, or of all enrollments if that is empty, that match the filter and come
  // after `after`, in listing order. Reads `page_size` rows at a time.
  absl::Status VisitStored(const std::string& enrollment, std::optional<store::DuePosition> after, int page_size,
                           StoredVisitor visit);

  // Visits the reminders that have no row, match the filter and are due at `from` or later, in no order.
  absl::Status VisitPlanned(absl::Time from, PlannedVisitor visit);

  // Allows VisitPlanned to leave out reminders that are due after `latest_due`. It may visit some of them all the same.
  // The visitor may call this during the visit, and again with an earlier time.
  void LimitDue(absl::Time latest_due) { latest_due_ = latest_due; }
  absl::Time latest_due() const { return latest_due_; }

  // Returns the context of an enrollment, given by its row_id. Caches up to some thousands of contexts.
  absl::StatusOr<std::shared_ptr<const EnrollmentContext>> ContextOf(int64_t enrollment_row_id);

 private:
  // Returns true if the filter asks for a state that a planned reminder can have.
  bool MatchesPlannedStates() const;
  bool MatchesStored(const EnrollmentContext& context, const store::ReminderRow& row);
  // Loads recorded_early_ and enrollments_with_early_rows_.
  absl::Status LoadEarlyRows();
  bool WasRecordedEarly(const PlannedOccurrence& occurrence) const;

  // Visit the planned reminders of the whole clinic.
  absl::Status VisitByIndex(absl::Time from, PlannedVisitor visit);
  absl::Status VisitByRows(absl::Time from, PlannedVisitor visit);
  // Visit the planned reminders of one enrollment. The second takes its row_id, or its id if that is 0.
  absl::Status VisitEnrollment(store::EnrollmentRow row, absl::Time from, PlannedVisitor visit);
  absl::Status VisitEnrollment(absl::string_view enrollment, int64_t row_id, absl::Time from, PlannedVisitor visit);

  EngineContext& engine_;
  EnrollmentIndexCache& indexes_;
  store::ReadTransaction& tx_;
  const store::ClinicRow clinic_;
  Filter filter_;
  const ScanMethod method_;
  const absl::Time now_;
  absl::Time latest_due_ = absl::InfiniteFuture();
  absl::flat_hash_map<int64_t, std::shared_ptr<const EnrollmentContext>> contexts_;

  // Keys of occurrences that got a row before they were due, because somebody dealt with them ahead of time, and the
  // row_ids of their enrollments. VisitPlanned leaves out the occurrences with these keys.
  absl::flat_hash_set<std::string> recorded_early_;
  absl::flat_hash_set<int64_t> enrollments_with_early_rows_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDER_SCAN_H_
