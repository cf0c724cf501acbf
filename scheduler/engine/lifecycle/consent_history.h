// The decisions of patients about messages: how they are recorded, which stand, and under which a message was leased.
//
// A patient's history is stored once there is a decision about something (a channel, a category, health information),
// or a consent to all messages has changed. Until then it is what the patient's enrollments say about consent, so that
// enrolling a patient stores nothing more. Functions are thread safe, and fail only if the store does.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_CONSENT_HISTORY_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_CONSENT_HISTORY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/record/v1/consent_history.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "scheduler/store/records.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

using ConsentDecisions = google::protobuf::RepeatedPtrField<v1::ConsentDecision>;

// Returns all decisions of a patient that were recorded, in the order in which they were.
absl::StatusOr<record::v1::ConsentHistory> ConsentHistoryOf(store::ReadTransaction& tx, absl::string_view clinic,
                                                            absl::string_view patient);

// Returns the newest decision about each channel, category and health information, in this order.
ConsentDecisions PresentDecisions(const record::v1::ConsentHistory& history);

// Returns whether the decisions are the same, with their sources.
bool SameDecisions(const ConsentDecisions& a, const ConsentDecisions& b);

// Says in `source` who records a decision, and when: the caller whose mutation `tx` is, at `now` on the clinic's clock.
void StampSource(const store::WriteTransaction& tx, absl::Time now, v1::ConsentSource* source);

// Adds a decision of a patient to the stored history, which it returns. `enrollment` is the id of the enrollment that a
// consent to all messages is about, else empty. Of decisions about that, call it before the enrollment is changed. Does
// nothing if the newest decision about the same is this very one, with its source.
absl::StatusOr<record::v1::ConsentHistory> AppendDecision(store::WriteTransaction& tx, absl::string_view clinic,
                                                          absl::string_view patient, v1::ConsentDecision decision,
                                                          absl::string_view enrollment = "");

// Records the consent of a new enrollment, whose source is stamped. Stores something only if the patient has a stored
// history. Call it before the enrollment is stored.
absl::Status AppendFirstConsent(store::WriteTransaction& tx, const store::EnrollmentRow& row);

// Returns the consent to all messages of an enrollment as a decision.
v1::ConsentDecision ConsentOf(const v1::Enrollment& enrollment);

// Sets `consents` of the messages in `leased_messages`, which belong to the enrollment with this id.
void ShowConsents(const record::v1::ConsentHistory& history, absl::string_view enrollment, v1::Reminder* reminder);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_CONSENT_HISTORY_H_
