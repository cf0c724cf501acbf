// Pages of reminders in one order: past ones from the store, future ones from plans.
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
  std::optional<store::DuePosition> last;  // of the last reminder; nothing if there are no more
};

// Returns the first `limit` reminders after `after` that match the scan's filter, by due time, enrollment, rule and
// number, or fewer if they are large (see PageBudget). A scan is good for one page. Memory depends on `limit`, not on
// the clinic.
absl::StatusOr<ReminderPage> ListPage(ReminderScan& scan, const std::optional<store::DuePosition>& after, int limit);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_LISTING_H_
