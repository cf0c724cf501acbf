// The topics of the WakeupHub that concern leases. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_TOPICS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_TOPICS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace aftercare::engine {

// Something of the clinic may be leased that could not be leased before.
inline std::string LeasesTopic(absl::string_view clinic) { return absl::StrCat("leases/", clinic); }

// The same for any clinic that lives in real time.
inline constexpr absl::string_view kAllLeasesTopic = "leases/";

// Leases may have been ended by others than their holders.
inline constexpr absl::string_view kLeasesRevokedTopic = "leases-revoked";

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_TOPICS_H_
