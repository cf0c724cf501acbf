#include "scheduler/engine/delivery/stream_flow_control.h"

#include <algorithm>

namespace aftercare::engine {

void StreamFlowControl::Configure(int max_outstanding) {
  max_outstanding_ = max_outstanding;
  more_to_lease_ = true;
}

bool StreamFlowControl::OnMessage() {
  if (is_ending()) return false;
  message_ = Message::kHandling;
  return true;
}

void StreamFlowControl::OnMessageHandled() { message_ = Message::kHandled; }

void StreamFlowControl::Close() { phase_ = std::max(phase_, Phase::kClosed); }

bool StreamFlowControl::Abort() {
  if (is_ending()) return false;
  phase_ = Phase::kAborted;
  return true;
}

int StreamFlowControl::LeaseLimit(int held) const { return std::clamp(max_outstanding_ - held, 0, kMaxLeasesPerLook); }

StreamFlowControl::Step StreamFlowControl::NextStep(bool has_output, bool needs_check, int held) {
  if (phase_ == Phase::kOver) return Step::kNone;
  if (phase_ == Phase::kAborted) return End();
  if (message_ == Message::kHandled && !requesting_read_ && !has_output) {
    message_ = Message::kNone;
    requesting_read_ = true;
    return Step::kReadMessage;
  }
  if (writer_ready_ && has_output) {
    writer_ready_ = false;
    return Step::kWrite;
  }
  if (work_ != Work::kNone) return Step::kNone;
  if (phase_ == Phase::kClosed && message_ != Message::kHandling) return End();
  if (max_outstanding_ == 0) return Step::kNone;
  // Checks come first, so that the end of a lease is told before its reminder is leased again. Only a look that is
  // under way when a lease expires may lease the reminder again before that.
  if (needs_check) {
    work_ = Work::kCheck;
    return Step::kCheckLeases;
  }
  if (phase_ == Phase::kOpen && writer_ready_ && more_to_lease_ && LeaseLimit(held) > 0) {
    work_ = Work::kLease;
    more_to_lease_ = false;
    return Step::kLease;
  }
  return Step::kNone;
}

StreamFlowControl::Step StreamFlowControl::End() {
  if (!writer_ready_ || message_ == Message::kHandling || requesting_read_ || work_ != Work::kNone) return Step::kNone;
  phase_ = Phase::kOver;
  writer_ready_ = false;
  return Step::kEnd;
}

}  // namespace aftercare::engine
