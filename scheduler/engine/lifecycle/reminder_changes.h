// Changes of reminders. The state of a stored reminder changes only through these functions. They ask the transition
// table, write the row and log the change, so that these three always agree. To log is to append an event to the
// clinic's event log. They also mark the enrollment where adherence must be counted again (adherence_rows.h). Others
// write only fields that the log does not show, such as `available`. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_CHANGES_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_CHANGES_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/event.pb.h"
#include "aftercare/v1/visit.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Applies `event` to `row` as of `now`: sets state, reason and state_time, and clears `available` and `closes` unless
// the reminder is open. A task that is rescheduled begins with no escalation step and not acknowledged. Stores nothing.
// Returns false, with nothing done, if `event` cannot happen in this state.
bool ApplyEvent(ReminderEvent event, v1::ReminderReason reason, absl::Time now, store::ReminderRow* row);

// Replaces a row that is in the store already, and logs the reminder as it is now.
absl::Status StoreReminder(store::WriteTransaction& tx, const EnrollmentContext& context, const store::ReminderRow& row,
                           absl::Time now);

// Marks the enrollment: its adherence must be counted at once. For what changes an answer, or the time of one, without
// changing the state of its reminder.
absl::Status CountAtOnce(store::WriteTransaction& tx, const EnrollmentContext& context);

// ApplyEvent, then StoreReminder. The caller sets `available` before a lease or a retry, and `due` and `expire` before
// it reschedules. FAILED_PRECONDITION / INVALID_TRANSITION if `event` cannot happen in this state. If the state would
// stay the same, stores nothing and returns OK, except for kLease and kReschedule. What
// is logged for kFire and kExpire has no actor, since time brings them about, also during a call.
absl::Status ChangeReminder(store::WriteTransaction& tx, const EnrollmentContext& context, ReminderEvent event,
                            v1::ReminderReason reason, absl::Time now, store::ReminderRow* row);

// Returns a row, not yet stored, for an occurrence that has none, in state SCHEDULED. It covers the occurrence. `code`
// is that of its name: NameCodeOf, with a count if rows have the names without (TakenNames in covers.h).
store::ReminderRow NewReminderRow(const EnrollmentContext& context, const plan::Occurrence& occurrence, int64_t code);

// Applies `event` to a new row, stores it and logs it, with an actor as ChangeReminder does. Returns false, with
// nothing stored, if the occurrence has a row in the store already.
absl::StatusOr<bool> InsertReminder(store::WriteTransaction& tx, const EnrollmentContext& context, ReminderEvent event,
                                    v1::ReminderReason reason, absl::Time now, store::ReminderRow* row);

// Returns whether the window of a pending row has closed by `now`, even if the sweep has not come to it yet. False for
// tasks that are open, which stay so after their deadline, and for SCHEDULED rows that no pause holds back.
bool WindowHasClosed(const EnrollmentContext& context, const store::ReminderRow& row, absl::Time now);

// Goes the escalation steps of a task whose deadlines have passed by `now`, and stores and logs each. The events have
// no actor, since time brings them about, also during a call. A step that names a care team begins to tell it. Does
// nothing for messages and for what is not open. Whoever changes a task that is open calls this first, since the sweep
// may not have come to it yet. Returns how many steps the task went.
absl::StatusOr<int> EscalateOverdue(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now,
                                    store::ReminderRow* row);

// Ends a pending reminder with `event` and `reason`. If its window has closed already (WindowHasClosed), it becomes
// EXPIRED / WINDOW_CLOSED instead. A task goes its overdue steps first.
absl::Status EndUnsentReminder(store::WriteTransaction& tx, const EnrollmentContext& context, ReminderEvent event,
                               v1::ReminderReason reason, absl::Time now, store::ReminderRow* row);

// Makes the error FAILED_PRECONDITION / INVALID_TRANSITION, which names the reminder and its state.
absl::Status InvalidTransition(const store::ReminderKey& key, v1::ReminderState state);

// Offers an open message to gateways from `time` on, or from its due time if that is later: nothing is leased before it
// is due, even if the clock has been set back since it came due. Offers it to nobody while its enrollment is paused or
// its contact point is held. Stores nothing.
void MakeAvailable(const EnrollmentContext& context, absl::Time time, store::ReminderRow* row);

// Logs a change of an enrollment.
absl::Status LogEnrollment(store::WriteTransaction& tx, const store::EnrollmentRow& row, v1::EventType type,
                           absl::Time now);

// Logs a visit of an enrollment as it is now.
absl::Status LogVisit(store::WriteTransaction& tx, const store::EnrollmentRow& row, const v1::Visit& visit,
                      absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_CHANGES_H_
