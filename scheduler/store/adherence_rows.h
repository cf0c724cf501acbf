// The rows of how patients follow their care plans: what was counted, and whose must be counted again. Plain values
// without behaviour.
#ifndef AFTERCARE_SCHEDULER_STORE_ADHERENCE_ROWS_H_
#define AFTERCARE_SCHEDULER_STORE_ADHERENCE_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "scheduler/store/records.h"

namespace aftercare::store {

// What was counted of an enrollment that was asked something. All of it can be derived from the enrollment and its
// reminders. Days are numbers of days since 1970 on the patient's calendar.
struct AdherenceRow {
  int64_t enrollment_row_id = 0;
  std::string enrollment;  // its id
  std::string pathway;     // an id
  std::string time_zone;   // of the patient
  // Always that of the enrollment: UpdateEnrollment changes it too.
  v1::EnrollmentState state = v1::ENROLLMENT_STATE_UNSPECIFIED;
  // The fields of plan::AdherenceDays.
  int64_t last_day = 0;
  uint32_t asked = 0;
  uint32_t done = 0;
  std::optional<int64_t> silent_since = std::nullopt;
};

// Says that an enrollment must be counted from an instant on. An enrollment can have several marks.
struct AdherenceMark {
  std::string clinic;
  ClockId clock;
  int64_t enrollment_row_id = 0;
  absl::Time count_after;  // By the clock.
  int64_t stamp = 0;       // Changes when the enrollment is marked again while it may be being counted.
};

// The count_after of what must be counted at once.
inline constexpr absl::Time kCountAtOnce = absl::UnixEpoch();

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_ADHERENCE_ROWS_H_
