#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_DEFINITION_CACHE_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_DEFINITION_CACHE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/clinic.pb.h"
#include "scheduler/plan/clinic_calendar.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Compiled pathway revisions, kept since revisions never change, clinics' calendars, kept by their fingerprints, and
// clinics, kept by their versions.
// Thread safe.
class DefinitionCache {
 public:
  // The revision (a number, not 0), from memory or from `tx`. NOT_FOUND / PATHWAY_NOT_FOUND if the store has none;
  // DATA_LOSS if what it has does not compile.
  absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> Get(store::ReadTransaction& tx, absl::string_view clinic,
                                                                   absl::string_view pathway, int32_t revision);

  // The calendar of a clinic whose row, in `tx`, has that fingerprint; null for 0.
  absl::StatusOr<std::shared_ptr<const plan::ClinicCalendar>> Calendar(store::ReadTransaction& tx,
                                                                       absl::string_view clinic, int64_t fingerprint);

  // The clinic as `tx` have it, read only where it is not the version in memory; null if there is none.
  absl::StatusOr<std::shared_ptr<const store::ClinicRow>> Clinic(store::ReadTransaction& tx, absl::string_view clinic);

  // Forgets everything. For when a commit failed: what was compiled from it may be taken back, and its number given to
  // another revision.
  void Clear();

 private:
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const plan::CompiledPathway>> compiled_;
  absl::flat_hash_map<std::string, std::shared_ptr<const plan::ClinicCalendar>> calendars_;
  absl::flat_hash_map<std::string, std::shared_ptr<const store::ClinicRow>> clinics_;
};

// Tells apart what plans depend on of one clinic at different times: contact hours, closed days and holidays. The same
// for the same, in every process; 0 where there are none.
int64_t CalendarFingerprint(const v1::Clinic& clinic);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_DEFINITION_CACHE_H_
