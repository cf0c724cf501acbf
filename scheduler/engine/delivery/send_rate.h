#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_SEND_RATE_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_SEND_RATE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// How many messages of a clinic may leave by its max_messages_per_minute: a generic cell rate algorithm (ITU-T I.371),
// whose one instant is stored with the clinic, so that the limit holds over restarts. Belongs to the mutation it was
// made in.
class SendRate {
 public:
  static absl::StatusOr<SendRate> Of(store::ReadTransaction& tx, const store::ClinicRow& clinic, absl::Time now);

  // How many may leave now.
  int room() const { return room_; }

  // From when on another may, after `count` more.
  absl::Time NextAfter(int count) const;

  // Notes that `count`, at most `room`, leave now.
  absl::Status Take(store::WriteTransaction& tx, int count) const;

 private:
  SendRate() = default;

  std::string clinic_;
  int room_ = 0;
  absl::Duration interval_;  // zero: there is no limit
  absl::Duration burst_;     // how far ahead of the even pace may be gone
  absl::Time next_;          // when the next is to leave, at the even pace
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_SEND_RATE_H_
