// What the stored reminders of an enrollment told the patient: the rows as plan::Match reads them.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TOLD_REMINDERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TOLD_REMINDERS_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aftercare/record/v1/reminder_record.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/match.h"
#include "scheduler/plan/tellings.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Returns the record of a row; an empty one if nothing is recorded or the bytes are damaged. Thread safe.
record::v1::ReminderRecord RecordOf(const store::ReminderRow& row);

// Returns whether an answer ended the reminder, directly or by its silence. Thread safe.
bool IsEndedByAnswer(const store::ReminderRow& row);

// Returns what became of a reminder, as far as matching asks. Thread safe.
plan::Standing StandingOf(const store::ReminderRow& row);

// Notes in the row that its reminder tells `occurrence` of the present plan, by the present facts. Called when the row
// is made, when somebody moves it and when it comes due. Stores nothing. Thread safe.
void NoteTold(const EnrollmentContext& context, const plan::Occurrence& occurrence, store::ReminderRow* row);

// The same for the occurrence that the row covers; only notes the present facts if it covers none.
void NoteCoverTold(const EnrollmentContext& context, store::ReminderRow* row);

// A row that somebody moved keeps the local time that was set, in its record. The functions below are thread safe, and
// store nothing.
// Returns the instant of the time set by hand, in the patient's zone; the due time if none is recorded.
absl::Time HandTime(const store::ReminderRow& row, absl::TimeZone zone);
// Returns whether the row is due at the time set by hand, and not at the plan's.
bool IsTimeByHand(const store::ReminderRow& row);
// Returns whether a change of facts ended a row that somebody moved. The time that was set is not forgotten, since the
// change may be undone.
bool IsMoveEndedByChange(const store::ReminderRow& row);
// Notes in the row whether the plan's time holds instead of the one set by hand.
void SuspendHandTime(bool suspended, store::ReminderRow* row);
// Records the due time of a moved row as the time set by hand, unless one is recorded. Returns whether it did.
bool NoteHandTime(absl::TimeZone zone, store::ReminderRow* row);

// Returns false if the row told the patient something about a procedure that was then postponed. See the function of
// the same name in plan.
bool StandsForProcedure(const EnrollmentContext& context, const store::ReminderRow& row);

// Reads what rows told, under the version of the facts of that time. Plans each version once, when it is first needed.
// The context and the tellings must outlive it. Not thread safe.
class ToldReminders {
 public:
  // `present` are the tellings of the context's plan.
  ToldReminders(const EnrollmentContext& context, const plan::PlanTellings& present)
      : context_(context), present_(present) {}

  // Returns a row as Match reads it. The result refers to the row and to this object.
  plan::StoredReminder Read(const store::ReminderRow& row);

  // Returns the facts of the version under which a row was told.
  const plan::PatientFacts& FactsOf(const store::ReminderRow& row) { return VersionOf(row.facts_version).facts; }

  // Returns the pathway of that version.
  const plan::CompiledPathway& PathwayOf(const store::ReminderRow& row) {
    return *VersionOf(row.facts_version).pathway;
  }

 private:
  // A version of the facts.
  struct Version {
    const plan::CompiledPathway* pathway = nullptr;
    plan::PatientFacts facts;
    std::optional<plan::PlanTellings> own;        // its plan; empty for the present version
    const plan::PlanTellings* plan = nullptr;     // `own`, or the present one
  };

  Version& VersionOf(int32_t number);
  plan::Telling TellingOf(const store::ReminderRow& row, const record::v1::ReminderRecord& record);
  // What the occurrence with the recorded number tells, on the recorded date.
  static plan::Telling OfNumber(const Version& version, int rule, const record::v1::ToldOccurrence& told);

  const EnrollmentContext& context_;
  const plan::PlanTellings& present_;
  std::map<int32_t, std::unique_ptr<Version>> versions_;
  std::deque<std::string> names_;  // of the rows that were read
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_TOLD_REMINDERS_H_
