// Caps on how many messages one patient gets (v1::MessageCap), applied when messages come due. Functions are thread
// safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_MESSAGE_CAPS_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_MESSAGE_CAPS_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/message_caps.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Says which of the messages that come due for one enrollment at one instant the caps let through. Not thread safe. The
// transaction and the context must outlive it.
class MessageCapGate {
 public:
  MessageCapGate(store::ReadTransaction& tx, const EnrollmentContext& context, absl::Time now);

  // Returns whether there is any cap. If there is none, every message may go.
  bool has_caps() const { return caps_.any(); }

  // Returns why a message of `rule` is held back: DAILY_CAP or WEEKLY_CAP; nothing if it may go. `waiting` are the
  // rules of the messages that come due at the same time and are looked at later. Fails only if the store does.
  absl::StatusOr<std::optional<v1::ReminderReason>> WhyHeldBack(const plan::CompiledRule& rule,
                                                                const std::vector<const plan::CompiledRule*>& waiting);

  // Notes that a message comes due. Call it before the message is stored.
  void Count();

  // Returns when a message that is held back is due instead: on the next day at the time of day of `time`, or at the
  // next opening of the contact hours. Nothing if its window closes before that.
  std::optional<absl::Time> NextTime(absl::CivilMinute time, absl::Time expire) const;

 private:
  // Counts the patient's messages of today and the week, once.
  absl::Status CountStored();
  // Finds the rules of the messages that are to come during the rest of the day.
  absl::Status FindPlanned();

  store::ReadTransaction& tx_;
  const EnrollmentContext& context_;
  const absl::Time now_;
  const absl::CivilDay today_;
  const plan::MessageCaps caps_;
  bool counted_ = false;
  int today_count_ = 0;
  int week_count_ = 0;
  std::vector<const plan::CompiledRule*> planned_;  // Of the messages that are to come today.
};

// Records in a row, which stores nothing, that a cap puts its reminder off from the plan's time `due` to `time`.
void PutOff(absl::Time due, absl::Time time, store::ReminderRow* row);

// Returns the plan's time of a row whose reminder a cap has put off; nothing if none has.
std::optional<absl::Time> PutOffFrom(const store::ReminderRow& row);

// Forgets that a cap puts the reminder of a SCHEDULED row off. Stores nothing, and leaves the due time alone.
void ForgetPutOff(store::ReminderRow* row);

// Lets an enrollment come due once more when messages that were put off are due. Updates `context`, and stores it.
absl::Status ScheduleAgain(store::WriteTransaction& tx, const std::vector<absl::Time>& times,
                           EnrollmentContext* context);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_MESSAGE_CAPS_H_
