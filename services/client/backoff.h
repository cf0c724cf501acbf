#ifndef AFTERCARE_SERVICES_CLIENT_BACKOFF_H_
#define AFTERCARE_SERVICES_CLIENT_BACKOFF_H_

#include <algorithm>

#include "absl/time/time.h"

namespace aftercare::client {

// How long to wait before a server that has gone is tried again: half a second, and longer each time, up to two. Not
// thread safe.
class Backoff {
 public:
  absl::Duration Next() {
    const absl::Duration pause = pause_;
    pause_ = std::min(2 * pause_, absl::Seconds(2));
    return pause;
  }

  // It answered.
  void Reset() { pause_ = absl::Milliseconds(500); }

 private:
  absl::Duration pause_ = absl::Milliseconds(500);
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_BACKOFF_H_
