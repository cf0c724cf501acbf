// A pathway revision, checked and compiled for planning.
//
// Thread safety: CompiledPathway is immutable, so it may be used from any thread. Functions are pure.
#ifndef AFTERCARE_SCHEDULER_PLAN_PATHWAY_H_
#define AFTERCARE_SCHEDULER_PLAN_PATHWAY_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "aftercare/v1/pathway.pb.h"
#include "aftercare/v1/visit.pb.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/message_caps.h"
#include "scheduler/plan/text.h"

namespace aftercare::plan {

// The largest number of rules in a pathway.
inline constexpr int kMaxRules = 500;

// The largest number of appointments for one visit of one enrollment.
inline constexpr int kMaxAppointments = 20;

// The largest number of triggers that count for one reaction of one enrollment. Of more, the last count.
inline constexpr int kMaxTriggers = 100;

// The largest number of occurrences in one enrollment, counted as if every rule applied, every visit had
// kMaxAppointments appointments and every reaction kMaxTriggers triggers.
inline constexpr int kMaxOccurrences = 20'000;

// A day relative to an anchor date: first the months are added, clamped to the last day of the month, then the days.
struct DayOffset {
  int months = 0;
  int days = 0;
};

// From one day to another, inclusive.
struct DaySpan {
  DayOffset first;
  DayOffset last;
};

// How the days of a rule are given: as a list (`on`), or by a repetition.
enum class Recurrence { kOn, kDaily, kWeekly, kMonthly };

// How the end of an occurrence's window is given: days or hours after it is due, or a time of day.
enum class WindowKind { kDays, kHours, kUntil };

// A condition of a rule: the factor has one of some values.
struct CompiledCondition {
  int factor = 0;       // Index of the factor.
  uint64_t values = 0;  // A bit for each value that satisfies the condition, by its index in the factor.
};

// The text of a rule in one language.
struct CompiledText {
  std::string locale;
  Template words;
};

// What a rule reacts to: one of the conditions of v1::Reaction.
enum class ReactionKind { kNone, kScoreAtLeast, kScoreAtMost, kChoice, kDone, kNotDone, kAnswered, kNoAnswer, kWord };

// When a rule is due because of an answer.
struct CompiledReaction {
  ReactionKind kind = ReactionKind::kNone;
  int value = 0;           // The score or the choice; for kWord the index of the word list.
  std::vector<int> rules;  // The rules whose answers are meant, by index, ascending.
  int questionnaire = -1;  // Index of the questionnaire whose score is meant instead; -1 for none.

  // The effect: a group ends, or a factor gets a value. Indexes; -1 for none.
  int end_group = -1;
  int factor = -1;
  int factor_value = -1;
};

// An answer's bound in v1::ObservedAnswers, by the kind of reaction that it is like, and its number.
struct CompiledAnswerBound {
  ReactionKind kind = ReactionKind::kNone;  // kScoreAtLeast, kScoreAtMost, kChoice, kDone or kNotDone.
  int value = 0;                            // The score or the choice.
};

// A condition on what the patient answered: v1::ObservedCondition.
struct CompiledObservation {
  bool unless = false;

  // For ObservedAnswers: the rules, by index, ascending; empty for ObservedAdherence.
  std::vector<int> rules;
  CompiledAnswerBound says;
  int last = 1;

  // For ObservedAdherence.
  std::string category;  // Empty: all.
  int days = 0;          // 0: since the enrollment.
  v1::AdherenceMeasure measure = v1::ADHERENCE_MEASURE_DONE;
  bool at_least = false;  // The share is at least `percent`; else it is below.
  int percent = 0;
  int min_asked = 1;
};

// An escalation step of a task.
struct CompiledEscalation {
  int64_t seconds = 0;   // From the deadline before to the new one.
  std::string category;  // Empty: as before.
  v1::Urgency urgency = v1::URGENCY_UNSPECIFIED;  // UNSPECIFIED: as before.
  std::string team;      // Id of the clinic's team that is told of the step. Empty: nobody is told.
};

// A rule whose references are resolved to indexes and whose texts and numbers are parsed.
struct CompiledRule {
  int phase = 0;  // Index of the phase.
  v1::Audience audience = v1::AUDIENCE_PATIENT;
  std::vector<CompiledCondition> conditions;

  Recurrence recurrence = Recurrence::kOn;
  absl::InlinedVector<DayOffset, 1> on;  // For kOn, ascending.
  DaySpan span;                          // For kDaily, kWeekly and kMonthly.
  int interval = 1;                      // For kDaily, kWeekly and kMonthly: every how many days, weeks or months.
  uint8_t weekdays = 0;                  // For kWeekly: see weekdays.h. Empty: the weekday of the span's first day.
  absl::InlinedVector<int, 4> times;     // Minutes since midnight, ascending.
  WindowKind window = WindowKind::kDays;
  int window_length = 0;  // For kDays days, for kHours hours, for kUntil minutes since midnight.
  int spread = 0;         // Seconds.
  bool supersede = false;

