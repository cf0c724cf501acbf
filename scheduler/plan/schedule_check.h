#ifndef AFTERCARE_SCHEDULER_PLAN_SCHEDULE_CHECK_H_
#define AFTERCARE_SCHEDULER_PLAN_SCHEDULE_CHECK_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/field_errors.h"
#include "scheduler/plan/pathway.h"

// Checks of spans and schedules. Used by the pathway compiler only.
namespace aftercare::plan {

// Compares day offsets for every anchor at once. How many days lie between two monthly dates depends on the anchor, so
// every anchor of a four-year leap cycle that can make a difference is tried, and what was learnt is kept. Around 2100,
// which is no leap year, dates can be a day closer than found here; two ascending days may then fall together, never
// change places. Not thread safe.
class OffsetOrder {
 public:
  // The fewest and the most days from `from` to `to`; negative where `to` is earlier.
  int Fewest(const DayOffset& from, const DayOffset& to) { return Between(from, to).first; }
  int Most(const DayOffset& from, const DayOffset& to) { return Between(from, to).second; }

  // Whether `earlier` is never after `later`, whatever the anchor.
  bool NeverAfter(const DayOffset& earlier, const DayOffset& later) { return Fewest(earlier, later) >= 0; }

 private:
  std::pair<int, int> Between(const DayOffset& from, const DayOffset& to);

  absl::flat_hash_map<std::pair<int, int>, std::pair<int, int>> known_;  // By months from and to.
};

// Reads an offset. Nothing, with the faults added to `errors` under `path`, if it is out of its limits.
std::optional<DayOffset> CheckOffset(const v1::Offset& offset, const std::string& path, FieldErrors* errors);

// Reads a span. Nothing, with the faults added to `errors` under `path`, if it is not set or out of its limits.
std::optional<DaySpan> CheckSpan(const v1::Span& span, const std::string& path, FieldErrors* errors);

// Where the days of a rule may lie.
struct PhaseBounds {
  DaySpan span;

  // The last day a rule's `on` may name: the span's last or, for phases in months, the closing date after it.
  DayOffset closing;
};

// Reads `schedule` into the rule's schedule fields, adding every fault to `errors` under `path`. `phase` is null where
// the rule's phase is faulty itself, or does not bind it; then lying inside it is not checked. Returns the most
// occurrences the schedule can make for any anchor, or 0 where it is faulty.
int CheckSchedule(const v1::Schedule& schedule, const PhaseBounds* phase, const std::string& path, OffsetOrder* order,
                  CompiledRule* rule, FieldErrors* errors);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_SCHEDULE_CHECK_H_
