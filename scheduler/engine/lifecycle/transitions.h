// The states of a reminder: which event leads from which state to which, and what groups of states mean. Functions are
// pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TRANSITIONS_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TRANSITIONS_H_

#include <optional>

#include "aftercare/v1/reminder.pb.h"

namespace aftercare::engine {

// What can happen to a reminder.
enum class ReminderEvent {
  kReschedule,  // it will come due at another time, or once more
  kFire,        // it came due
  kSuppress,    // it must not be sent
  kExpire,      // its window closed
  kSupersede,   // a newer reminder of its rule came due, and only the newest is sent
  kLease,       // a gateway takes it
  kRetry,       // a gateway failed, but may succeed later, or at another contact point
  kRelease,     // a gateway gives it back, or the service takes it back
  kFail,        // a gateway failed for good
  kSent,        // a gateway sent it
  kDelivered,   // it reached the patient, after it was sent
  kBounced,     // it came back, after it was sent
  kRedrive,     // it failed, and is to be tried again
  kComplete,    // it was done or answered
  kCancel,      // somebody cancelled it, or a changed plan no longer has it
  kEnd,         // its enrollment ended
};

inline constexpr ReminderEvent kAllReminderEvents[] = {
    ReminderEvent::kReschedule, ReminderEvent::kFire,     ReminderEvent::kSuppress,  ReminderEvent::kExpire,
    ReminderEvent::kSupersede,  ReminderEvent::kLease,    ReminderEvent::kRetry,     ReminderEvent::kRelease,
    ReminderEvent::kFail,       ReminderEvent::kSent,     ReminderEvent::kDelivered, ReminderEvent::kBounced,
    ReminderEvent::kRedrive,    ReminderEvent::kComplete, ReminderEvent::kCancel,    ReminderEvent::kEnd};

// Returns the state after `event`, or nothing if `event` cannot happen in this state.
std::optional<v1::ReminderState> NextState(v1::ReminderState state, ReminderEvent event);

// The states of a reminder that has come due and was neither sent nor ended.
inline constexpr v1::ReminderState kOpenStates[] = {v1::REMINDER_STATE_DUE, v1::REMINDER_STATE_LEASED};
bool IsOpen(v1::ReminderState state);

// The states of a reminder that may still be sent: it has not come due yet, or is open.
inline constexpr v1::ReminderState kPendingStates[] = {v1::REMINDER_STATE_SCHEDULED, v1::REMINDER_STATE_DUE,
                                                       v1::REMINDER_STATE_LEASED};
bool IsPending(v1::ReminderState state);

// Returns whether the sweeper and the gateways are done with a reminder: it was sent or it ended. Only a report (a late
// SENT, a receipt) or a person changes it after that.
bool IsTerminal(v1::ReminderState state);

// Returns whether a reminder was sent or completed. A message that bounced counts as sent.
bool WasSentOrCompleted(v1::ReminderState state, v1::ReminderReason reason);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TRANSITIONS_H_