  // What the rule tells, and whom: CompiledPathway::series, with a mark if the rule is a task of the care team. Only
  // for comparison.
  std::string series;

  // The days count from this visit, given by its index, and the rule applies only while the visit is in this state. -1:
  // the days count from the procedure.
  int visit = -1;
  v1::VisitState visit_state = v1::VISIT_STATE_UNSPECIFIED;
  bool outside_window = false;  // Of VisitAnchor.

  // The days count from the change that left messages untold (PatientFacts::never_told).
  bool on_never_told = false;

  // The days count from each answer that the rule reacts to (PatientFacts::triggers). There is one day then.
  CompiledReaction reaction;
  bool IsReaction() const { return reaction.kind != ReactionKind::kNone; }
  bool at_answer = false;  // There are no times of day: it is due at the time of the answer. `times` has one entry.

  // Returns whether what the rule tells belongs to one event: an agreed start of an appointment, a change of facts or
  // an answer.
  bool IsOfEvent() const {
    return on_never_told || IsReaction() || (visit >= 0 && visit_state != v1::VISIT_STATE_UNBOOKED);
  }

  // Of a task.
  v1::Urgency urgency = v1::URGENCY_UNSPECIFIED;  // Never UNSPECIFIED for a task, always for a message.
  std::vector<CompiledEscalation> escalation;
  std::string team;  // Id of the clinic's team that is told when it comes due. Empty: nobody is told.

  // Returns whether the reminder comes due while the enrollment is paused: what a patient writes has to reach somebody.
  bool IgnoresPauses() const { return IsReaction() && audience == v1::AUDIENCE_CARE_TEAM; }

  // Returns whether the task is due on days on which the clinic is closed.
  bool IgnoresClosedDays() const { return urgency > v1::URGENCY_ROUTINE; }

  int group = -1;  // Index of the group, or -1 for none.
  bool follow_up = false;  // The message follows up the question of its group.
  bool is_safety = false;  // The message is of one of the pathway's safety categories.
  v1::AnswerKind answer = v1::ANSWER_KIND_UNSPECIFIED;

  // For ANSWER_KIND_CHOICE: the labels of each choice in all languages. Each is its words as BareWords (reply_text.h)
  // reads them, joined by one space.
  std::vector<std::vector<std::string>> choices;
  std::vector<int> points;  // What each choice counts in a questionnaire.

  // For ANSWER_KIND_SCORE.
  int min_score = 0;
  int max_score = 10;

  std::vector<CompiledObservation> observed;  // All must hold when the reminder comes due.

  // Place of the rule's category in Pathway.important_categories, or their number if it is not there. What is less
  // comes first.
  int importance = 0;

  int questionnaire = -1;  // Index of the questionnaire that the rule is a question of; -1 for none.

  absl::InlinedVector<CompiledText, 2> texts;
  std::vector<CompiledText> discreet_texts;  // The versions without health information. Empty: there are none.
};

// A factor with its values, in the order of the pathway.
struct CompiledFactor {
  std::vector<std::string> values;
  int default_value = -1;  // Index into values, or -1 for none.
};

// A follow-up appointment the pathway prescribes.
struct CompiledVisit {
  DayOffset target;  // From the procedure date.
  int days_before = 0;
  int days_after = 0;
  int duration = 0;  // Seconds.
};

// A group of rules that go together.
struct CompiledGroup {
  int64_t silence = 0;  // Seconds.
};

// A list of words that rules may react to: phrases, each as its words, as BareWords
// (reply_text.h) reads them.
struct CompiledWordList {
  std::vector<std::vector<std::string>> phrases;
};

// Questions in turn: v1::Questionnaire.
struct CompiledQuestionnaire {
  std::vector<int> rules;        // By index, in the order in which they ask.
  std::map<int, double> table;   // The score for each sum. Empty: the score is offset + factor * sum.
  double offset = 0;
  double factor = 1;
};

// Indexes of phases, rules and the like, by their ids.
using IdIndex = absl::flat_hash_map<std::string, int>;

// Returns the index of an id, or -1 if there is none.
int FindIndex(const IdIndex& index, absl::string_view id);

// What a compiled pathway consists of. CheckPathway (pathway_check.h) makes it; everybody else uses CompiledPathway.
struct PathwayParts {
  v1::Pathway source;
  std::string default_locale;
  std::vector<CompiledRule> rules;
  std::vector<DaySpan> phases;
  std::vector<CompiledFactor> factors;
  std::vector<CompiledVisit> visits;
  std::vector<CompiledGroup> groups;
  std::vector<CompiledWordList> word_lists;
  std::vector<int> reactions;  // The rules that are reactions, by index.
  std::vector<CompiledQuestionnaire> questionnaires;
  MessageCaps caps;
  std::optional<DayOffset> end;  // From the procedure date.
  IdIndex rule_ids;
  IdIndex phase_ids;
  IdIndex factor_ids;
  IdIndex visit_ids;
  IdIndex group_ids;
  IdIndex word_list_ids;
  IdIndex questionnaire_ids;
};

// A pathway revision, checked and ready for planning. Immutable. One instance serves all enrollments on the revision.
class CompiledPathway {
 public:
  // Checks a pathway by all rules of the API and compiles it. Adds an error for every faulty field, with its path from
  // the pathway, and returns null then. Ignores output-only fields. The time it takes is bounded by the size of
  // `pathway`, whatever is in it.
  static std::shared_ptr<const CompiledPathway> Compile(const v1::Pathway& pathway, FieldErrors* errors);

