// Checks of the spans and schedules in a pathway. Used by CheckPathway only.
#ifndef AFTERCARE_SCHEDULER_PLAN_SCHEDULE_CHECK_H_
#define AFTERCARE_SCHEDULER_PLAN_SCHEDULE_CHECK_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// Compares day offsets for all anchor dates at once. The number of days between two monthly dates depends on the
// anchor, so every anchor of a four-year leap cycle that can make a difference is tried, and results are cached. Not
// thread safe.
//
// 2100 is no leap year: dates around it can be one day closer than computed here. Two days in a row may then fall on
// the same date, but their order never changes.
class OffsetOrder {
 public:
  // The smallest and the largest number of days from `from` to `to`. Negative where `to` is earlier.
  int Fewest(const DayOffset& from, const DayOffset& to) { return Between(from, to).first; }
  int Most(const DayOffset& from, const DayOffset& to) { return Between(from, to).second; }

  // Returns true if `earlier` is not after `later` for any anchor.
  bool NeverAfter(const DayOffset& earlier, const DayOffset& later) { return Fewest(earlier, later) >= 0; }

 private:
  // The smallest and the largest number of days.
  std::pair<int, int> Between(const DayOffset& from, const DayOffset& to);

  absl::flat_hash_map<std::pair<int, int>, std::pair<int, int>> known_;  // Results by (from.months, to.months).
};

// Reads an offset. If it is outside its limits, adds errors for its fields below `path` and returns nothing.
std::optional<DayOffset> CheckOffset(const v1::Offset& offset, const std::string& path, FieldErrors* errors);

// Reads a span. If it is not set or outside its limits, adds errors for its fields below `path` and returns nothing.
std::optional<DaySpan> CheckSpan(const v1::Span& span, const std::string& path, FieldErrors* errors);

// The days that a rule of a phase may name.
struct PhaseBounds {
  DaySpan span;

  // The last day that `on` of a rule may name. It is the last day of the span, or the day after it for phases in
  // months.
  DayOffset closing;
};

// Reads `schedule` into the schedule fields of `rule`. Adds an error for every faulty field, below `path`. If `phase`
// is null (the phase is faulty itself, or does not bind the rule), days may lie outside it. Returns the largest number
// of occurrences that the schedule makes for any anchor, or 0 if it is faulty.
int CheckSchedule(const v1::Schedule& schedule, const PhaseBounds* phase, const std::string& path, OffsetOrder* order,
                  CompiledRule* rule, FieldErrors* errors);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_SCHEDULE_CHECK_H_
