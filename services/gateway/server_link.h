#ifndef AFTERCARE_SERVICES_GATEWAY_SERVER_LINK_H_
#define AFTERCARE_SERVICES_GATEWAY_SERVER_LINK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/reply_service.pb.h"
#include "services/channel/server_access.h"

namespace aftercare::gateway {

// A StreamReminders call. Read and Finish are for one thread. Write, CloseSending and Cancel may be called from other
// threads meanwhile.
class ReminderStream {
 public:
  virtual ~ReminderStream() = default;

  // Waits for the next message. Returns false when the stream is over.
  virtual bool Read(v1::StreamRemindersResponse* response) = 0;

  // Sends a message; may block. Returns false if the stream is over or CloseSending was called.
  virtual bool Write(const v1::StreamRemindersRequest& request) = 0;

  // Closes the sending side: the server leases nothing more, and ends the stream after its answers. Write returns false
  // from then on.
  virtual void CloseSending() = 0;

  // Ends the stream at once. Read then returns false.
  virtual void Cancel() = 0;

  // Returns how the stream ended. Call it once, after Read has returned false.
  virtual absl::Status Finish() = 0;
};

// The calls that the gateway makes to the server. A status has the server's code, and as its message only the reason of
// the server's error, because statuses are logged. A status without a reason comes from gRPC, and has gRPC's message.
// Thread safe.
class ServerLink {
 public:
  virtual ~ServerLink() = default;

  // Opens a stream and sends `configuration` as its first message. Failures appear when the stream is read. The link
  // must outlive the stream.
  virtual std::unique_ptr<ReminderStream> Stream(const v1::StreamConfiguration& configuration) = 0;
  // Calls ReportDeliveries with 1 to 1,000 reports. Returns one result for each report, in the same order.
  virtual absl::StatusOr<std::vector<v1::DeliveryResult>> Report(const std::vector<v1::DeliveryReport>& reports) = 0;
  // Calls RecordReply.
  virtual absl::StatusOr<v1::RecordReplyResponse> RecordReply(const v1::RecordReplyRequest& request) = 0;
};

// Returns a link to a server. `access` must have no faults; the server need not be reachable yet. Certificates and
// token are read again when their files change. Report and RecordReply fail with DEADLINE_EXCEEDED after 10 seconds.
std::unique_ptr<ServerLink> Connect(const ServerAccess& access);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SERVER_LINK_H_
