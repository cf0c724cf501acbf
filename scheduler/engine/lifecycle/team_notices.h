// How care teams are told of tasks. The rule of a task, or one of its escalation steps, may name a team of the clinic
// (escalation.h). The task is then offered to gateways with the team's first contact point, as a message is with the
// patient's: its row gets `available`, `channel` and `contact_point`, which is an index into those of the team. Once a
// gateway has sent it, or nobody needs to be told any more, the row leaves the queue. The task is LEASED while a
// gateway has it and DUE again afterwards; it ends only as other tasks do.
//
// Contact hours, consent and caps are the patients' and do not count here. Addresses that sent a stop word do. The
// functions are thread safe and store nothing.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TEAM_NOTICES_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TEAM_NOTICES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/records.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Returns whether a row is a task that waits until its team is told, or that a gateway has for that.
bool TellsTeam(const store::ReminderRow& row);

// Begins to tell the team of the task as it is now, from `time` on. Nothing was told of it yet. Does nothing if nobody
// is to be told, or if the clinic has no such team. Returns the reason that the task gets: UNSPECIFIED, or
// TEAM_NOT_REACHED if all contact points of the team are stopped. Fails only if the store does.
absl::StatusOr<v1::ReminderReason> BeginNotice(store::ReadTransaction& tx, const EnrollmentContext& context,
                                               absl::Time time, store::ReminderRow* row);

// The same for the contact points of the team behind the present one. TEAM_NOT_REACHED if none is left.
absl::StatusOr<v1::ReminderReason> TryNextOfTeam(store::ReadTransaction& tx, const EnrollmentContext& context,
                                                 absl::Time time, store::ReminderRow* row);

// Returns the contact point that the row is to go to. Null if the clinic has changed its teams since.
const v1::ContactPoint* TeamContactPoint(const EnrollmentContext& context, const v1::Clinic& clinic,
                                         const store::ReminderRow& row);

// Returns whether a gateway may tell the team as the row says. Otherwise the clinic has changed its teams since, or a
// stop word came from the address, and the team has to be told anew (BeginNotice). Fails only if the store does.
absl::StatusOr<bool> MayTellTeam(store::ReadTransaction& tx, const EnrollmentContext& context,
                                 const store::ClinicRow& clinic, const store::ReminderRow& row);

// Takes the task out of the queue.
void EndNotice(store::ReminderRow* row);

// Makes an open task DUE with `reason`. If a gateway had it, its lease is over; whoever takes the lease away notes that
// on the transaction.
void MakeDue(v1::ReminderReason reason, absl::Time now, store::ReminderRow* row);

// The same, because the team was told at `time`.
void NoteTeamTold(absl::Time time, store::ReminderRow* row);

// Returns what the patient wrote that set the task off, for the team to read. Empty if the clinic does not want that,
// if no text set it off, or if the text is not kept any more. Fails only if the store does.
absl::StatusOr<std::string> QuoteFor(store::ReadTransaction& tx, const EnrollmentContext& context,
                                     const v1::Clinic& clinic, const store::ReminderRow& row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TEAM_NOTICES_H_
