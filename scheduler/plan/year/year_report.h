// What a walk over a year of a pathway finds (year_walk.h). Plain values.
#ifndef AFTERCARE_SCHEDULER_PLAN_YEAR_YEAR_REPORT_H_
#define AFTERCARE_SCHEDULER_PLAN_YEAR_YEAR_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"

namespace aftercare::plan {

// What becomes of all visits of a patient. An appointment is at 10:00 on the target date of the visit.
enum class VisitStory {
  kNotBooked,  // Nobody ever books one.
  kAttended,   // Booked 60 days ahead, and attended.
  kMissed,     // Booked 21 days ahead, and recorded as missed at 17:00.
  kCancelled,  // Booked 21 days ahead, and cancelled 3 days ahead.
  kNotRecorded,  // Booked 60 days ahead, and nobody ever records what became of it.
};

// A value of a factor, both by index. `value` is -1 if nothing is recorded about the patient.
struct FactorValue {
  int factor = 0;
  int value = 0;
};

// A patient as a counterexample.
struct YearPatient {
  // The values that matter, ascending by factor: a patient with these is one, whatever the other factors are. Empty:
  // any patient is one. Where not all combinations were walked, it has all factors that the pathway's rules name.
  std::vector<FactorValue> factors;

  absl::CivilDay procedure_date;
  std::string zone;
  VisitStory story = VisitStory::kNotBooked;
};

// A promise that a pathway makes. A pathway that breaks one has a mistake in it.
enum class Promise {
  kDailyCap,        // No day has more messages than the pathway's cap. Messages of safety categories count.
  kWeeklyCap,       // Nor have any seven days in a row.
  kContactHours,    // Contact hours let each message out before its window closes.
  kBeforeVisit,     // A message before an appointment comes due before the appointment begins.
  kOpenWindow,      // Each message can be sent for an hour at least.
  kPhase,           // Each patient gets a message in each phase, whatever the answers are.
  kSilence,         // No patient hears nothing for long while a phase lasts.
  kQuestion,        // Before each follow-up its question is asked.
  kReaction,        // Who a reaction is for is asked what it reacts to.
  kQuestionnaire,   // Who is asked the first question of a questionnaire can be asked all.
  kVisitAskedFor,   // Each patient is asked to book each visit.
  kVisitReminder,   // Each patient is reminded of a booked visit in its last week.
  kText,            // A language that most messages are written in has a text of each message.
  kApplies,         // Each rule applies to some patient.
  kOccurs,          // Each rule that applies is due for somebody. Not said if kContactHours or kBeforeVisit says why.
};

// A promise that is broken, with the first or the worst case of it. There is one for each promise and rule (or phase,
// visit, question, language), however many patients share it. Indexes are -1, and lists empty, where they say nothing.
struct BrokenPromise {
  Promise promise = Promise::kDailyCap;

  // Whose promise it is.
  int rule = -1;           // A rule, or for kReaction the reaction.
  int question = -1;       // For kReaction, kQuestionnaire: the rule that is not asked.
  int phase = -1;          // For kPhase; for kSilence the phase in which the silence begins.
  int visit = -1;          // For kVisitAskedFor and kVisitReminder.
  int questionnaire = -1;  // For kQuestionnaire, and kReaction to a questionnaire's score.
  std::string locale;      // For kText.
  bool discreet = false;   // For kText: it is about the texts without health information.

  // The case.
  int count = 0;                              // Messages; days of silence; for kOpenWindow minutes.
  int limit = 0;                              // What `count` should be at most, or for kOpenWindow at least.
  int first_day = 0;                          // Days after the procedure: the day, the week or the silence.
  int last_day = 0;
  std::vector<int> rules;                     // For the caps: what is due, by index, in order.
  std::optional<absl::CivilMinute> nominal;   // For a message: when it is due by the pathway.
  YearPatient patient;                        // Not for kText, kApplies and kOccurs.

  // For the caps: all days on which too much is due for somebody, or on which such a week begins; ascending.
  std::vector<int> days;

  // How many combinations of factors share it, of those that were walked.
  int64_t combinations = 0;
};

// The most messages of some days for one patient.
struct Load {
  int messages = 0;
  int safety = 0;          // Of them, those of safety categories.
  int parts = 0;           // How many SMS parts they take with the sample names (message_check.h).
  std::string locale;      // In which language they take that many. Empty if they do in every one.
  int first_day = 0;       // Days after the procedure.
  std::vector<int> rules;  // What is due, by index, in order. Empty for a whole year.
  YearPatient patient;
};

// How much a phase says.
struct PhaseLoad {
  int least = 0;  // Messages of its rules that a patient gets at least, whatever the answers are.
  int most = 0;   // Messages of its rules that a patient gets at most.

  // The longest run of days without a message, of those that begin in the phase. The phase is the one that began last.
  int silent_days = 0;
  int silent_from = 0;  // Days after the procedure.
  YearPatient patient;  // Who hears nothing for so long.
};

// The patient with the most weeks of recovery without a message.
struct SilentWeeks {
  std::vector<int> weeks;  // Ascending, from 1.
  YearPatient patient;
};

struct YearReport {
  // What was walked.
  int64_t combinations = 0;         // Combinations of factors, each also left out.
  int64_t walked_combinations = 0;  // Less if there are too many.
  int kinds = 0;                    // Of them, those to whom different rules apply.
  int dates = 0;                    // Procedure dates.
  int walked_dates = 0;             // Less if there is too much to walk.
  int years = 0;                    // Different years of messages that were looked at.
  std::vector<VisitStory> stories;

  Load heaviest_day;
  Load heaviest_week;  // Seven days in a row.
  Load heaviest_year;  // Days 0 to 366, by SMS parts.
  std::vector<PhaseLoad> phases;  // By index.
  SilentWeeks silent_weeks;

  std::vector<BrokenPromise> broken;  // In the order of Promise, then of the file.
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_YEAR_YEAR_REPORT_H_
