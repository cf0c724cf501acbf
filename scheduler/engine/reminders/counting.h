// Counts reminders by phase and state: those that have rows in the store, and those that only plans tell of.
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

// The number of reminders by phase id and state. A pair without reminders has no entry.
using ReminderCounts = std::map<std::pair<std::string, v1::ReminderState>, int64_t>;

// Counts the reminders that match the scan's filter. Uses up the scan: call it once per scan.
absl::StatusOr<ReminderCounts> CountByPhaseAndState(ReminderScan& scan);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_COUNTING_H_
