// Reminders past, present and future in one order: what has fired from the store, what is to come from the plans.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LISTING_H_
#define AFTERCARE_SCHEDULER_ENGINE_LISTING_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scheduler/engine/core.h"
#include "scheduler/engine/filter.h"
#include "scheduler/engine/subject.h"
#include "scheduler/store/facts.h"

namespace aftercare::engine {

// One listing or count over a snapshot. Not thread safe; lives as long as the read.
//
// Cost: stored reminders are read by index, page by page. Planned ones of one enrollment or patient cost a few
// microseconds each; those of a whole clinic a walk over its enrollments, unless the states asked for rule them out.
class Listing {
 public:
  Listing(Core& core, store::Facts& facts, store::ClinicRow clinic, Filter filter)
      : core_(core), facts_(facts), clinic_(std::move(clinic)), filter_(std::move(filter)), now_(core.Now(clinic_)) {}

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
  struct Planned {
    store::DuePosition position;
    std::shared_ptr<const Subject> subject;
    plan::Occurrence occurrence;
  };
  // Takes a planned occurrence. False: none that come later in this enrollment are wanted.
  using PlannedVisitor = absl::FunctionRef<bool(const std::shared_ptr<const Subject>&, const plan::Occurrence&)>;

  // Adds to `keys` the stored reminders due at `from` or later, of one enrollment or (empty) all.
  absl::Status LoadRecorded(const std::string& enrollment, absl::Time from, absl::flat_hash_set<std::string>* keys);
  absl::Status VisitPlanned(absl::Time from, PlannedVisitor visit);
  absl::Status VisitPlannedOf(store::EnrollmentRow row, absl::Time from, PlannedVisitor visit);
  absl::StatusOr<std::vector<Planned>> FirstPlanned(const std::optional<store::DuePosition>& after, int limit);
  absl::StatusOr<std::vector<store::ReminderRow>> FirstStored(std::optional<store::DuePosition> after, int limit);
  absl::StatusOr<bool> MatchesStored(const store::ReminderRow& row);
  absl::StatusOr<std::shared_ptr<const Subject>> SubjectOf(const std::string& enrollment);
  // The enrollments the filter is about: one, those of a patient (at most a handful), or nothing for the clinic's.
  absl::StatusOr<std::optional<std::vector<std::string>>> Named();
  bool PlannedCanMatch() const;

  Core& core_;
  store::Facts& facts_;
  store::ClinicRow clinic_;
  Filter filter_;
  absl::Time now_;
  absl::flat_hash_map<std::string, std::shared_ptr<const Subject>> subjects_;
  // What was dealt with before it was due: it has a row, so that of the plan does not count.
  absl::flat_hash_set<std::string> early_;
};

// Positions as page tokens carry them.
std::string EncodePosition(const store::DuePosition& position);
std::optional<store::DuePosition> DecodePosition(absl::string_view text);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LISTING_H_
