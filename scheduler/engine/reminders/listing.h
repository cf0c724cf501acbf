// Reminders past, present and future in one order: what has fired from the store, what is to come from the plans.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_LISTING_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_LISTING_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/filter.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/reminders/enrollment_index_scan.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// One listing or count over a snapshot of what is committed. Not thread safe; lives as long as the read.
//
// Cost: stored reminders are read by index, page by page, 14 microseconds each where they are counted. Planned ones of
// one enrollment or patient cost a few microseconds each. Those of a whole clinic go by its index (index.h), unless
// the states asked for rule them out: about 50 ns for each enrollment, whether or not anything matches, 3 us for each
// cohort that may have something in the window, 50 ns for each reminder that is met; and 7 us for each enrollment of
// which only its row tells. A page adds 10 us for each reminder it shows; later pages cost what the first does.
// Measured on one core over a year's procedures in eight zones, next week: 14 ms for the first page and 18 ms to count
// 136,000 reminders of 100,000 enrollments, 8 ms each of 5,000. A clinic without a index (nobody has asked yet) is
// read whole first, 5 us an enrollment.
class Listing {
 public:
  // How the plans of a whole clinic are found: by its index, or by reading every enrollment, which is what the index
  // must agree with.
  enum class Way { kIndex, kRows };

  Listing(EngineContext& engine, EnrollmentIndexCache& indexes, store::ReadTransaction& tx, store::ClinicRow clinic,
          Filter filter, Way way = Way::kIndex)
      : engine_(engine),
        indexes_(indexes),
        tx_(tx),
        clinic_(std::move(clinic)),
        filter_(std::move(filter)),
        way_(way),
        now_(engine.Now(clinic_)) {}

  // At most `limit` reminders after `after`, in order of (due, enrollment, rule, number), and whether there are more.
  struct Page {
    std::vector<v1::Reminder> reminders;
    std::optional<store::DuePosition> last;  // of the last reminder, if there are more
  };
  absl::StatusOr<Page> List(std::optional<store::DuePosition> after, int limit);

  // By phase and state.
  using Counts = std::map<std::pair<std::string, v1::ReminderState>, int64_t>;
  absl::StatusOr<Counts> Count();

 private:
  using PlannedVisitor = EnrollmentIndexScan::Visitor;

  // Adds to `keys` the stored reminders due at `from` or later, of one enrollment or (empty) all.
  absl::Status LoadRecorded(const std::string& enrollment, absl::Time from, absl::flat_hash_set<std::string>* keys);
  // Visits what plans alone tell of and matches the filter, in no order. What is due after wanted_until_ may be left
  // out.
  absl::Status VisitPlanned(absl::Time from, PlannedVisitor visit);
  absl::Status VisitClinic(absl::Time from, PlannedVisitor visit);
  absl::Status VisitIndex(const EnrollmentIndexScan::Span& span, PlannedVisitor visit);
  absl::Status VisitById(const std::string& enrollment, absl::Time from, PlannedVisitor visit);
  absl::Status VisitPlannedOf(store::EnrollmentRow row, absl::Time from, PlannedVisitor visit);
  bool HasEarlyRow(const PlannedItem& item) const;
  absl::StatusOr<std::vector<store::DuePosition>> FirstPlanned(const std::optional<store::DuePosition>& after,
                                                               int limit);
  absl::StatusOr<std::vector<store::ReminderRow>> FirstStored(std::optional<store::DuePosition> after, int limit);
  absl::StatusOr<v1::Reminder> PlannedToProto(const store::DuePosition& position);
  absl::StatusOr<bool> MatchesStored(const store::ReminderRow& row);
  absl::StatusOr<std::shared_ptr<const EnrollmentContext>> ContextOf(const std::string& enrollment);
  // The enrollments the filter is about: one, those of a patient (at most a handful), or nothing for the clinic's.
  absl::StatusOr<std::optional<std::vector<std::string>>> Named();
  bool PlannedCanMatch() const;

  EngineContext& engine_;
  EnrollmentIndexCache& indexes_;
  store::ReadTransaction& tx_;
  store::ClinicRow clinic_;
  Filter filter_;
  Way way_;
  absl::Time now_;
  absl::flat_hash_map<std::string, std::shared_ptr<const EnrollmentContext>> contexts_;
  absl::Time wanted_until_ = absl::InfiniteFuture();
  // What was dealt with before it was due: it has a row, so that of the plan does not count. And whose it is.
  absl::flat_hash_set<std::string> early_;
  absl::flat_hash_set<std::string> has_early_;
};

// Positions as page tokens carry them.
std::string EncodePosition(const store::DuePosition& position);
std::optional<store::DuePosition> DecodePosition(absl::string_view text);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_LISTING_H_
