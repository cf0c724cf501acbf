// Collects broken promises: one for each promise and whose it is, with the worst case.
#ifndef AFTERCARE_SCHEDULER_PLAN_YEAR_BROKEN_PROMISES_H_
#define AFTERCARE_SCHEDULER_PLAN_YEAR_BROKEN_PROMISES_H_

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "scheduler/plan/year/patient_kinds.h"
#include "scheduler/plan/year/year_report.h"

namespace aftercare::plan {

// The kinds of patient that share one case: in the same year, on the same day.
class SharedCase {
 public:
  // Begins with a case of `kind`. `year` is a number that no other year has.
  void Begin(int kind, int year, int day, const PatientKinds& kinds);
  // Adds a kind, if its case is of the same year and day.
  void Join(int kind, int year, int day);

  // Returns the factors that make a patient share the case.
  std::vector<FactorValue> Factors(const PatientKinds& kinds) const;

  bool empty() const { return kind_ < 0; }

 private:
  int kind_ = -1;
  int year_ = 0;
  int day_ = 0;
  std::vector<bool> kinds_;
};

// Not thread safe. The kinds must outlive it.
class BrokenPromises {
 public:
  explicit BrokenPromises(const PatientKinds& kinds) : kinds_(kinds) {}

  // Notes that a promise is broken for a kind of patient, on a day after the procedure of a year. `year` is a number
  // that no other year has. Returns the place of the case, which the caller sets: BrokenPromise without whose promise
  // it is, `count`, `days`, the factors of the patient and `combinations`. Returns null if the case that was noted
  // before is as bad: `count` tells how bad one is.
  BrokenPromise* Note(const BrokenPromise& whose, int kind, int count, int year, int day);

  // Notes a day for BrokenPromise::days of a promise that has been noted.
  void NoteDay(const BrokenPromise& whose, int day);

  // Notes a promise that is broken for all patients to whom `rule` applies.
  void NoteForRule(const BrokenPromise& broken, int rule);

  // Returns all, in the order of YearReport.
  std::vector<BrokenPromise> Take();

 private:
  // The promise, the rule, the question, the phase, the visit, the questionnaire, the locale, and whether it is about
  // discreet texts.
  using Key = std::tuple<Promise, int, int, int, int, int, std::string, bool>;
  struct Entry {
    BrokenPromise broken;
    SharedCase shared;
    std::vector<bool> kinds;  // By kind: whether it has any case.
    std::set<int> days;
  };

  static Key KeyOf(const BrokenPromise& whose) {
    return {whose.promise, whose.rule,          whose.question, whose.phase,
            whose.visit,   whose.questionnaire, whose.locale,   whose.discreet};
  }

  const PatientKinds& kinds_;
  std::map<Key, Entry> entries_;
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_YEAR_BROKEN_PROMISES_H_
