#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_DEFINITION_CACHE_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_DEFINITION_CACHE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/clinic.pb.h"
#include "scheduler/plan/clinic_calendar.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/store/transaction.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// A cache of what clinics define: compiled pathway revisions, which never change; calendars, by their fingerprints; and
// clinics, by their versions. Thread safe.
class DefinitionCache {
 public:
  // Returns a compiled revision (a number, not 0), which is read from `tx` if it is not cached. NOT_FOUND /
  // PATHWAY_NOT_FOUND if the store does not have it; DATA_LOSS if what the store has does not compile.
  absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> Pathway(store::ReadTransaction& tx,
                                                                       absl::string_view clinic,
                                                                       absl::string_view pathway, int32_t revision)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Returns the calendar of a clinic. `fingerprint` is that of the clinic's row in `tx`. Null if it is 0.
  absl::StatusOr<std::shared_ptr<const plan::ClinicCalendar>> Calendar(store::ReadTransaction& tx,
                                                                       absl::string_view clinic, int64_t fingerprint)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Returns the clinic as `tx` sees it. Always asks the store for its version, and reads the clinic only if another
  // version is cached. Null if it does not exist.
  absl::StatusOr<std::shared_ptr<const store::ClinicRow>> Clinic(store::ReadTransaction& tx, absl::string_view clinic)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Empties the cache. To be called when a commit failed: a revision that was compiled in it may be rolled back, and
  // its number given to another one.
  void Clear() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  Mutex mutex_;
  // By clinic/pathway/revision, clinic/fingerprint, clinic.
  absl::flat_hash_map<std::string, std::shared_ptr<const plan::CompiledPathway>> pathways_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::shared_ptr<const plan::ClinicCalendar>> calendars_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::shared_ptr<const store::ClinicRow>> clinics_ ABSL_GUARDED_BY(mutex_);
};

// Returns a fingerprint of what plans depend on of a clinic: contact hours, closed weekdays and holidays, and its time
// zone if it has any of these. The same in every process; 0 if it has none.
int64_t CalendarFingerprint(const v1::Clinic& clinic);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_DEFINITION_CACHE_H_
