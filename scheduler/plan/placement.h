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

// Where an occurrence comes to lie in time.
struct Placement {
  // From when it may be sent, in Unix seconds, and the nanoseconds beyond, which only the end of a suspension can have.
  int64_t due = 0;
  int32_t nanos = 0;

  // Why it has missed, if it has, and when, in Unix nanoseconds.
  v1::ReminderReason missed = v1::REMINDER_REASON_UNSPECIFIED;
  int64_t missed_at = 0;

  // Whether it is for a patient whose contact hours are not open between `due` and `expire`.
  bool outside_contact_hours = false;

  // From when it may no longer be sent, in Unix seconds.
  int64_t expire = 0;
};

// One step on the way to a due time: what moved it, and to when.
struct Step {
  v1::TimeStepKind kind = v1::TIME_STEP_KIND_UNSPECIFIED;
  absl::Time time;
  Suspension suspension = {};  // Where it is a suspension that moved it, or made it be missed.
};
using Steps = std::vector<Step>;

// A rule at one of its times of day, for one patient.
struct Slot {
  const CompiledRule* rule = nullptr;
  int minute = 0;      // Of the day.
  int32_t spread = 0;  // The patient's part of the rule's spread, in seconds.

  // Of a rule for a visit: since when the visit stands where it does, in Unix nanoseconds, and when it begins if it is
  // booked, in Unix seconds. Nothing of it is due before or after.
  int64_t since = kNever;
  int64_t begins = kNoEnd;

  static constexpr int64_t kNever = std::numeric_limits<int64_t>::min();
  static constexpr int64_t kNoEnd = std::numeric_limits<int64_t>::max();
};

// A suspension, both bounds in Unix nanoseconds.
struct NanoSuspension {
  int64_t from = 0;
  int64_t until = 0;
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
};

// Finds out when occurrences are due, in steps, each of which may move the time:
//
//   nominal time -> contact hours (patients) or closed days (care team) -> spread -> each suspension, the enrollment
//   first
//
// What a suspension moves goes through hours, or closed days, and spread once more. What is late for the enrollment is
// not moved at all: whether it is depends on the pathway, the procedure and the enrollment alone, whatever becomes of
// calendars later.
//
// A rule for a visit that was booked once begins with the last change of the visit instead of with the enrollment, and
// what was over by then does not hold it up. While the visit is booked every window closes when the appointment begins
// at the latest; what could be due only then or later has missed, and lies where it would be: a task on an open day.
//
// For the occurrences of one slot neither due times (with nanos) nor expire times ever decrease from day to day; that
// is what lets a plan be walked in order without sorting it. It holds since every step alone keeps the order: hours and
// closed days move to the first time of a set that is not earlier, spread adds the same to all up to a limit that keeps
// the order, and a suspension moves all of a span to its end, but for those whose windows had closed, which are the
// earlier ones. A further step must keep it too.
//
// A task on a closed day is tried on the days that follow, at the same local time of the patient, until the clinic's
// calendar shows an open day. Its window is then that of the day it was moved to.
//
// Not thread safe; cheap to make and to copy. The facts must outlive it.
class Placer {
 public:
  explicit Placer(const PatientFacts& facts);

  // The slot's occurrence on the day with that number. Notes the steps where they are asked for.
  Placement Place(const Slot& slot, int64_t day, Steps* steps = nullptr);

  // The patient's.
  LocalClock& clock() { return clock_; }

  // What of the rule's spread is the patient's.
  int32_t SpreadFor(const CompiledRule& rule, absl::string_view rule_id) const;

 private:
  bool MoveToHours(Placement* placement, Steps* steps);
  bool MoveToOpenDay(const Slot& slot, int64_t day, Placement* placement, Steps* steps);
  bool MoveToOpening(const Slot& slot, int64_t day, Placement* placement, Steps* steps);
  void Spread(const Slot& slot, Placement* placement, Steps* steps);
  NanoSuspension BaseOf(const Slot& slot) const;
  bool Miss(const NanoSuspension& suspension, Placement* placement, Steps* steps);
  void Delay(const Slot& slot, const NanoSuspension& suspension, Placement* placement, Steps* steps);
  ClosedDays::Why WhyClosed(int64_t instant);

  const PatientFacts* facts_;
  const ClosedDays* closed_;  // Null where the clinic never is.
  NanoSuspension enrollment_;
  std::vector<NanoSuspension> suspensions_;  // What came later, by `until`.
  LocalClock clock_;
  LocalClock clinic_clock_;
};

// When the window closes of an occurrence of the rule that is due at that instant, whatever the schedule says: at or
// after its closing time of day, at the end of that local day.
absl::Time WindowEnd(const CompiledRule& rule, absl::Time due, absl::TimeZone zone);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_PLACEMENT_H_
