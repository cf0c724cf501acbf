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
// clinics, by their versions. Holds up to 1000 of each kind. Thread safe.
class DefinitionCache {
 public:
  // Returns a compiled revision of a pathway; `revision` must not be 0. Reads it from `tx` if it is not cached. Returns
  // NOT_FOUND / PATHWAY_NOT_FOUND if the store does not have it, DATA_LOSS if the stored revision does not compile.
  absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> Pathway(store::ReadTransaction& tx,
                                                                       absl::string_view clinic,
                                                                       absl::string_view pathway, int32_t revision)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Returns the calendar of a clinic; null if `fingerprint` is 0. `fingerprint` must be the calendar_fingerprint of the
  // clinic's row in `tx`.
  absl::StatusOr<std::shared_ptr<const plan::ClinicCalendar>> Calendar(store::ReadTransaction& tx,
                                                                       absl::string_view clinic, int64_t fingerprint)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Returns the clinic as `tx` sees it, except that replan_after may be out of date; null if it does not exist. Always
  // reads the clinic's version from the store, and reads the rest only if that version is not cached.
  absl::StatusOr<std::shared_ptr<const store::ClinicRow>> Clinic(store::ReadTransaction& tx, absl::string_view clinic)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Empties the cache. Must be called after a failed commit: the cache may hold a pathway revision or a clinic version
  // that was rolled back, and whose number the next change will use again.
  void Clear() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  Mutex mutex_;
  // The keys are clinic/pathway/revision, clinic/fingerprint and clinic.
  absl::flat_hash_map<std::string, std::shared_ptr<const plan::CompiledPathway>> pathways_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::shared_ptr<const plan::ClinicCalendar>> calendars_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::shared_ptr<const store::ClinicRow>> clinics_ ABSL_GUARDED_BY(mutex_);
};

// Returns a fingerprint of the fields of a clinic that plans depend on: contact hours, closed weekdays and holidays,
// and the time zone if any of these is set. Returns 0 if none is set. The same fields give the same fingerprint in
// every process.
int64_t CalendarFingerprint(const v1::Clinic& clinic);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_DEFINITION_CACHE_H_
