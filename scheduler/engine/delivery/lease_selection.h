// Selects the reminders that are leased next, and leases them, in one mutation.
//
// Within a clinic, the reminder that became available first comes first. If the terms are for all clinics, the clinics
// share fairly (fair_share.h). A clinic with a limit of messages per minute leases no more than it may send now
// (send_rate.h). A reminder outside its patient's contact hours is not leased: it becomes available when they open.
// Tasks of which a care team is to be told are among the reminders (lifecycle/team_notices.h).
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_SELECTION_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_SELECTION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftercare/record/v1/reminder_record.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/delivery/lease_id.h"
#include "scheduler/engine/delivery/lease_terms.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// The last reminder that was looked at in each queue, by channel and clinic.
using QueuePositions = std::map<std::pair<int, std::string>, store::QueuePosition>;

// A reminder that was leased. `row` is the row as the lease was stored in it.
struct LeasedReminder {
  std::shared_ptr<const EnrollmentContext> context;
  store::ReminderRow row;
  record::v1::LeasedAttempt attempt;  // what the lease gives, as it is recorded in the row

  LeaseId id() const { return {row.key, row.attempts}; }
};

// The result of one look at the queues. One object for each look. Not thread safe.
struct LeaseBatch {
  // The clinic behind which a look at all clinics began. A look that runs again begins there too.
  std::optional<std::string> after_clinic;

  std::vector<LeasedReminder> leased;  // in order of due time
  absl::Time now;                      // the time of the look, on the clock that leases expire by
  bool has_test_clock = false;         // that clock is the test clock of the clinic
  std::string topic;                   // the WakeupHub topic that is notified when more may be leased
  uint64_t seen = 0;                   // the count of that topic before the look

  // True if the look was cut short, because it would have held up other mutations or the leases fill a response. Then
  // the next look should follow at once, and start at `positions`. Otherwise `positions` is empty.
  bool more = false;
  QueuePositions positions;
};

// Leases up to `max` reminders by the terms. Looks only at reminders that are behind the positions `start` in their
// queues. Overwrites `batch`, so a mutation that runs again may call it again, with the same batch. Returns NOT_FOUND /
// CLINIC_NOT_FOUND if the clinic of the terms does not exist.
absl::Status LeaseDueReminders(DeliveryContext& context, store::WriteTransaction& tx, LeaseTerms& terms, int max,
                               const QueuePositions& start, LeaseBatch* batch);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_SELECTION_H_
