// An enrollment with what is needed to plan and to show it, and its reminders as users see them.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CONTEXT_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CONTEXT_H_

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/event.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Not thread safe.
struct EnrollmentContext {
  store::EnrollmentRow row;
  std::shared_ptr<const plan::CompiledPathway> pathway;
  plan::PatientFacts facts;
  int64_t plan_fingerprint = 0;  // fingerprint of what it is planned by now: EngineContext::PlanFingerprintOf
  // The revisions it was on before, which reminders of then still speak of.
  std::vector<std::pair<int32_t, std::shared_ptr<const plan::CompiledPathway>>> earlier;
};

// An enrollment's context; or by name, nothing if there is no such enrollment.
absl::StatusOr<EnrollmentContext> MakeEnrollmentContext(EngineContext& engine, store::ReadTransaction& tx,
                                                        store::EnrollmentRow row);
absl::StatusOr<std::optional<EnrollmentContext>> FindEnrollmentContext(EngineContext& engine,
                                                                       store::ReadTransaction& tx,
                                                                       absl::string_view clinic,
                                                                       absl::string_view enrollment);
// NOT_FOUND / ENROLLMENT_NOT_FOUND instead of nothing.
absl::StatusOr<EnrollmentContext> RequireEnrollmentContext(EngineContext& engine, store::ReadTransaction& tx,
                                                           absl::string_view clinic, absl::string_view enrollment);

// Whether next_due was derived by another calendar than the clinic has by now, or by other rules of time zones, and
// says nothing.
inline bool IsStale(const EnrollmentContext& context) {
  return context.row.plan_fingerprint != context.plan_fingerprint;
}

// The rule a row speaks of, of the revision it was made by; the row's may have gone from the pathway since. The context
// must outlive it.
struct RowRule {
  const std::shared_ptr<const plan::CompiledPathway>* pathway = nullptr;
  int rule = 0;

  const plan::CompiledRule& compiled() const { return (*pathway)->rule(rule); }
  const v1::Rule& source() const { return (*pathway)->rule_source(rule); }
};
RowRule RuleOf(const EnrollmentContext& context, const store::ReminderRow& row);

// Whether plan or calendars have changed so that rows may lie elsewhere than the plan has their occurrences: only a
// look at the rows tells as of `now` whether this occurrence has one. Of the others IsDerived knows.
bool OnlyRowsTell(const EnrollmentContext& context, const plan::Occurrence& occurrence, absl::Time now);

// When the appointment begins that a rule is for, from when on nothing of it is sent: InfiniteFuture for other rules,
// and while the visit is not booked.
absl::Time AppointmentOf(const EnrollmentContext& context, const v1::Rule& rule);

// How a reminder for this patient is sent, by the index of its contact point. Unspecified for tasks and where there is
// no contact point.
v1::Channel ChannelOf(const EnrollmentContext& context, v1::Audience audience, int contact_point);

// The same for what is still to come: by the first contact point whose channel the patient has not opted out of.
v1::Channel PlannedChannel(const EnrollmentContext& context, v1::Audience audience);

// The same for a stored reminder.
v1::Channel StoredChannel(const EnrollmentContext& context, const store::ReminderRow& row);

// The first contact point at or after index `from`, in the patient's order, that may be written to: the patient
// consents to messages and has not opted out of its channel. Nothing where there is none.
std::optional<int> PermittedContactPoint(const EnrollmentContext& context, int from);

// Why a message is SUPPRESSED that PermittedContactPoint has nothing for, from the first on: NO_CONSENT,
// NO_CONTACT_POINT or OPTED_OUT. UNSPECIFIED where there is one.
v1::ReminderReason UnreachableReason(const EnrollmentContext& context);

// Directs a message at a contact point of the patient, with its channel.
void DirectAt(const EnrollmentContext& context, int contact_point, store::ReminderRow* row);

// Whether the plan alone knows an occurrence: it has not fired, and will not have a row unless it was dealt with before
// it was due. Not where OnlyRowsTell.
bool IsDerived(const EnrollmentContext& context, const plan::Occurrence& occurrence);

// State and reason of a derived occurrence as of `now`.
struct ReminderStatus {
  v1::ReminderState state;
  v1::ReminderReason reason;
  absl::Time since;  // InfinitePast for what has not happened
};
ReminderStatus DerivedStatus(const EnrollmentContext& context, const plan::Occurrence& occurrence, absl::Time now);

// The occurrence behind a stored reminder, with the times it was stored with. Its rule is that of RuleOf.
plan::Occurrence OccurrenceOf(const EnrollmentContext& context, const store::ReminderRow& row);

// Appends the channels whose bits (1 << channel) are set.
void AddChannels(int64_t bits, google::protobuf::RepeatedField<int>* channels);

// What users see.
v1::Clinic ClinicToProto(const store::ClinicRow& row);
v1::Pathway PathwayToProto(const store::PathwayRow& row);
v1::Enrollment EnrollmentToProto(const store::EnrollmentRow& row);
v1::Reminder DerivedToProto(const EnrollmentContext& context, const v1::Clinic& clinic,
                            const plan::Occurrence& occurrence, absl::Time now);
v1::Reminder StoredToProto(const EnrollmentContext& context, const v1::Clinic& clinic, const store::ReminderRow& row);

// The message of a stored reminder in the patient's language.
std::string TextOf(const EnrollmentContext& context, const v1::Clinic& clinic, const store::ReminderRow& row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CONTEXT_H_
