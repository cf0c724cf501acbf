#include "scheduler/engine/lifecycle/transitions.h"

#include <algorithm>
#include <iterator>

namespace aftercare::engine {
namespace {

using v1::ReminderState;

struct Transition {
  ReminderState from;
  ReminderEvent event;
  ReminderState to;
};

constexpr ReminderState kScheduled = v1::REMINDER_STATE_SCHEDULED;
constexpr ReminderState kDue = v1::REMINDER_STATE_DUE;
constexpr ReminderState kLeased = v1::REMINDER_STATE_LEASED;
constexpr ReminderState kSent = v1::REMINDER_STATE_SENT;
constexpr ReminderState kDelivered = v1::REMINDER_STATE_DELIVERED;
constexpr ReminderState kCompleted = v1::REMINDER_STATE_COMPLETED;
constexpr ReminderState kFailed = v1::REMINDER_STATE_FAILED;
constexpr ReminderState kExpired = v1::REMINDER_STATE_EXPIRED;
constexpr ReminderState kCancelled = v1::REMINDER_STATE_CANCELLED;
constexpr ReminderState kSuppressed = v1::REMINDER_STATE_SUPPRESSED;

constexpr Transition kTable[] = {
    {kScheduled, ReminderEvent::kReschedule, kScheduled},
    {kScheduled, ReminderEvent::kFire, kDue},
    {kScheduled, ReminderEvent::kSuppress, kSuppressed},
    {kScheduled, ReminderEvent::kExpire, kExpired},
    {kScheduled, ReminderEvent::kSupersede, kExpired},
    {kScheduled, ReminderEvent::kComplete, kCompleted},
    {kScheduled, ReminderEvent::kCancel, kCancelled},
    {kScheduled, ReminderEvent::kEnd, kCancelled},
    {kScheduled, ReminderEvent::kSent, kSent},  // it was with a gateway before it was rescheduled

    {kDue, ReminderEvent::kReschedule, kScheduled},
    {kDue, ReminderEvent::kSuppress, kSuppressed},
    {kDue, ReminderEvent::kLease, kLeased},
    {kDue, ReminderEvent::kExpire, kExpired},
    {kDue, ReminderEvent::kSupersede, kExpired},
    {kDue, ReminderEvent::kComplete, kCompleted},
    {kDue, ReminderEvent::kCancel, kCancelled},
    {kDue, ReminderEvent::kEnd, kCancelled},
    {kDue, ReminderEvent::kSent, kSent},

    {kLeased, ReminderEvent::kReschedule, kScheduled},
    {kLeased, ReminderEvent::kSuppress, kSuppressed},
    {kLeased, ReminderEvent::kLease, kLeased},  // the lease before ran out
    {kLeased, ReminderEvent::kRetry, kDue},
    {kLeased, ReminderEvent::kRelease, kDue},
    {kLeased, ReminderEvent::kFail, kFailed},
    {kLeased, ReminderEvent::kExpire, kExpired},
    {kLeased, ReminderEvent::kSupersede, kExpired},
    {kLeased, ReminderEvent::kComplete, kCompleted},
    {kLeased, ReminderEvent::kCancel, kCancelled},
    {kLeased, ReminderEvent::kEnd, kCancelled},
    {kLeased, ReminderEvent::kSent, kSent},

    {kSent, ReminderEvent::kSent, kSent},
    {kSent, ReminderEvent::kDelivered, kDelivered},
    {kSent, ReminderEvent::kBounced, kFailed},
    {kSent, ReminderEvent::kComplete, kCompleted},

    {kDelivered, ReminderEvent::kSent, kDelivered},
    {kDelivered, ReminderEvent::kDelivered, kDelivered},
    {kDelivered, ReminderEvent::kBounced, kDelivered},  // it did arrive
    {kDelivered, ReminderEvent::kComplete, kCompleted},

    {kCompleted, ReminderEvent::kSent, kCompleted},
    {kCompleted, ReminderEvent::kDelivered, kCompleted},
    {kCompleted, ReminderEvent::kBounced, kCompleted},
    {kCompleted, ReminderEvent::kComplete, kCompleted},

    // A sent message cannot be unsent: whoever held the lease may say so, however late.
    {kFailed, ReminderEvent::kSent, kSent},
    {kFailed, ReminderEvent::kDelivered, kDelivered},  // it came back, and arrived all the same
    {kFailed, ReminderEvent::kBounced, kFailed},
    {kFailed, ReminderEvent::kRedrive, kDue},
    {kExpired, ReminderEvent::kSent, kSent},
    {kCancelled, ReminderEvent::kSent, kSent},
    {kSuppressed, ReminderEvent::kSent, kSent},

    {kCancelled, ReminderEvent::kCancel, kCancelled},

    // What was not sent comes again where a changed plan has it in the future, or a cancellation is undone.
    {kFailed, ReminderEvent::kReschedule, kScheduled},
    {kExpired, ReminderEvent::kReschedule, kScheduled},
    {kCancelled, ReminderEvent::kReschedule, kScheduled},
    {kSuppressed, ReminderEvent::kReschedule, kScheduled},
};

}  // namespace

std::optional<v1::ReminderState> NextState(v1::ReminderState state, ReminderEvent event) {
  for (const Transition& transition : kTable) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return std::nullopt;
}

bool IsOpen(v1::ReminderState state) {
  return std::find(std::begin(kOpenStates), std::end(kOpenStates), state) != std::end(kOpenStates);
}

bool IsPending(v1::ReminderState state) {
  return std::find(std::begin(kPendingStates), std::end(kPendingStates), state) != std::end(kPendingStates);
}

bool IsTerminal(v1::ReminderState state) { return state != v1::REMINDER_STATE_UNSPECIFIED && !IsPending(state); }

bool WasSentOrCompleted(v1::ReminderState state, v1::ReminderReason reason) {
  return state == kSent || state == kDelivered || state == kCompleted || reason == v1::REMINDER_REASON_BOUNCED;
}

}  // namespace aftercare::engine
