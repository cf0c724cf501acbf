#ifndef AFTERCARE_SCHEDULER_PLAN_PLAN_H_
#define AFTERCARE_SCHEDULER_PLAN_PLAN_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/placement.h"
#include "scheduler/plan/rule_days.h"

namespace aftercare::plan {

// One instance of a rule for one patient.
struct Occurrence {
  // Index of the rule in the pathway.
  int rule = 0;

  // Counted from 1 in order of nominal local time within the rule, whatever the time of enrollment. Of a rule for a
  // visit those of one appointment are counted before those of the next.
  int number = 0;

  // From when it may be sent: the instant of the nominal time, moved as Placer says.
  absl::Time due;

  // From when it may no longer be sent. Always after `due`.
  absl::Time expire;

  // What the pathway says, by the patient's calendar and clock.
  absl::CivilMinute nominal;

  // Why it has missed without ever coming due, if it has: its window closed while the plan was held up
  // (LATE_ENROLLMENT, PAUSED, MOVED_BY_REANCHOR, VISIT_CHANGED), or the appointment it is about begins before it
  // (WINDOW_CLOSED). `due` is then when it would have been.
  v1::ReminderReason missed = v1::REMINDER_REASON_UNSPECIFIED;

  // When it missed, if it has: for PAUSED when its window closed, else when the suspension was over.
  absl::Time missed_time;

  // Whether contact hours are closed from `due` to `expire`: it must not be sent.
  bool outside_contact_hours = false;
};

// Walks the plan of one patient in order of (due, rule, number), without storing it.
//
// How a window that clocks would close too soon is kept open: where a change of clocks puts the close at or before the
// nominal instant, a window that ends with a local day ends with the local day the instant lies in, and one with a
// closing time stays open for a minute.
//
// Not thread safe. The pathway must outlive the plan. Allocates nothing for pathways of up to 64 (rule, time) pairs
// and once for larger ones.
class Plan {
 public:
  // Stands before the first occurrence.
  Plan(const CompiledPathway& pathway, const PatientFacts& facts);

  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  // Stands before the first occurrence with due >= t, as if all earlier ones had been skipped from the start. Back and
  // forth, at a cost that does not depend on how far.
  void Seek(absl::Time t);

  // Moves to the next occurrence and writes it to `out`. False, leaving `out` alone, when there is none.
  bool Next(Occurrence* out);

  // Writes the occurrence with that number of that rule, wherever the plan stands, and without moving it; and how its
  // due time came about, where that is asked for. False, leaving `out` alone, when the rule does not apply to the
  // patient or has no such number.
  bool Find(int rule, int number, Occurrence* out, Steps* steps = nullptr) const;

 private:
  // A rule at one of its times of day. Its occurrences come due in their own order even across changes of clocks, since
  // a day or more lies between them and clocks are never set by more than a day. Those of the whole rule need not.
  struct Series {
    int days = 0;        // Index into days_.
    int rule = 0;        // Index into the pathway's rules.
    int time = 0;        // Index into the rule's times.
    int next = 0;        // Index into the days, of the occurrence at the head.
    int before = 0;      // Number of the rule's occurrences for earlier appointments.
    Slot slot;
    int64_t day = 0;     // Of the head: its day number, and
    Placement place;     // where it lies.
  };

  // The head of a series that is not exhausted, ordered by (due, rule, number).
  struct Head {
    int64_t due = 0;   // Unix nanoseconds.
    uint64_t tie = 0;  // Rule, then number.
    int series = 0;
  };

  static bool Before(const Head& a, const Head& b) { return a.due != b.due ? a.due < b.due : a.tie < b.tie; }

  RuleDays DaysOf(int rule) const;
  int CountBefore(int rule, int days) const;
  Slot SlotOf(int rule, int time, const Placer& placer) const;
  void Fill(const Slot& slot, int64_t day, const Placement& place, Occurrence* out) const;
  bool LoadHead(int series, Head* head);
  void LoadHeads();
  void SiftDown(size_t index);
  int64_t NearLocal(int64_t nanos);
  void SeekSeries(Series* series, int64_t t, int64_t estimate);

  const CompiledPathway& pathway_;
  PatientFacts facts_;
  int64_t begun_;  // Up to when all that is still open is due then: enrollment, last change. In Unix nanoseconds.
  Placer placer_;
  absl::InlinedVector<RuleDays, 48> days_;
  absl::InlinedVector<Series, 64> series_;
  absl::InlinedVector<Head, 64> heads_;  // A heap, least first.
  bool loaded_ = false;                  // Whether heads_ is filled; that waits for the first use.
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_PLAN_H_
