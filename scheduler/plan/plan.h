// The plan of one patient: what is due when, computed from the pathway and the facts.
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

  // Counts the occurrences of the rule from 1, by nominal local time, whatever the time of enrollment. For a rule of a
  // visit, those of one appointment are counted before those of the next; for a reaction, those of one trigger
  // (PatientFacts::triggers).
  int number = 0;

  // When the occurrence comes due: the instant of the nominal time, moved by the steps of Placer. Never sent earlier.
  absl::Time due;

  // When the window ends. The occurrence must not be sent at or after this time. Always after `due`.
  absl::Time expire;

  // The time that the pathway names, on the patient's calendar and clock.
  absl::CivilMinute nominal;

  // Set if the occurrence has missed, that is, never comes due. Either its window closed while the plan was suspended
  // (LATE_ENROLLMENT, PAUSED, MOVED_BY_REANCHOR, VISIT_CHANGED), or it would be due only when the appointment that it
  // is about has begun (WINDOW_CLOSED). `due` is then when it would have been due.
  v1::ReminderReason missed = v1::REMINDER_REASON_UNSPECIFIED;

  // Set if the occurrence has missed: when it did. For PAUSED that is the end of its window, otherwise the end of the
  // suspension.
  absl::Time missed_time;

  // True if contact hours are closed from `due` to `expire`. Such a message is never sent.
  bool outside_contact_hours = false;
};

// An iterator over the occurrences of one patient, ordered by (due, rule, number). They are computed, not stored.
//
// A change of clocks can put the end of a window at or before the nominal instant. A window that ends with a local day
// then ends with the local day that the instant lies in, and a window with a closing time stays open for a minute.
//
// Not thread safe. The pathway must outlive the plan. Allocates nothing for pathways of up to 64 pairs of rule and time
// of day, and once for larger ones.
class Plan {
 public:
  // The plan stands before its first occurrence.
  Plan(const CompiledPathway& pathway, const PatientFacts& facts);

  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  // Moves before the first occurrence with due >= t, forward or back. The cost does not depend on the distance.
  void Seek(absl::Time t);

  // Moves to the next occurrence and writes it to `out`. Returns false, and leaves `out` unchanged, if there is none.
  bool Next(Occurrence* out);

  // Writes occurrence `number` of a rule to `out`, and the steps to its due time to `steps` unless that is null. Does
  // not move the plan. Returns false, and leaves `out` unchanged, if the rule does not apply to the patient or has no
  // such occurrence.
  bool Find(int rule, int number, Occurrence* out, Steps* steps = nullptr) const;

  // As Find, for the occurrence that NameCodeOf gives this code.
  bool FindNamed(int rule, int64_t code, Occurrence* out, Steps* steps = nullptr) const;

 private:
  // The occurrences of a rule at one of its times of day, for one trigger if it is a reaction. They come due in the
  // order of their days, even across changes of clocks: a day or more lies between them, and clocks are never set by
  // more than a day. This does not hold for a whole rule.
  struct Series {
    int days = 0;     // Index into days_.
    int rule = 0;     // Index into the pathway's rules.
    int time = 0;     // Index into the rule's times.
    int next = 0;     // Index, within the rule's days, of the next occurrence.
    int before = 0;   // The number of the rule's occurrences for earlier appointments or triggers.
    Slot slot;
    int64_t day = 0;  // The day number of the next occurrence,
    Placement place;  // and its place in time.
  };

  // The next occurrence of a series, for the heap.
  struct Head {
    int64_t due = 0;   // Unix nanoseconds.
    uint64_t tie = 0;  // The rule in the upper half, the number in the lower: the order of what is due at one time.
    int series = 0;    // Index into series_.
  };

  static bool Before(const Head& a, const Head& b) { return a.due != b.due ? a.due < b.due : a.tie < b.tie; }

  // What the days of a rule count from: one anchor, or one for each trigger.
  struct Anchors {
    int count = 0;
    const Trigger* triggers = nullptr;  // Of a reaction. Not owned.
  };
  Anchors AnchorsOf(int rule) const;

  // Makes the series of all rules, if they were not made before. Who only calls Find needs none.
  void AddAllSeries();

  // The functions below take the index of one of the rule's anchors.

  // Adds the series of a rule that counts from one anchor.
  void AddSeries(int rule, const Anchors& anchors, int anchor);
  RuleDays DaysOf(int rule, const Anchors& anchors, int anchor, Placer* placer) const;
  // The number of a rule's occurrences for earlier appointments of its visit, or earlier triggers, if it has that many
  // days.
  int CountBefore(int rule, int anchor, int days) const;
  Slot SlotOf(int rule, const Anchors& anchors, int anchor, int time, Placer* placer) const;
  // FindNamed, among the occurrences that count from one anchor.
  bool FindAfter(int rule, const Anchors& anchors, int anchor, int64_t code, Occurrence* out, Steps* steps) const;
  void Fill(const Slot& slot, int64_t day, const Placement& place, Occurrence* out) const;
  // Places the next occurrence of a series. Returns false if there is none.
  bool LoadHead(int series, Head* head);
  // Fills the heap.
  void LoadHeads();
  // Restores the heap after the element at `index` has grown.
  void SiftDown(size_t index);
  int64_t NearLocal(int64_t nanos);
  void SeekSeries(Series* series, int64_t t, int64_t estimate);

  const CompiledPathway& pathway_;
  PatientFacts facts_;
  int64_t begun_;  // When the plan begins, in Unix nanoseconds: the enrollment or the last change of facts.
  Placer placer_;
  bool has_series_ = false;  // Whether days_ and series_ are filled.
  absl::InlinedVector<RuleDays, 48> days_;
  absl::InlinedVector<Series, 64> series_;
  absl::InlinedVector<Head, 64> heads_;  // A heap, the earliest first.
  bool loaded_ = false;                  // Whether heads_ is filled, which is put off until it is needed.
};

// Returns what set off an occurrence of `rule`, which must be a reaction.
const Trigger& TriggerOf(const CompiledRule& rule, const Occurrence& occurrence, const PatientFacts& facts);

// Returns the code of an occurrence's name, without a count (reminder_name.h). No two occurrences of a rule in one plan
// have the same. Pure and thread safe.
int64_t NameCodeOf(const CompiledRule& rule, absl::CivilMinute nominal);
inline int64_t NameCodeOf(const CompiledPathway& pathway, const Occurrence& occurrence) {
  return NameCodeOf(pathway.rule(occurrence.rule), occurrence.nominal);
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_PLAN_H_
