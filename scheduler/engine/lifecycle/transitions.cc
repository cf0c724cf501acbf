#include "scheduler/engine/lifecycle/transitions.h"

namespace aftercare::engine {
namespace {

using v1::ReminderState;

struct Transition {
  ReminderState from;
  Input input;
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
    {kScheduled, Input::kReschedule, kScheduled},
    {kScheduled, Input::kFire, kDue},
    {kScheduled, Input::kSuppress, kSuppressed},
    {kScheduled, Input::kExpire, kExpired},
    {kScheduled, Input::kSupersede, kExpired},
    {kScheduled, Input::kComplete, kCompleted},
    {kScheduled, Input::kCancel, kCancelled},
    {kScheduled, Input::kEnd, kCancelled},
    {kScheduled, Input::kSent, kSent},  // it was with a gateway before it was rescheduled

    {kDue, Input::kReschedule, kScheduled},
    {kDue, Input::kSuppress, kSuppressed},
    {kDue, Input::kLease, kLeased},
    {kDue, Input::kExpire, kExpired},
    {kDue, Input::kSupersede, kExpired},
    {kDue, Input::kComplete, kCompleted},
    {kDue, Input::kCancel, kCancelled},
    {kDue, Input::kEnd, kCancelled},
    {kDue, Input::kSent, kSent},

    {kLeased, Input::kReschedule, kScheduled},
    {kLeased, Input::kSuppress, kSuppressed},
    {kLeased, Input::kLease, kLeased},  // the lease before ran out
    {kLeased, Input::kRetry, kDue},
    {kLeased, Input::kRelease, kDue},
    {kLeased, Input::kFail, kFailed},
    {kLeased, Input::kExpire, kExpired},
    {kLeased, Input::kSupersede, kExpired},
    {kLeased, Input::kComplete, kCompleted},
    {kLeased, Input::kCancel, kCancelled},
    {kLeased, Input::kEnd, kCancelled},
    {kLeased, Input::kSent, kSent},

    {kSent, Input::kSent, kSent},
    {kSent, Input::kDelivered, kDelivered},
    {kSent, Input::kBounced, kFailed},
    {kSent, Input::kComplete, kCompleted},

    {kDelivered, Input::kSent, kDelivered},
    {kDelivered, Input::kDelivered, kDelivered},
    {kDelivered, Input::kBounced, kDelivered},  // it did arrive
    {kDelivered, Input::kComplete, kCompleted},

    {kCompleted, Input::kSent, kCompleted},
    {kCompleted, Input::kDelivered, kCompleted},
    {kCompleted, Input::kBounced, kCompleted},
    {kCompleted, Input::kComplete, kCompleted},

    // A sent message cannot be unsent: whoever held the lease may say so, however late.
    {kFailed, Input::kSent, kSent},
    {kFailed, Input::kDelivered, kDelivered},  // it came back, and arrived all the same
    {kFailed, Input::kBounced, kFailed},
    {kFailed, Input::kRedrive, kDue},
    {kExpired, Input::kSent, kSent},
    {kCancelled, Input::kSent, kSent},
    {kSuppressed, Input::kSent, kSent},

    {kCancelled, Input::kCancel, kCancelled},

    // What was not sent comes again where a changed plan has it in the future, or a cancellation is undone.
    {kFailed, Input::kReschedule, kScheduled},
    {kExpired, Input::kReschedule, kScheduled},
    {kCancelled, Input::kReschedule, kScheduled},
    {kSuppressed, Input::kReschedule, kScheduled},
};

}  // namespace

std::optional<v1::ReminderState> NextState(v1::ReminderState state, Input input) {
  for (const Transition& transition : kTable) {
    if (transition.from == state && transition.input == input) return transition.to;
  }
  return std::nullopt;
}

bool IsTerminal(v1::ReminderState state) {
  return state != kScheduled && state != kDue && state != kLeased && state != v1::REMINDER_STATE_UNSPECIFIED;
}

}  // namespace aftercare::engine
