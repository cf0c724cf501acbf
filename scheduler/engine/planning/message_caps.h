// Caps on how many messages one patient gets (v1::MessageCap), applied when messages come due. Functions are thread
// safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_MESSAGE_CAPS_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_MESSAGE_CAPS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
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

  // Counts the patient's messages of today and the week, and finds those that are to come during the rest of the day.
  // Call it once, before anything fires, and before the methods below. Fails only if the store does.
  absl::Status Load();

  // Returns whether the enrollment has a row with this name.
  bool HasRow(absl::string_view rule, int64_t code) const { return names_.contains({std::string(rule), code}); }

  // Returns why a message of `rule` is held back: DAILY_CAP or WEEKLY_CAP; nothing if it may go. `waiting` are the
  // rules of the messages that come due at the same time and are looked at later. Elements may be null.
  std::optional<v1::ReminderReason> WhyHeldBack(const plan::CompiledRule& rule,
                                                absl::Span<const plan::CompiledRule* const> waiting) const;

  // Notes that a message comes due.
  void Count();

  // Returns when a message that is held back is due instead: on the next day at the time of day of `time`, or at the
  // next opening of the contact hours. Nothing if its window closes before that.
  std::optional<absl::Time> NextTime(absl::CivilSecond time, absl::Time expire) const;

 private:
  void CountRows(const std::vector<store::ReminderRow>& rows);
  void FindPlanned(const std::vector<store::ReminderRow>& rows);

  store::ReadTransaction& tx_;
  const EnrollmentContext& context_;
  const absl::Time now_;
  const absl::CivilDay today_;
  const plan::MessageCaps caps_;
  int today_count_ = 0;
  int week_count_ = 0;
  absl::flat_hash_set<std::pair<std::string, int64_t>> names_;  // rule id and name code of the enrollment's rows
  std::vector<const plan::CompiledRule*> planned_;              // Of the messages that are to come today.
};

// Notes on which day a message counts that comes due: today, if that is a later day than that of its due time. Stores
// nothing.
void NoteCameDue(const EnrollmentContext& context, absl::Time now, store::ReminderRow* row);

// Records in a row, which stores nothing, that a cap puts its reminder off to `time`.
void PutOff(absl::Time time, store::ReminderRow* row);

// Returns whether a cap has put the reminder off, and it has not come due since.
bool IsPutOff(const store::ReminderRow& row);

// Returns whether a cap has put the reminder off to a time from `from` on, and before `until`.
bool IsPutOffWithin(const store::ReminderRow& row, absl::Time from, absl::Time until);

// Returns when a reminder was due before caps put it off; its due time if none did. For a reminder that is put off, or
// has come due.
absl::Time DueBeforeCaps(const store::ReminderRow& row);

// Forgets that a cap has put the reminder off. Stores nothing, and leaves the due time alone. Returns false if no cap
// has.
bool ForgetPutOff(store::ReminderRow* row);

// Forgets when the reminder was due before caps put it off. Stores nothing.
void ForgetDueBeforeCaps(store::ReminderRow* row);

// Lets an enrollment come due once more when messages that were put off are due. Updates `context`, and stores it.
absl::Status ScheduleAgain(store::WriteTransaction& tx, const std::vector<absl::Time>& times,
                           EnrollmentContext* context);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_MESSAGE_CAPS_H_
