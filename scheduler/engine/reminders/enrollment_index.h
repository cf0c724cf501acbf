// An in-memory index of a clinic's enrollments, for lists and counts. For each enrollment it holds the few facts that
// decide when its reminders are due. Enrollments whose plans differ only in which rules apply share a plan::Cohort, so
// that one plan is walked for all of them.
//
// The index is derived from the outlines that are stored beside the enrollments (lifecycle/plan_outline.h), or from the
// enrollments' rows where there is none. Before each use it is updated to the snapshot that the caller reads.
// Each mutation that changes an entry's facts also appends an event of the enrollment. So the event log tells which
// entries are out of date. There are two exceptions:
// - A change of the clinic's calendar plans enrollments anew without events. An index for another calendar is never
//   used again. In one that is made before all are planned anew (ClinicRow::replan_after), entries are stale, and stay
//   so until the index is made anew after that.
// - Somebody may deal with an occurrence ahead of time, so that it has a row before it is due. When it comes due later,
//   next_due moves on without an event, and the entry's next_due is too early. A scan then visits occurrences that have
//   rows. The caller of the scan leaves those out.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/record/v1/plan_outline.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/cohort.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// The enrollments of one clinic as of one place in its event log. Not thread safe. Takes 64 bytes for each enrollment
// and a few hundred bytes for each cohort.
class EnrollmentIndex {
 public:
  struct Entry {
    int64_t row_id = 0;          // store::EnrollmentRow::row_id
    uint64_t spread_seed = 0;    // set if the pathway spreads patients (Cohort::spread)
    absl::Time suspended_until;  // end of the last suspension; enrollment counts as one
    // While it runs, all occurrences before this instant have fired; InfiniteFuture if none is left. Afterwards, when
    // it ended.
    absl::Time next_due_or_end;
    uint32_t cohort = 0;         // index into cohorts()
    uint32_t rules = 0;          // argument of rules() for the rules that apply to the patient
    uint8_t channel = v1::CHANNEL_UNSPECIFIED;  // the v1::Channel of the first contact point that may be used
    bool ended = false;
    // True if the reminders can only be found by reading the rows of the enrollment and its reminders. Then `cohort`
    // and `rules` are not set.
    bool needs_rows = false;
    bool was_suspended = false;  // by a pause or a change of facts; enrollment does not count
    // The enrollment is, or was, to be planned anew: next_due is of another calendar or of other time zone rules.
    bool stale = false;

    absl::Time end() const { return ended ? next_due_or_end : absl::InfiniteFuture(); }
    absl::Time next_due() const { return ended ? absl::InfiniteFuture() : next_due_or_end; }
  };

  // Makes an empty index, which UpdateTo fills.
  EnrollmentIndex(std::string clinic, int64_t calendar_fingerprint)
      : clinic_(std::move(clinic)), calendar_fingerprint_(calendar_fingerprint) {}

  const std::string& clinic() const { return clinic_; }
  int64_t calendar_fingerprint() const { return calendar_fingerprint_; }
  // Returns the sequence number of the last event that the index takes into account; -1 if it counts as empty.
  int64_t seq() const { return seq_; }

  // Ordered by row_id.
  const std::vector<Entry>& entries() const { return entries_; }
  const std::vector<plan::Cohort>& cohorts() const { return cohorts_; }
  const plan::RuleSet& rules(uint32_t index) const { return rules_[index]; }

  // Updates the index to the snapshot of `tx`, whose last event has the sequence number `seq`. `seq` must not be less
  // than seq(). `replanned` says that no running enrollment is stale any more. After an error the index is unchanged or
  // counts as empty.
  absl::Status UpdateTo(EngineContext& engine, store::ReadTransaction& tx, int64_t seq, bool replanned);

 private:
  absl::Status ReadAll(EngineContext& engine, store::ReadTransaction& tx);
  // Sets the spread_seed of all entries, if a pathway spreads patients.
  absl::Status ReadSpreadSeeds(store::ReadTransaction& tx);
  // Reads the enrollments that the log names after seq_. Returns false, with nothing done, if ReadAll is cheaper.
  absl::StatusOr<bool> ReadChanged(EngineContext& engine, store::ReadTransaction& tx);
  // Replaces or inserts the entries of these enrollments.
  absl::Status ReadEntries(EngineContext& engine, store::ReadTransaction& tx,
                           const absl::flat_hash_set<std::string>& enrollments);
  // Returns null if there is no such entry.
  Entry* Find(int64_t row_id);
  // Make the entry of an enrollment: from its row, or from what is stored beside it.
  absl::StatusOr<Entry> EntryOfRow(EngineContext& engine, store::ReadTransaction& tx, store::EnrollmentRow row);
  absl::StatusOr<Entry> EntryOfSchedule(EngineContext& engine, store::ReadTransaction& tx,
                                        const store::ScheduleRow& row);
  // The part that both share: everything but the cohort.
  template <typename Row>
  Entry EntryOf(EngineContext& engine, const Row& row, const record::v1::PlanOutline& outline);
  // Return the index of a cohort, or of rules. Add them if they are new. StoredCohort takes the number of a cohort in
  // the store.
  uint32_t AddCohort(const EnrollmentContext& context);
  absl::StatusOr<uint32_t> StoredCohort(EngineContext& engine, store::ReadTransaction& tx, int64_t number);
  uint32_t AddRules(const std::string& encoded);

  std::string clinic_;
  int64_t calendar_fingerprint_;  // of the clinic's calendar
  int64_t seq_ = -1;
  bool has_stale_ = false;  // among the entries of running enrollments
  std::vector<Entry> entries_;
  std::vector<plan::Cohort> cohorts_;
  absl::flat_hash_map<std::string, uint32_t> cohort_by_key_;
  absl::flat_hash_map<int64_t, uint32_t> cohort_by_number_;  // in the store
  std::vector<plan::RuleSet> rules_;
  absl::flat_hash_map<std::string, uint32_t> index_by_rules_;  // by EncodeRules
  record::v1::PlanOutline outline_;                            // of the last ScheduleRow; kept for its memory
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_H_