  CompiledPathway(const CompiledPathway&) = delete;
  CompiledPathway& operator=(const CompiledPathway&) = delete;

  // The pathway as the client sent it.
  const v1::Pathway& source() const { return parts_.source; }

  int rule_count() const { return static_cast<int>(parts_.rules.size()); }
  const CompiledRule& rule(int index) const { return parts_.rules[index]; }
  const v1::Rule& rule_source(int index) const { return parts_.source.rules(index); }

  // What the rule tells the patient, which other rules may tell as well: its `series`, or else its id. Valid as long as
  // the pathway.
  const std::string& series(int rule) const {
    const v1::Rule& source = rule_source(rule);
    return source.series().empty() ? source.id() : source.series();
  }

  int phase_count() const { return static_cast<int>(parts_.phases.size()); }
  const DaySpan& phase_span(int index) const { return parts_.phases[index]; }
  const v1::Phase& phase_source(int index) const { return parts_.source.phases(index); }

  int factor_count() const { return static_cast<int>(parts_.factors.size()); }
  const CompiledFactor& factor(int index) const { return parts_.factors[index]; }

  int visit_count() const { return static_cast<int>(parts_.visits.size()); }
  const CompiledVisit& visit(int index) const { return parts_.visits[index]; }
  const v1::PathwayVisit& visit_source(int index) const { return parts_.source.visits(index); }

  const CompiledGroup& group(int index) const { return parts_.groups[index]; }

  int word_list_count() const { return static_cast<int>(parts_.word_lists.size()); }
  const CompiledWordList& word_list(int index) const { return parts_.word_lists[index]; }
  const v1::WordList& word_list_source(int index) const { return parts_.source.word_lists(index); }

  // The rules that are reactions, by index, ascending.
  const std::vector<int>& reactions() const { return parts_.reactions; }

  int questionnaire_count() const { return static_cast<int>(parts_.questionnaires.size()); }
  const CompiledQuestionnaire& questionnaire(int index) const { return parts_.questionnaires[index]; }
  const v1::Questionnaire& questionnaire_source(int index) const { return parts_.source.questionnaires(index); }

  const MessageCaps& caps() const { return parts_.caps; }

  // The day at whose end enrollments end by themselves, from the procedure date. Nothing: they run on.
  const std::optional<DayOffset>& end() const { return parts_.end; }

  // Return the index of an id, or -1 if the pathway has none.
  int FindRule(absl::string_view id) const { return FindIndex(parts_.rule_ids, id); }
  int FindPhase(absl::string_view id) const { return FindIndex(parts_.phase_ids, id); }
  int FindFactor(absl::string_view id) const { return FindIndex(parts_.factor_ids, id); }
  int FindVisit(absl::string_view id) const { return FindIndex(parts_.visit_ids, id); }
  int FindGroup(absl::string_view id) const { return FindIndex(parts_.group_ids, id); }
  int FindWordList(absl::string_view id) const { return FindIndex(parts_.word_list_ids, id); }

  // Returns whether any rule counts from a change that left messages untold.
  bool CountsFromNeverTold() const;

  // The text of a rule in a patient's locale. For `es-MX` that is the text in `es-MX`, or else in `es`, or else in the
  // default locale; for an empty or malformed locale it is the one in the default locale. If `discreet`, it is one of
  // the rule's texts without health information, where the rule has such. Valid as long as the pathway.
  const CompiledText& TextFor(int rule, absl::string_view locale, bool discreet = false) const;

 private:
  explicit CompiledPathway(PathwayParts parts) : parts_(std::move(parts)) {}

  const PathwayParts parts_;
};

// The date that lies `offset` after `anchor`.
absl::CivilDay DateOf(const DayOffset& offset, absl::CivilDay anchor);

// Two dates, inclusive.
struct DateRange {
  absl::CivilDay first;
  absl::CivilDay last;
};

// The first and last date of a phase, given by its index, for a patient.
DateRange PhaseDates(const CompiledPathway& pathway, int phase, absl::CivilDay procedure_date);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_PATHWAY_H_
