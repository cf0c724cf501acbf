// An in-memory index of a clinic's enrollments, for lists and counts. For each enrollment it holds the few facts that
// decide when its reminders are due. Enrollments whose plans differ only in which rules apply share a plan::Cohort, so
// that one plan is walked for all of them.
//
// The index is derived from the enrollments' rows. Before each use it is updated to the snapshot that the caller reads.
// Each mutation that changes an entry's facts also appends an event of the enrollment. So the event log tells which
// entries are out of date. There are two exceptions:
// - A change of the clinic's calendar plans enrollments anew without events. No index is used until that is finished
//   (ClinicRow::replan_after), and an index for another calendar is never used again.
// - Somebody may deal with an occurrence ahead of time, so that it has a row before it is due. When it comes due later,
//   next_due moves on without an event, and the entry's next_due is too early. A scan then visits occurrences that have
//   rows. The caller of the scan leaves those out.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_H_

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/cohort.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// The enrollments of one clinic as of one place in its event log. Not thread safe. Takes about 100 bytes for each
// enrollment and a few hundred bytes for each cohort.
class EnrollmentIndex {
 public:
  struct Entry {
    std::array<char, 40> name;  // the enrollment's id, without a terminating zero; see id()
    uint8_t name_size = 0;
    int64_t row_id = 0;  // store::EnrollmentRow::row_id
    uint8_t channel = v1::CHANNEL_UNSPECIFIED;  // the v1::Channel of the first contact point that may be used
    bool ended = false;
    // True if the reminders can only be found by reading the rows of the enrollment and its reminders. Then `cohort`
    // and `rules` are not set.
    bool needs_rows = false;
    bool was_suspended = false;  // by a pause or a change of facts; enrollment does not count
    uint32_t cohort = 0;         // index into cohorts()
    uint32_t rules = 0;          // argument of rules() for the rules that apply to the patient
    absl::Time suspended_until;  // end of the last suspension; enrollment counts as one
    absl::Time next_due;         // all occurrences before this instant have fired; InfiniteFuture if none is left
    absl::Time end;              // when the enrollment ended; InfiniteFuture while it runs

    absl::string_view id() const { return absl::string_view(name.data(), name_size); }
  };

  // Makes an empty index, which UpdateTo fills.
  EnrollmentIndex(std::string clinic, int64_t calendar_fingerprint)
      : clinic_(std::move(clinic)), calendar_fingerprint_(calendar_fingerprint) {}

  const std::string& clinic() const { return clinic_; }
  int64_t calendar_fingerprint() const { return calendar_fingerprint_; }
  // Returns the sequence number of the last event that the index takes into account; -1 if it counts as empty.
  int64_t seq() const { return seq_; }

  // Ordered by id.
  const std::vector<Entry>& entries() const { return entries_; }
  const std::vector<plan::Cohort>& cohorts() const { return cohorts_; }
  const plan::RuleSet& rules(uint32_t index) const { return *rules_[index]; }

  // Updates the index to the snapshot of `tx`, whose last event has the sequence number `seq`. `seq` must not be less
  // than seq(). After an error the index is unchanged or counts as empty.
  absl::Status UpdateTo(EngineContext& engine, store::ReadTransaction& tx, int64_t seq);

 private:
  absl::Status ReadAll(EngineContext& engine, store::ReadTransaction& tx);
  // Reads the enrollments that the log names after seq_. Returns false, with nothing done, if ReadAll is cheaper.
  absl::StatusOr<bool> ReadChanged(EngineContext& engine, store::ReadTransaction& tx);
  // Replaces, inserts or erases the entries of these enrollments.
  absl::Status ReadEntries(EngineContext& engine, store::ReadTransaction& tx,
                           const absl::flat_hash_set<std::string>& enrollments);
  absl::StatusOr<Entry> MakeEntry(EngineContext& engine, store::ReadTransaction& tx, store::EnrollmentRow row);
  // Return the index of the enrollment's cohort, or of its rules. Add them if they are new.
  uint32_t AddCohort(const EnrollmentContext& context);
  uint32_t AddRules(const plan::RuleSet& rules);

  std::string clinic_;
  int64_t calendar_fingerprint_;
  int64_t seq_ = -1;
  std::vector<Entry> entries_;
  std::vector<plan::Cohort> cohorts_;
  absl::flat_hash_map<std::string, uint32_t> cohort_by_key_;
  std::unordered_map<plan::RuleSet, uint32_t> index_by_rules_;
  std::vector<const plan::RuleSet*> rules_;  // keys of index_by_rules_, which are never moved
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_H_
