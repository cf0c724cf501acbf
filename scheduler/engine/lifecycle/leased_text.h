// What leases gave to gateways, word for word: how it is recorded in a row, shown later, and compared with the present
// facts. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_LEASED_TEXT_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_LEASED_TEXT_H_

#include <string>

#include "absl/time/time.h"
#include "aftercare/record/v1/reminder_record.pb.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Returns the patient's facts as an earlier revision of the pathway reads them, which has visits of its own.
plan::PatientFacts FactsUnder(const EnrollmentContext& context, const plan::CompiledPathway& earlier);

// Returns what a lease of the reminder gives by the present facts: of a task, what its team is told. `attempt`,
// `lease_micros` and `quote` are not set.
record::v1::LeasedAttempt PresentAttempt(const EnrollmentContext& context, const v1::Clinic& clinic,
                                         const store::ReminderRow& row);

// Adds an attempt to the row's record. Stores nothing.
void AppendAttempt(const record::v1::LeasedAttempt& attempt, store::ReminderRow* row);

// Returns the text of an attempt of the reminder, with what it quotes of the patient.
std::string TextOf(const EnrollmentContext& context, const store::ReminderRow& row,
                   const record::v1::LeasedAttempt& attempt);

// Returns whether the last attempt of the reminder had the text that a lease would have by the present facts. True if
// no attempt is recorded, and if it had the version without health information that the patient does not need any more.
bool HasPresentText(const EnrollmentContext& context, const v1::Clinic& clinic, const store::ReminderRow& row);

// Sets `text` to the text that was sent, if the reminder was sent and that is recorded.
void ShowSentText(const EnrollmentContext& context, const store::ReminderRow& row, v1::Reminder* reminder);

// Adds `leased_messages`, without their consents (consent_history.h).
void ShowLeasedMessages(const EnrollmentContext& context, const store::ReminderRow& row, v1::Reminder* reminder);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_LEASED_TEXT_H_
