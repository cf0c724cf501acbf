// A clinic's enrollments as lists and counts want them: what decides when their reminders are due, in a few words each,
// with all who are alike planned as one.
//
// A index is derived from the enrollments' rows and is no truth of its own: whoever uses one has it brought up to the
// snapshot that is read. What has changed since is what the log of events names after the index's place in it, for
// nothing of an enrollment that a index tells changes without an event in the same mutation. What a change of the
// clinic's calendar brings about does, but while that lasts there is no index, and then a new one is made. So does
// next_due where what came due had been dealt with before: the index's is then too early, and what it adds has rows.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_H_

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/container/flat_hash_map.h"
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

// The enrollments of one clinic as of one place in its log. Not thread safe. About 100 bytes an enrollment, and some
// hundreds a cohort.
class EnrollmentIndex {
 public:
  struct Entry {
    std::array<char, 40> name;  // the id, which is no longer than that
    uint8_t name_size = 0;
    uint8_t channel = v1::CHANNEL_UNSPECIFIED;  // by which messages are sent first
    bool ended = false;
    bool apart = false;          // only its row and its reminders' tell: the rest of this says nothing
    bool was_suspended = false;  // by more than the enrollment, up to `suspended_until`
    uint32_t cohort = 0;         // index, and
    uint32_t rules = 0;          // index of the rules that apply
    absl::Time suspended_until;  // nothing held the plan up after that
    absl::Time next_due;         // all that is planned before has come due, whatever time it is; or is InfiniteFuture
    absl::Time end;              // InfiniteFuture while it has not ended

    absl::string_view id() const { return absl::string_view(name.data(), name_size); }
  };

  EnrollmentIndex(std::string clinic, int64_t calendar_fingerprint)
      : clinic_(std::move(clinic)), calendar_fingerprint_(calendar_fingerprint) {}

  const std::string& clinic() const { return clinic_; }
  int64_t calendar_fingerprint() const { return calendar_fingerprint_; }
  // Up to which event it tells what is so; -1 before it tells anything.
  int64_t seq() const { return seq_; }

  // By id.
  const std::vector<Entry>& entries() const { return entries_; }
  const std::vector<plan::Cohort>& cohorts() const { return cohorts_; }
  const plan::RuleSet& rules(uint32_t index) const { return *rules_[index]; }

  // Makes it tell what is so in the snapshot of `tx`, whose last event is `seq`, not before its own.
  absl::Status BringUpTo(EngineContext& engine, store::ReadTransaction& tx, int64_t seq);

 private:
  absl::Status ReadAll(EngineContext& engine, store::ReadTransaction& tx);
  // False where too much has changed for that to be worth it.
  absl::StatusOr<bool> ReadChanged(EngineContext& engine, store::ReadTransaction& tx);
  absl::StatusOr<Entry> EntryOf(EngineContext& engine, store::ReadTransaction& tx, store::EnrollmentRow row);
  uint32_t CohortOf(const EnrollmentContext& context);
  uint32_t RulesOf(const plan::RuleSet& rules);

  std::string clinic_;
  int64_t calendar_fingerprint_;
  int64_t seq_ = -1;
  std::vector<Entry> entries_;
  std::vector<plan::Cohort> cohorts_;
  absl::flat_hash_map<std::string, uint32_t> cohort_index_;
  std::unordered_map<plan::RuleSet, uint32_t> rules_index_;
  std::vector<const plan::RuleSet*> rules_;  // its keys
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_H_
