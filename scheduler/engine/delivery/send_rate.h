// Limits how many messages a clinic sends, by its max_messages_per_minute.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_SEND_RATE_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_SEND_RATE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// A generic cell rate algorithm (ITU-T I.371): messages follow at an even pace, but the messages of one second may be
// sent at once. The only state is one instant, which is stored with the clinic, so that the limit holds over restarts.
// An object is valid only in the mutation that loaded it. Not thread safe.
class SendRate {
 public:
  // Reads the rate of a clinic as of `now`, on the clinic's clock.
  static absl::StatusOr<SendRate> Load(store::ReadTransaction& tx, const store::ClinicRow& clinic, absl::Time now);

  // Returns how many messages may be sent now: at least 0, and the largest int if the clinic has no limit.
  int allowance() const { return allowance_; }

  // Returns when the next message may be sent, if `count` are sent now. Only for a clinic with a limit.
  absl::Time NextAfter(int count) const;

  // Stores that `count` messages are sent now. `count` must be at most allowance().
  absl::Status Consume(store::WriteTransaction& tx, int count) const;

 private:
  SendRate() = default;

  std::string clinic_;
  int allowance_ = 0;
  absl::Duration interval_;  // between two messages at the even pace; zero if there is no limit
  absl::Duration burst_;     // how far messages may run ahead of the even pace
  absl::Time next_;          // when the next message is to be sent at the even pace
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_SEND_RATE_H_
