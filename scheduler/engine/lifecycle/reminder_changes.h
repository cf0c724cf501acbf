// How reminders change state: the one place that asks the transition table, writes the row and logs the event.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_CHANGES_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_CHANGES_H_

#include <algorithm>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/event.pb.h"
#include "aftercare/v1/visit.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Puts `row` into the state that `event` leads to, with `reason`, as of `now`; nothing is stored. False, with nothing
// done, where `event` cannot happen in this state. Ends, and what is scheduled, are neither available nor open.
bool ApplyEvent(ReminderEvent event, v1::ReminderReason reason, absl::Time now, store::ReminderRow* row);

// Stores a row that exists and logs the event of what it has become.
absl::Status StoreReminder(store::WriteTransaction& tx, const EnrollmentContext& context, const store::ReminderRow& row,
                           absl::Time now);

// Both. Whoever leases or retries sets `available` of the row first, whoever reschedules `due` and `expire`.
// FAILED_PRECONDITION / INVALID_TRANSITION where `event` cannot happen in this state. A change that leads to the state
// it came from, except a new lease or time, does nothing.
absl::Status ChangeReminder(store::WriteTransaction& tx, const EnrollmentContext& context, ReminderEvent event,
                            v1::ReminderReason reason, absl::Time now, store::ReminderRow* row);

// A row for an occurrence that has none, in state SCHEDULED, not yet stored.
store::ReminderRow NewReminderRow(const EnrollmentContext& context, const plan::Occurrence& occurrence);

// Puts a new row into the state that `event` leads to, stores it and logs the event. False, with nothing done, if the
// occurrence has a row already.
absl::StatusOr<bool> InsertReminder(store::WriteTransaction& tx, const EnrollmentContext& context, ReminderEvent event,
                                    v1::ReminderReason reason, absl::Time now, store::ReminderRow* row);

// Returns whether the window of a pending row has closed by `now`, even if the sweep has not come to it yet.
inline bool WindowHasClosed(const store::ReminderRow& row, absl::Time now) { return row.closes && *row.closes <= now; }

// Ends a reminder that was not sent by `event`, for `reason`; if its window has closed already, by EXPIRED /
// WINDOW_CLOSED instead.
absl::Status EndUnsentReminder(store::WriteTransaction& tx, const EnrollmentContext& context, ReminderEvent event,
                               v1::ReminderReason reason, absl::Time now, store::ReminderRow* row);

// That `event` cannot happen to a reminder in this state.
absl::Status InvalidTransition(const store::ReminderKey& key, v1::ReminderState state);

// From when on a message that is due may be leased that was to be from `time` on: not before its due time, even where a
// clock has been set back since that came.
inline absl::Time AvailableFrom(const store::ReminderRow& row, absl::Time time) { return std::max(time, row.due); }

// Logs what happened to an enrollment.
absl::Status LogEnrollment(store::WriteTransaction& tx, const store::EnrollmentRow& row, v1::EventType type,
                           absl::Time now);

// Logs what a visit of an enrollment has become.
absl::Status LogVisit(store::WriteTransaction& tx, const store::EnrollmentRow& row, const v1::Visit& visit,
                      absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_CHANGES_H_
