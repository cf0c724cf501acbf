// The interface of what sends messages over a channel. There is one implementation per channel: email_sender.h,
// sms_sender.h and webhook_sender.h.
#ifndef AFTERCARE_SERVICES_GATEWAY_SENDER_H_
#define AFTERCARE_SERVICES_GATEWAY_SENDER_H_

#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "services/gateway/outcome.h"

namespace aftercare::gateway {

// Sends messages over one channel, one at a time. Keeps its connection between messages. Not thread safe: each thread
// that sends has a sender of its own.
class Sender {
 public:
  virtual ~Sender() = default;

  // Sends the message of a lease. Blocks, but no longer than `timeout`. Returns what became of the attempt.
  virtual Outcome Send(const v1::Lease& lease, absl::Duration timeout) = 0;
};

// Makes a sender for one thread. Must be thread safe.
using SenderFactory = std::function<std::unique_ptr<Sender>()>;

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SENDER_H_
