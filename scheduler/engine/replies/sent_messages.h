// The messages that were sent to patients, as far as replies ask: when, and to which address. Functions are thread
// safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_SENT_MESSAGES_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_SENT_MESSAGES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// How long after it was sent a message may be answered.
inline constexpr absl::Duration kAnswerTime = absl::Hours(24 * 7);

// A message that was sent, and has not come back.
struct SentMessage {
  size_t enrollment = 0;  // index of its enrollment among those that were looked at
  store::ReminderRow row;
  absl::Time sent;         // whatever was reported about it later
  std::string address_key;  // store::AddressKey of the address it went to; empty if that is not known

  // Whether the patient's answer ended it.
  bool IsAnswered() const {
    return row.state == v1::REMINDER_STATE_COMPLETED && row.reason == v1::REMINDER_REASON_ANSWERED;
  }
};

// Returns the messages of the enrollments that were sent from `since` to `until`, the newest first; of those sent at
// the same time, the one with the later due time first, and then the one that is not answered.
absl::StatusOr<std::vector<SentMessage>> SentMessagesOf(store::ReadTransaction& tx,
                                                        const std::vector<EnrollmentContext>& enrollments,
                                                        absl::Time since, absl::Time until);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_SENT_MESSAGES_H_
