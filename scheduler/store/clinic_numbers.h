// The numbers by which rows name clinics. A number takes a byte or two where an id takes up to forty, in each row and
// in each index. A clinic is given its number when its first enrollment is stored, and keeps it for ever.
#ifndef AFTERCARE_SCHEDULER_STORE_CLINIC_NUMBERS_H_
#define AFTERCARE_SCHEDULER_STORE_CLINIC_NUMBERS_H_

#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scheduler/store/driver.h"
#include "scheduler/sync.h"

namespace aftercare::store {

// Looks numbers up in the database and keeps them, which is right for all transactions because they never change.
// Thread safe; a connection belongs to the calling thread. The empty id, which is the clock of real time, has the
// number 0.
//
// `committed` says that what the connection reads is committed. Otherwise it may yet be undone, and is not kept.
class ClinicNumbers {
 public:
  // What Find returns for a clinic that has no number, so none of whose rows is stored.
  static constexpr int64_t kNoNumber = -1;

  // Returns the number of a clinic, or kNoNumber.
  absl::StatusOr<int64_t> Find(Connection& connection, absl::string_view clinic, bool committed);

  // Returns DATA_LOSS if no clinic has the number.
  absl::StatusOr<std::string> ClinicOf(Connection& connection, int64_t number, bool committed);

 private:
  void Keep(absl::string_view clinic, int64_t number);

  Mutex mutex_;
  absl::flat_hash_map<std::string, int64_t> numbers_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<int64_t, std::string> clinics_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_CLINIC_NUMBERS_H_
