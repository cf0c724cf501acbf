// Counts of reminders by phase and state: past ones from the store, future ones from plans.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_COUNTING_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_COUNTING_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/reminders/reminder_scan.h"

namespace aftercare::engine {

// How many reminders there are of each phase (id) and state. What there are none of is left out.
using ReminderCounts = std::map<std::pair<std::string, v1::ReminderState>, int64_t>;

// Counts the reminders that match the scan's filter. A scan is good for one count.
absl::StatusOr<ReminderCounts> CountByPhaseAndState(ReminderScan& scan);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_COUNTING_H_
