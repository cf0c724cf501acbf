// What may become of a reminder: the one table.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TRANSITIONS_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TRANSITIONS_H_

#include <optional>

#include "aftercare/v1/reminder.pb.h"

namespace aftercare::engine {

// What can happen to a reminder.
enum class ReminderEvent {
  kReschedule,  // it is to come due at another time, or once more
  kFire,        // came due
  kSuppress,    // must not leave
  kExpire,      // its window closed
  kSupersede,   // a later one of its rule came due, and only the newest counts
  kLease,       // a gateway takes it
  kRetry,       // a gateway failed, but may succeed later, or elsewhere
  kRelease,     // a gateway gives it back
  kFail,        // a gateway failed for good
  kSent,        // a gateway sent it
  kDelivered,   // it reached the patient, after it was sent
  kBounced,     // it came back, after it was sent
  kRedrive,     // what failed is to be tried again
  kComplete,    // done, or answered
  kCancel,      // called off, or without a place in a changed plan
  kEnd,         // the enrollment ended
};

inline constexpr ReminderEvent kAllReminderEvents[] = {
    ReminderEvent::kReschedule, ReminderEvent::kFire,     ReminderEvent::kSuppress,  ReminderEvent::kExpire,
    ReminderEvent::kSupersede,  ReminderEvent::kLease,    ReminderEvent::kRetry,     ReminderEvent::kRelease,
    ReminderEvent::kFail,       ReminderEvent::kSent,     ReminderEvent::kDelivered, ReminderEvent::kBounced,
    ReminderEvent::kRedrive,    ReminderEvent::kComplete, ReminderEvent::kCancel,    ReminderEvent::kEnd};

// The state after `event`; nothing where `event` cannot happen. Pure and thread safe.
std::optional<v1::ReminderState> NextState(v1::ReminderState state, ReminderEvent event);

// Whether nothing changes it any more but a late SENT, and a reschedule where somebody changes facts.
bool IsTerminal(v1::ReminderState state);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TRANSITIONS_H_
