#ifndef AFTERCARE_SCHEDULER_PLAN_TIMESTAMPS_H_
#define AFTERCARE_SCHEDULER_PLAN_TIMESTAMPS_H_

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace aftercare::plan {

// The instant a timestamp names.
inline absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

// Writes `time`, which must be finite, cutting off what is finer than a nanosecond.
inline void SetTimestamp(absl::Time time, google::protobuf::Timestamp* timestamp) {
  const int64_t seconds = absl::ToUnixSeconds(time);  // Rounds down, so that nanos is never negative.
  timestamp->set_seconds(seconds);
  timestamp->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

// Whether it is an instant from 1970 to 9999.
inline bool IsInstant(const google::protobuf::Timestamp& time) {
  constexpr int64_t kLast = 253402300799;  // 9999-12-31, the last a Timestamp may name
  return time.seconds() >= 0 && time.seconds() <= kLast && time.nanos() >= 0 && time.nanos() <= 999'999'999;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_TIMESTAMPS_H_
