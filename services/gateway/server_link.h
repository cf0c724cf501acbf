#ifndef AFTERCARE_SERVICES_GATEWAY_SERVER_LINK_H_
#define AFTERCARE_SERVICES_GATEWAY_SERVER_LINK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"

namespace aftercare::gateway {

// A StreamReminders call. One thread reads, another writes; Cancel may be called by any.
class ReminderStream {
 public:
  virtual ~ReminderStream() = default;

  // Waits for a message; false when the stream is over.
  virtual bool Read(v1::StreamRemindersResponse* response) = 0;

  // False when the stream is over, or CloseSending was called.
  virtual bool Write(const v1::StreamRemindersRequest& request) = 0;

  // Nothing more is written: the server leases nothing more, and ends the stream when its answers are out.
  virtual void CloseSending() = 0;

  // Ends it at once.
  virtual void Cancel() = 0;

  // How it ended; call once, when Read has said that it is over.
  virtual absl::Status Finish() = 0;
};

// The calls the gateway makes. Statuses have the server's code and, as message, its reason; never more, as they are
// logged. Thread safe.
class ServerLink {
 public:
  virtual ~ServerLink() = default;

  virtual std::unique_ptr<ReminderStream> Stream(const v1::StreamConfiguration& configuration) = 0;
  virtual absl::StatusOr<std::vector<v1::DeliveryResult>> Report(const std::vector<v1::DeliveryReport>& reports) = 0;
  virtual absl::Status RecordReply(const v1::RecordReplyRequest& request) = 0;
};

// A link to `address`, which need not be there yet. Unary calls take no longer than 10 seconds.
std::unique_ptr<ServerLink> Connect(const std::string& address);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SERVER_LINK_H_
