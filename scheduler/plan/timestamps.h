// Conversions between absl::Time and the Timestamp of the API. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_TIMESTAMPS_H_
#define AFTERCARE_SCHEDULER_PLAN_TIMESTAMPS_H_

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace aftercare::plan {

// Converts a timestamp to an instant. Does not check it; see IsInstant.
inline absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

// Converts an instant, which must be finite, to a timestamp. Rounds down to a nanosecond.
inline void SetTimestamp(absl::Time time, google::protobuf::Timestamp* timestamp) {
  const int64_t seconds = absl::ToUnixSeconds(time);  // Rounds down, so that nanos is never negative.
  timestamp->set_seconds(seconds);
  timestamp->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

// Returns true if the timestamp is valid and from 1970 to 9999.
inline bool IsInstant(const google::protobuf::Timestamp& time) {
  constexpr int64_t kLast = 253402300799;  // 9999-12-31, the last a Timestamp may name
  return time.seconds() >= 0 && time.seconds() <= kLast && time.nanos() >= 0 && time.nanos() <= 999'999'999;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_TIMESTAMPS_H_
