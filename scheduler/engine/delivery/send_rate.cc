#include "scheduler/engine/delivery/send_rate.h"

#include <algorithm>
#include <limits>

namespace aftercare::engine {

absl::StatusOr<SendRate> SendRate::Load(store::ReadTransaction& tx, const store::ClinicRow& clinic, absl::Time now) {
  SendRate rate;
  const int limit = clinic.data.max_messages_per_minute();
  if (limit <= 0) {
    rate.allowance_ = std::numeric_limits<int>::max();
    return rate;
  }
  rate.clinic_ = clinic.clinic;
  rate.interval_ = absl::Minutes(1) / limit;
  // The messages of one second may be sent at once, and in any case one message.
  rate.burst_ = std::max(absl::Seconds(1), rate.interval_);
  auto next = tx.NextSend(clinic.clinic);
  if (!next.ok()) return next.status();
  // If the clock was set back, sending stops for `burst_` at most.
  rate.next_ = std::clamp(*next, now, now + rate.burst_);
  rate.allowance_ = static_cast<int>((now + rate.burst_ - rate.next_) / rate.interval_);
  return rate;
}

absl::Time SendRate::NextAfter(int count) const { return next_ + interval_ * (count + 1) - burst_; }

absl::Status SendRate::Consume(store::WriteTransaction& tx, int count) const {
  if (interval_ == absl::ZeroDuration() || count == 0) return absl::OkStatus();
  return tx.SetNextSend(clinic_, next_ + interval_ * count);
}

}  // namespace aftercare::engine
