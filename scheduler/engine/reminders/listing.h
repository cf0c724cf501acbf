// Lists reminders in pages and in one order: those that have rows in the store, and those that only plans tell of.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_LISTING_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_LISTING_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/reminders/reminder_scan.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

struct ReminderPage {
  std::vector<v1::Reminder> reminders;
  std::optional<store::DuePosition> last;  // position of the last reminder; nothing if no more follow
};

// Returns the first `limit` reminders after `after` that match the scan's filter, in the order of IsListedBefore.
// Returns fewer if they are large (see PageBudget). Uses up the scan: call it once per scan. Memory depends on `limit`,
// not on the size of the clinic.
absl::StatusOr<ReminderPage> ListPage(ReminderScan& scan, const std::optional<store::DuePosition>& after, int limit);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_LISTING_H_
