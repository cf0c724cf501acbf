// An enrollment together with what is needed to plan it, and functions that derive from it the rules, channels and
// states of its reminders. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CONTEXT_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CONTEXT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/store/records.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Thread compatible.
struct EnrollmentContext {
  store::EnrollmentRow row;
  std::shared_ptr<const plan::CompiledPathway> pathway;  // the revision it is on
  plan::PatientFacts facts;
  int64_t plan_fingerprint = 0;  // of the present calendar and time zone rules (EngineContext::PlanFingerprintOf)
  // The revisions the enrollment was on before, with their numbers. Rows of that time refer to rules of these.
  std::vector<std::pair<int32_t, std::shared_ptr<const plan::CompiledPathway>>> earlier_revisions;
};

// Makes the context of an enrollment from its row. Fails if the pathway or the calendar cannot be read.
absl::StatusOr<EnrollmentContext> MakeEnrollmentContext(EngineContext& engine, store::ReadTransaction& tx,
                                                        store::EnrollmentRow row);

// Reads an enrollment, faster with the row's `row_id`. NOT_FOUND / ENROLLMENT_NOT_FOUND if it does not exist.
absl::StatusOr<EnrollmentContext> RequireEnrollmentContext(EngineContext& engine, store::ReadTransaction& tx,
                                                           absl::string_view clinic, absl::string_view enrollment,
                                                           int64_t row_id = 0);

// Returns the rows of all enrollments of a patient, in order of their ids.
absl::StatusOr<std::vector<store::EnrollmentRow>> EnrollmentRowsOf(store::ReadTransaction& tx,
                                                                   absl::string_view clinic,
                                                                   absl::string_view patient);

// The same with what is needed to plan them.
absl::StatusOr<std::vector<EnrollmentContext>> EnrollmentContextsOf(EngineContext& engine, store::ReadTransaction& tx,
                                                                    absl::string_view clinic,
                                                                    absl::string_view patient);

// Returns the rows of an enrollment that are in any of the states, or all if `states` is empty, by due time.
absl::StatusOr<std::vector<store::ReminderRow>> RowsOf(store::ReadTransaction& tx, const EnrollmentContext& context,
                                                       absl::Span<const v1::ReminderState> states);

// Returns FAILED_PRECONDITION / ENROLLMENT_ENDED if the enrollment has ended.
absl::Status CheckNotEnded(const store::EnrollmentRow& row);

// Returns whether next_due was derived from another calendar than the clinic has now, or by other time zone rules. If
// so, next_due must not be used (see replanning.h).
inline bool IsStale(const EnrollmentContext& context) {
  return context.row.plan_fingerprint != context.plan_fingerprint;
}

// A rule of one revision of a pathway. Points into the context it was taken from, which must outlive it.
struct RowRule {
  const std::shared_ptr<const plan::CompiledPathway>* pathway = nullptr;
  int rule = 0;

  const plan::CompiledRule& compiled() const { return (*pathway)->rule(rule); }
  const v1::Rule& source() const { return (*pathway)->rule_source(rule); }
};

// Returns the rule of a row, from the revision it was made by: the present revision may no longer have that rule.
RowRule RuleOf(const EnrollmentContext& context, const store::ReminderRow& row);

// Returns the occurrence of a row, with the row's due time and window. Its rule is that of RuleOf, so it is an index in
// the revision that the row was made by, which may be an earlier one.
plan::Occurrence OccurrenceOf(const EnrollmentContext& context, const store::ReminderRow& row);

// Returns when the appointment begins that the reminders of a rule are about. From then on, none of them is sent.
// Returns InfiniteFuture if the rule is not about a booked visit, if the visit is not booked, or if the rule makes tasks
// for the days after it.
absl::Time AppointmentOf(const EnrollmentContext& context, const v1::Rule& rule);

// ---- Occurrences without a row ----

// Returns true if the caller must look among the enrollment's rows to know whether the occurrence has one. That is so
// if the plan or a calendar has changed, since a row may then have another due time than the plan, and for what a pause
// holds back. If this returns false, IsDerived gives the answer.
bool NeedsRowLookup(const EnrollmentContext& context, const plan::Occurrence& occurrence, absl::Time now);

// Returns true if the occurrence has not fired, and so has no row. (There is one exception: it has a row if somebody
// completed or cancelled it before it was due.) Call it only if NeedsRowLookup returns false.
bool IsDerived(const EnrollmentContext& context, const plan::Occurrence& occurrence);

struct ReminderStatus {
  v1::ReminderState state;
  v1::ReminderReason reason;
  absl::Time since;  // when this state began; InfinitePast if the reminder is still to come
};

// Returns whether a reminder is still to come and nothing but the contact hours keeps it from being sent. Somebody may
// still move it to another time.
inline bool IsHeldByContactHours(const ReminderStatus& status) {
  return status.reason == v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS && status.since == absl::InfinitePast();
}

// Returns the status, as of `now`, of an occurrence without a row.
ReminderStatus DerivedStatus(const EnrollmentContext& context, const plan::Occurrence& occurrence, absl::Time now);

// ---- Contact points ----

// Returns the channel by which a reminder to `audience` goes to a contact point, given by its index in the enrollment.
// CHANNEL_UNSPECIFIED for tasks (which go to the care team), and if there is no such contact point.
v1::Channel ChannelOf(const EnrollmentContext& context, v1::Audience audience, int contact_point);

// Returns the channel of a reminder that is still to come: that of the first contact point that is not stopped and
// whose channel the patient has not opted out of, with or without consent. CHANNEL_UNSPECIFIED for tasks, and if there
// is no such contact point.
v1::Channel PlannedChannel(const EnrollmentContext& context, v1::Audience audience);

// Returns the channel of a reminder that has a row: PlannedChannel while it is SCHEDULED, then the channel of the row's
// contact point. For tasks, the channel by which their team is being told (team_notices.h).
v1::Channel StoredChannel(const EnrollmentContext& context, const store::ReminderRow& row);

// Returns the first contact point at or after index `from` that may be written to: the patient consents to messages and
// has not opted out of its channel, and it is not stopped. It may be held. Nothing if there is none.
std::optional<int> PermittedContactPoint(const EnrollmentContext& context, int from);

// Returns whether the patient wants no messages of a category.
bool HasRefusedCategory(const EnrollmentContext& context, absl::string_view category);

// Returns why messages of a category may go to no contact point: NO_CONSENT, CATEGORY_REFUSED, NO_CONTACT_POINT or
// OPTED_OUT. UNSPECIFIED if they may go to one.
v1::ReminderReason UnreachableReason(const EnrollmentContext& context, absl::string_view category);

// Returns whether messages of a rule to a contact point are held: a reply from there may be a wish to stop, and the
// care team has not decided. Messages of the pathway's safety categories are not held.
bool IsHeld(const EnrollmentContext& context, const plan::CompiledRule& rule, int contact_point);

// Returns the reason that a row is shown with: HELD while it waits and its contact point is held, else its own.
v1::ReminderReason ShownReason(const EnrollmentContext& context, const store::ReminderRow& row);

// Sets the contact point of a message, and its channel, in `row`. Stores nothing.
void SetContactPoint(const EnrollmentContext& context, int contact_point, store::ReminderRow* row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CONTEXT_H_
