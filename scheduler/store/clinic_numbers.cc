#include "scheduler/store/clinic_numbers.h"

#include "scheduler/store/query.h"

namespace aftercare::store {

absl::StatusOr<int64_t> ClinicNumbers::Find(Connection& connection, absl::string_view clinic, bool committed) {
  if (clinic.empty()) return 0;
  {
    MutexLock lock(mutex_);
    if (const auto found = numbers_.find(clinic); found != numbers_.end()) return found->second;
  }
  Query query(connection, "SELECT number FROM clinic_number WHERE clinic = $1");
  query.Text(clinic);
  const absl::StatusOr<bool> found = query.Next();
  if (!found.ok()) return found.status();
  if (!*found) return kNoNumber;
  const int64_t number = query.row().Int(0);
  if (committed) Keep(clinic, number);
  return number;
}

absl::StatusOr<std::string> ClinicNumbers::ClinicOf(Connection& connection, int64_t number, bool committed) {
  if (number == 0) return "";
  {
    MutexLock lock(mutex_);
    if (const auto found = clinics_.find(number); found != clinics_.end()) return found->second;
  }
  Query query(connection, "SELECT clinic FROM clinic_number WHERE number = $1");
  query.Int(number);
  const absl::StatusOr<bool> found = query.Next();
  if (!found.ok()) return found.status();
  if (!*found) return absl::DataLossError("a stored row is of a clinic without a number");
  std::string clinic = StringAt(query.row(), 0);
  if (committed) Keep(clinic, number);
  return clinic;
}

void ClinicNumbers::Keep(absl::string_view clinic, int64_t number) {
  MutexLock lock(mutex_);
  numbers_.emplace(clinic, number);
  clinics_.emplace(number, clinic);
}

}  // namespace aftercare::store
