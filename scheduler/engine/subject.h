// An enrollment with what is needed to plan and to show it, and its reminders as users see them.
#ifndef AFTERCARE_SCHEDULER_ENGINE_SUBJECT_H_
#define AFTERCARE_SCHEDULER_ENGINE_SUBJECT_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/event.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/core.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Not thread safe.
struct Subject {
  store::EnrollmentRow row;
  std::shared_ptr<const plan::CompiledPathway> pathway;
  plan::PatientFacts facts;
};

// An enrollment's subject; or by name, nothing if there is no such enrollment.
absl::StatusOr<Subject> MakeSubject(Core& core, store::Facts& facts, store::EnrollmentRow row);
absl::StatusOr<std::optional<Subject>> FindSubject(Core& core, store::Facts& facts, absl::string_view clinic,
                                                   absl::string_view enrollment);
// NOT_FOUND / ENROLLMENT_NOT_FOUND instead of nothing.
absl::StatusOr<Subject> RequireSubject(Core& core, store::Facts& facts, absl::string_view clinic,
                                       absl::string_view enrollment);

// How a reminder for this patient is sent, by the index of its contact point. Unspecified for tasks and where there is
// no contact point.
v1::Channel ChannelOf(const Subject& subject, v1::Audience audience, int contact_point);

// Whether the plan alone knows an occurrence: it has not fired, and will not have a row unless it was dealt with before
// it was due.
bool IsDerived(const Subject& subject, const plan::Occurrence& occurrence);

// State and reason of a derived occurrence as of `now`.
struct Standing {
  v1::ReminderState state;
  v1::ReminderReason reason;
};
Standing DerivedStanding(const Subject& subject, const plan::Occurrence& occurrence, absl::Time now);

// What users see.
v1::Clinic ShowClinic(const store::ClinicRow& row);
v1::Pathway ShowPathway(const store::PathwayRow& row);
v1::Enrollment ShowEnrollment(const store::EnrollmentRow& row);
v1::Reminder ShowDerived(const Subject& subject, const v1::Clinic& clinic, const plan::Occurrence& occurrence,
                         absl::Time now);
v1::Reminder ShowStored(const Subject& subject, const v1::Clinic& clinic, const store::ReminderRow& row);

// The message of a stored reminder in the patient's language.
std::string TextOf(const Subject& subject, const v1::Clinic& clinic, const store::ReminderRow& row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_SUBJECT_H_
