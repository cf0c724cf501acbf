// Places the occurrences of a rule in time: from its nominal time to the time it is due.
#ifndef AFTERCARE_SCHEDULER_PLAN_PLACEMENT_H_
#define AFTERCARE_SCHEDULER_PLAN_PLACEMENT_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// The place of one occurrence in time.
struct Placement {
  // The due time, in Unix seconds plus nanoseconds. The occurrence must not be sent earlier. Only the end of a
  // suspension has nanoseconds.
  int64_t due = 0;
  int32_t nanos = 0;

  // Set if the occurrence has missed, that is, never comes due: the reason, and when it missed, in Unix nanoseconds.
  v1::ReminderReason missed = v1::REMINDER_REASON_UNSPECIFIED;
  int64_t missed_at = 0;

  // True if the patient's contact hours are closed from `due` to `expire`.
  bool outside_contact_hours = false;

  // The end of the window, in Unix seconds. The occurrence must not be sent at or after it.
  int64_t expire = 0;
};

// One step from the nominal time to the due time: what moved the occurrence, and to when.
struct Step {
  v1::TimeStepKind kind = v1::TIME_STEP_KIND_UNSPECIFIED;
  absl::Time time;             // After the step.
  Suspension suspension = {};  // Set if a suspension moved the occurrence or made it miss.
};
using Steps = std::vector<Step>;

// A rule at one of its times of day, for one patient.
struct Slot {
  const CompiledRule* rule = nullptr;
  int minute = 0;      // The time of day, in minutes since midnight.
  int32_t spread = 0;  // The patient's share of the rule's spread, in seconds.

  // `since` is when there was what the rule counts from (Unix nanoseconds): for a rule of a visit when that got its
  // present state and start, for a reaction when the answer came; kNever otherwise. `begins` is when a booked
  // appointment begins (Unix seconds), or kNoEnd. Occurrences are due only from `since` on and before `begins`.
  int64_t since = kNever;
  int64_t begins = kNoEnd;

  static constexpr int64_t kNever = std::numeric_limits<int64_t>::min();
  static constexpr int64_t kNoEnd = std::numeric_limits<int64_t>::max();
};

// A Suspension with both bounds in Unix nanoseconds.
struct NanoSuspension {
  int64_t from = 0;
  int64_t until = 0;
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
  v1::TimeStepKind kind = v1::TIME_STEP_KIND_UNSPECIFIED;  // Set if the reason does not tell it.
};

// Computes when occurrences of one patient are due. It goes in steps, each of which may move the due time:
//
//   1. the nominal time;
//   2. the next opening of the contact hours for messages, the next open day of the clinic for tasks of the care team;
//   3. the patient's share of the rule's spread;
//   4. each suspension, the enrollment first: an occurrence that is due in it moves to its end, and then through step
//      2. If step 2 moves it, step 3 follows once more.
//
// An occurrence whose window closed before the enrollment has missed, and is not moved at all. So whether it has missed
// depends on the pathway, the procedure and the enrollment alone, not on later changes of a calendar.
//
// A rule of a visit that was booked at least once starts from the last change of the visit instead of the enrollment,
// and a reaction from the answer. Suspensions that were over by then do not delay it. While the visit is booked,
// windows close when the appointment begins at the latest. An occurrence that would be due at that time or later has
// missed. It is placed at its nominal time; a task is placed at the open day that it was moved to.
//
// Order: for the occurrences of one slot, neither due times (with nanos) nor expire times decrease from day to day.
// Plan relies on this to walk a plan in order without sorting it. Every step keeps the order. Step 2 moves to the first
// time of a set that is not earlier. Step 3 adds the same span to all, up to a limit that keeps the order. Step 4 moves
// all occurrences of a span to its end, except those whose windows had closed, which are the earlier ones. Any further
// step must keep the order too.
//
// A task that falls on a closed day is tried on the following days, at the same local time of the patient, until the
// clinic's calendar shows an open day. Its window is then that of the day it was moved to.
//
// Not thread safe. Cheap to make and to copy. The facts must outlive it.
class Placer {
 public:
  explicit Placer(const PatientFacts& facts);

  // Places the slot's occurrence on a day, given by its day number. Appends the steps to `steps` unless that is null.
  Placement Place(const Slot& slot, int64_t day, Steps* steps = nullptr);

  // A clock of the patient's zone.
  LocalClock& clock() { return clock_; }

  // The patient's share of a rule's spread, in seconds.
  int32_t SpreadFor(const CompiledRule& rule, absl::string_view rule_id) const;

 private:
  // Step 1: returns the nominal time of a slot's occurrence, in Unix seconds.
  int64_t NominalOf(const Slot& slot, int64_t day);
  // Step 2, for messages, for tasks and for both: move the placement to the next opening. Return true if it was moved.
  // `day` is the local day of the due time, or an earlier one.
  bool MoveToHours(Placement* placement, Steps* steps);
  bool MoveToOpenDay(const Slot& slot, int64_t day, Placement* placement, Steps* steps);
  bool MoveToOpening(const Slot& slot, int64_t day, Placement* placement, Steps* steps);
  // Step 3. Does not move anything out of its window, its opening or its open day.
  void Spread(const Slot& slot, Placement* placement, Steps* steps);
  // What a slot's plan begins with: the enrollment, or the last change of its visit.
  NanoSuspension BaseOf(const Slot& slot) const;
  // Step 4 for what has missed: returns true if the window closed before the suspension was over.
  bool Miss(const NanoSuspension& suspension, Placement* placement, Steps* steps);
  // Step 4: moves what is due in the suspension to its end.
  void Delay(const Slot& slot, const NanoSuspension& suspension, Placement* placement, Steps* steps);
  ClosedDays::Why WhyClosed(int64_t instant);

  const PatientFacts* facts_;
  const ClosedDays* closed_;  // Null if the clinic is never closed.
  NanoSuspension enrollment_;
  std::vector<NanoSuspension> suspensions_;  // Pauses and changes, by `until`.
  LocalClock clock_;                         // In the patient's zone.
  LocalClock clinic_clock_;                  // In the clinic's zone.
};

// Returns when the window of an occurrence closes, in Unix seconds. It is on the day with the day number `day` and
// nominally due at `nominal` (Unix seconds). The result is after `nominal`, and never earlier than that of the day
// before at the same time of day. `clock` is in the patient's zone. Ignores contact hours, closed days and
// appointments.
int64_t WindowClose(const CompiledRule& rule, int64_t day, int64_t nominal, LocalClock* clock);

// Returns the end of the window of an occurrence that was moved to `due` by hand: the rule's window, counted from `due`
// instead of the nominal time. If `due` is not before the closing time of day, the window ends with that local day.
// Thread safe.
absl::Time WindowEnd(const CompiledRule& rule, absl::Time due, absl::TimeZone zone);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_PLACEMENT_H_
