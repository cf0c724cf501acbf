#ifndef AFTERCARE_SCHEDULER_PLAN_PATHWAY_H_
#define AFTERCARE_SCHEDULER_PLAN_PATHWAY_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "aftercare/v1/pathway.pb.h"
#include "aftercare/v1/visit.pb.h"
#include "scheduler/plan/field_errors.h"
#include "scheduler/plan/text.h"

namespace aftercare::plan {

// The most rules a pathway can have.
inline constexpr int kMaxRules = 500;

// The most appointments a visit of one enrollment can have.
inline constexpr int kMaxAppointments = 20;

// The most occurrences one enrollment can have, counted as if every rule applied, and those of visits to as many
// appointments as there can be.
inline constexpr int kMaxOccurrences = 20'000;

// A day relative to an anchor date: months first, clamped to the month's end, then days.
struct DayOffset {
  int months = 0;
  int days = 0;
};

// From one day to another, inclusive.
struct DaySpan {
  DayOffset first;
  DayOffset last;
};

// How a rule's days follow each other.
enum class Recurrence { kOn, kDaily, kWeekly, kMonthly };

// When an occurrence's window closes.
enum class WindowKind { kDays, kHours, kUntil };

// Holds for the values of a factor whose bits are set.
struct CompiledCondition {
  int factor = 0;
  uint64_t values = 0;
};

// The words of a rule in one language.
struct CompiledText {
  std::string locale;
  Template words;
};

// A rule, checked, with names resolved and numbers read.
struct CompiledRule {
  int phase = 0;
  v1::Audience audience = v1::AUDIENCE_PATIENT;
  std::vector<CompiledCondition> conditions;

  Recurrence recurrence = Recurrence::kOn;
  absl::InlinedVector<DayOffset, 1> on;  // For kOn, ascending.
  DaySpan span;                          // For the others.
  int interval = 1;
  uint8_t weekdays = 0;                     // For kWeekly: bit 0 is Monday. None: the weekday of the span's first day.
  absl::InlinedVector<int, 4> times;        // Minutes of the day, ascending.
  WindowKind window = WindowKind::kDays;
  int window_length = 0;                    // Days, hours, or the closing minute of the day.
  int spread = 0;                           // Seconds.
  bool supersede = false;

  int visit = -1;  // What the days count from: the visit with that index, while it is in this state, or the procedure.
  v1::VisitState visit_state = v1::VISIT_STATE_UNSPECIFIED;

  int group = -1;  // Index of the group it belongs to, or -1 for none.
  v1::AnswerKind answer = v1::ANSWER_KIND_UNSPECIFIED;

  absl::InlinedVector<CompiledText, 2> texts;
};

// A factor by its values' order.
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

// Rules that go together.
struct CompiledGroup {
  int64_t silence = 0;  // Seconds.
};

// A pathway revision, checked and made ready for planning. Immutable, so thread safe; share it between enrollments.
class CompiledPathway {
 public:
  // Checks everything the API says of pathways. Returns nothing if there is any fault, and adds every fault to
  // `errors`, with its path from the pathway. Output-only fields are not looked at. The work is bounded by the size
  // of `pathway`; no part of the limits can make it run long.
  static std::shared_ptr<const CompiledPathway> Compile(const v1::Pathway& pathway, FieldErrors* errors);

  CompiledPathway(const CompiledPathway&) = delete;
  CompiledPathway& operator=(const CompiledPathway&) = delete;

  // As it was given.
  const v1::Pathway& source() const { return source_; }

  int rule_count() const { return static_cast<int>(rules_.size()); }
  const CompiledRule& rule(int index) const { return rules_[index]; }
  const v1::Rule& rule_source(int index) const { return source_.rules(index); }

  int phase_count() const { return static_cast<int>(phases_.size()); }
  const DaySpan& phase_span(int index) const { return phases_[index]; }
  const v1::Phase& phase_source(int index) const { return source_.phases(index); }

  int factor_count() const { return static_cast<int>(factors_.size()); }
  const CompiledFactor& factor(int index) const { return factors_[index]; }

  int visit_count() const { return static_cast<int>(visits_.size()); }
  const CompiledVisit& visit(int index) const { return visits_[index]; }
  const v1::PathwayVisit& visit_source(int index) const { return source_.visits(index); }

  const CompiledGroup& group(int index) const { return groups_[index]; }

  // Index by id, or -1.
  int FindRule(absl::string_view id) const { return Find(rule_ids_, id); }
  int FindPhase(absl::string_view id) const { return Find(phase_ids_, id); }
  int FindFactor(absl::string_view id) const { return Find(factor_ids_, id); }
  int FindVisit(absl::string_view id) const { return Find(visit_ids_, id); }
  int FindGroup(absl::string_view id) const { return Find(group_ids_, id); }

  // The words of a rule for a patient's locale: that of `es-MX`, else of `es`, else of the default locale. An empty or
  // malformed locale is served by the default. Valid as long as the pathway.
  const CompiledText& TextFor(int rule, absl::string_view locale) const;

 private:
  friend class PathwayCompiler;
  using Ids = absl::flat_hash_map<std::string, int>;

  CompiledPathway() = default;
  static int Find(const Ids& ids, absl::string_view id);

  v1::Pathway source_;
  std::string default_locale_;
  std::vector<CompiledRule> rules_;
  std::vector<DaySpan> phases_;
  std::vector<CompiledFactor> factors_;
  std::vector<CompiledVisit> visits_;
  std::vector<CompiledGroup> groups_;
  Ids rule_ids_;
  Ids phase_ids_;
  Ids factor_ids_;
  Ids visit_ids_;
  Ids group_ids_;
};

// The date `offset` after `anchor`.
absl::CivilDay DateOf(const DayOffset& offset, absl::CivilDay anchor);

// Two dates, inclusive.
struct DateRange {
  absl::CivilDay first;
  absl::CivilDay last;
};

// From when to when the phase with that index runs for a patient.
DateRange PhaseDates(const CompiledPathway& pathway, int phase, absl::CivilDay procedure_date);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_PATHWAY_H_
