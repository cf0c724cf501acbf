// What the messages of a year are for each kind of patient: how many, how close, and where there are none.
#ifndef AFTERCARE_SCHEDULER_PLAN_YEAR_YEAR_LOAD_H_
#define AFTERCARE_SCHEDULER_PLAN_YEAR_YEAR_LOAD_H_

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/plan/cohort.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/year/broken_promises.h"
#include "scheduler/plan/year/dated_year.h"
#include "scheduler/plan/year/patient_kinds.h"
#include "scheduler/plan/year/year_report.h"

namespace aftercare::plan {

// Counts for every kind of patient, and notes caps that are exceeded, phases without a message, long silences and
// follow-ups whose question is not asked. Not thread safe. What it is given must outlive it.
//
// A message is certain if a patient gets it whatever the answers are: it has no observed conditions, is no reaction,
// and if it is of a group, it is of the group's first rule. Loads count all messages; silences and phases only those
// that are certain.
class YearLoad {
 public:
  // A silence may last for `most_silent_days`.
  YearLoad(const CompiledPathway& pathway, const PatientKinds& kinds, int most_silent_days, BrokenPromises* broken);

  // Counts the messages of one year, for all kinds.
  void Count(const DatedYear& year);

  // Writes the loads, phases and silent weeks of all years that were counted.
  void Report(YearReport* report) const;

 private:
  static constexpr int kYearDays = 366;
  static constexpr int kYearWeeks = 52;

  // A day with messages for the kind that is being counted.
  struct Day {
    int day = 0;
    int messages = 0;
    size_t begin = 0;      // The first message of the year that may be of the day, by index.
    bool certain = false;  // It has a certain message.
  };

  // The worst case of something. The factors of its patient are looked up in the end.
  template <typename T>
  struct Worst {
    T value;
    SharedCase shared;
  };

  // Reads from a year what is the same for all kinds.
  void ReadYear(const DatedYear& year);
  // Reads days_ and the messages of phases.
  void ReadDays(const DatedYear& year, int kind);
  // Count what has been read.
  void CountDays(const DatedYear& year, int kind);
  void CountYear(const DatedYear& year, int kind);
  void CountPhases(const DatedYear& year, int kind);
  void CountSilence(const DatedYear& year, int kind);
  void CountSilentWeeks(const DatedYear& year, int kind);
  // Notes a silence that begins on a day, if it is long.
  void NoteSilence(const DatedYear& year, int kind, int first, int days);
  // Notes a load of some days, and the cap that it breaks. `begin` is that of the first day.
  void NoteLoad(const DatedYear& year, int kind, size_t begin, int first, int last, int messages);
  // Returns the messages of a kind from one day to another.
  Load LoadOf(const DatedYear& year, int kind, size_t begin, int first, int last) const;
  void CheckFollowUps(const DatedYear& year, int kind);

  // Sets the parts of a load that are the most in any language.
  void SetParts(const std::vector<int>& by_language, Load* load) const;
  bool one_part_each() const { return parts_.empty(); }
  static YearPatient PatientOf(const DatedYear& year);

  const CompiledPathway& pathway_;
  const PatientKinds& kinds_;
  const int most_silent_days_;
  BrokenPromises& broken_;

  // Languages in which the rules' texts take different numbers of SMS parts, with those numbers. Empty if each text
  // takes one.
  std::vector<std::pair<std::string, std::vector<int>>> parts_;
  std::vector<RuleSet> certain_;  // By kind.

  // Of the year that is being counted.
  int year_number_ = 0;  // From 1.
  std::vector<std::vector<DatedMessage>> groups_;  // The messages of each group with follow-ups, by nominal time.
  std::array<int, kYearDays + 1> phase_of_day_{};  // The phase that began last; -1 if there is none.

  // Of the kind that is being counted.
  std::vector<Day> days_;
  std::vector<int> phase_messages_, phase_certain_;

  Worst<Load> day_, week_, whole_year_;
  std::vector<Worst<PhaseLoad>> phases_;
  Worst<SilentWeeks> silent_weeks_;
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_YEAR_YEAR_LOAD_H_
