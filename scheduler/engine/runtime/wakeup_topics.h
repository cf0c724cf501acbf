// The topics of the WakeupHub that are used in several directories. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_TOPICS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_TOPICS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace aftercare::engine {

// Notified when messages of the clinic may be leased that could not be leased before.
inline std::string LeasesTopic(absl::string_view clinic) { return absl::StrCat("leases/", clinic); }

// Notified when that is so for any clinic. It is also the prefix of every clinic's topic, for WakeupHub::NotifyAll.
inline constexpr absl::string_view kAllLeasesTopic = "leases/";

// Never notified: a wait for it ends when the hub is closed, which is when the engine shuts down.
inline constexpr absl::string_view kShutdownTopic = "shutdown";

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_TOPICS_H_
