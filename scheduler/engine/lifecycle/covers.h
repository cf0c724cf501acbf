// Which occurrence of the present plan a stored reminder covers, and which names are taken. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_COVERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_COVERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Identifies an occurrence of the present plan of an enrollment.
struct OccurrenceKey {
  int rule = -1;     // index in the present pathway
  int64_t code = 0;  // of the occurrence's name, without a count (plan::NameCodeOf)

  friend bool operator==(const OccurrenceKey&, const OccurrenceKey&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const OccurrenceKey& key) {
    return H::combine(std::move(hash), key.rule, key.code);
  }
};

inline OccurrenceKey KeyOf(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  return {occurrence.rule, plan::NameCodeOf(*context.pathway, occurrence)};
}

// Returns the occurrence that a row covers: it is not sent again. Nothing if the row covers nothing. The plan may lack
// the occurrence if the clinic's calendar or the time zone rules have changed since the enrollment was planned.
std::optional<OccurrenceKey> CoverOf(const EnrollmentContext& context, const store::ReminderRow& row);

// Sets what a row covers. Stores nothing. Returns whether that is a change.
bool SetCover(const EnrollmentContext& context, const std::optional<OccurrenceKey>& cover, store::ReminderRow* row);

// Finds the occurrence that a name means: the one with that name, or, if the rule has got more or fewer times a day
// since the name was given out, the one of the same day (and time). Ignores the count. Returns false if there is none.
bool FindByName(const EnrollmentContext& context, const plan::Plan& plan, const store::ReminderKey& key,
                plan::Occurrence* occurrence);

// The names of an enrollment's stored reminders. Refers to the rows, which must outlive it. Thread compatible.
class TakenNames {
 public:
  explicit TakenNames(const std::vector<store::ReminderRow>& rows);

  // Returns the code of the next free name: `code`, or the same with the smallest count that no row has.
  int64_t FreeCode(absl::string_view rule, int64_t code) const;

  // Marks a name as taken. `rule` must outlive this object.
  void Take(absl::string_view rule, int64_t code) { codes_.insert({rule, code}); }

 private:
  absl::flat_hash_set<std::pair<absl::string_view, int64_t>> codes_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_COVERS_H_
