// The messages of all patients with one procedure date, and what happens to each message on its way.
#ifndef AFTERCARE_SCHEDULER_PLAN_YEAR_DATED_YEAR_H_
#define AFTERCARE_SCHEDULER_PLAN_YEAR_DATED_YEAR_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "scheduler/plan/cohort.h"
#include "scheduler/plan/contact_hours.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/year/visit_stories.h"
#include "scheduler/plan/year/year_report.h"

namespace aftercare::plan {

// The shortest time for which a message should be free to leave, in minutes.
inline constexpr int kShortestWindow = 60;

// A procedure date in a zone.
struct DateAndZone {
  absl::CivilDay date;
  std::string zone_name;
  absl::TimeZone zone;
};

// A message of a plan.
struct DatedMessage {
  int day = 0;   // The day on which it is due, after the procedure, on the patient's calendar.
  int rule = 0;  // By index.
  absl::CivilMinute nominal;
  bool is_sent = true;  // False if it never comes due, or no opening of the contact hours lets it out.
};

// The year of patients with one procedure date, in one zone, whose visits all go one way. It has the messages of all
// kinds of patient.
struct DatedYear {
  const DateAndZone* date = nullptr;
  VisitStory story = VisitStory::kNotBooked;
  std::vector<DatedMessage> messages;       // Those that are sent, by day, then by due time.
  std::vector<DatedMessage> unsent;         // Those of groups that are not sent.
  std::vector<std::pair<int, int>> phases;  // The first and last day of each phase.
};

// Walks the plans of one pathway, and notes what is wrong with single messages. Not thread safe. The pathway must
// outlive it.
class DatedYears {
 public:
  DatedYears(const CompiledPathway& pathway, ContactHours hours);

  // How visits may go: all ways for a pathway with rules for visits, else one.
  const std::vector<VisitStory>& stories() const { return stories_; }

  // Returns the years of a date, one for each story. They point to `date`.
  std::vector<DatedYear> At(const DateAndZone& date);

  // What is wrong with messages of a rule: a case of kContactHours, kBeforeVisit or kOpenWindow, the first of each
  // promise and rule, for kOpenWindow the shortest.
  const std::map<std::pair<Promise, int>, BrokenPromise>& broken() const { return broken_; }

  // Rules that had a day on which they could be due, and all rules that At looks at: not reactions, nor what depends on
  // a change of facts.
  const RuleSet& occurring() const { return occurring_; }
  const RuleSet& walked() const { return walked_; }

 private:
  PatientFacts FactsOf(const DateAndZone& date) const;
  // Adds the messages of `facts` that come due before the pathway ends, and before the stage ends if one is given.
  void Walk(const PatientFacts& facts, const VisitStage* stage, DatedYear* year);
  // Looks at reactions for patients as if each had been set off on the day after the procedure.
  void WalkReactions(const DateAndZone& date);
  // Notes what is wrong with a message. Returns whether it comes due.
  bool Examine(const Occurrence& occurrence, LocalClock* clock, const DatedYear& year);
  void Note(Promise promise, const Occurrence& occurrence, int minutes, const DatedYear& year);
  // For how many minutes the message is free to leave, at most kShortestWindow.
  int OpenMinutes(const Occurrence& occurrence, LocalClock* clock) const;
  // Adds the further questions of questionnaires, as if each was answered at once.
  void AddFurtherQuestions(DatedYear* year) const;

  const CompiledPathway& pathway_;
  const ContactHours hours_;
  std::vector<VisitStory> stories_;
  RuleSet of_procedure_;  // Rules that count from the procedure.
  RuleSet reactions_;     // Reactions that are messages.
  std::vector<std::pair<v1::VisitState, RuleSet>> of_visits_;  // Rules for visits by state.
  RuleSet walked_;
  RuleSet occurring_;
  std::map<std::pair<Promise, int>, BrokenPromise> broken_;
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_YEAR_DATED_YEAR_H_
