#ifndef AFTERCARE_SERVICES_GATEWAY_CALLBACKS_H_
#define AFTERCARE_SERVICES_GATEWAY_CALLBACKS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/server_link.h"

namespace aftercare::gateway {

// Takes what Kannel calls back with, by HTTP GET below /kannel/TOKEN/:
//   receipt?lease=&kind=              what became of a message; lease as ReceiptPath has it, kind a ReceiptKind
//   reply?from=&to=&id=&coding=&text=  what a patient wrote: %p, %P, %I, %c and %b of an sms-service
// It is answered 200 when the server has taken it; 503 when it should come again; 400, 404 or 409 when it is no use.
// Thread safe.
class Callbacks {
 public:
  // Listens at once; `link` must outlive it. UNAVAILABLE if the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Callbacks>> Start(ServerLink& link, const v1::SmsChannel& config,
                                                          const std::string& parent);

  // Answers what is being asked, then stops listening.
  virtual ~Callbacks() = default;

  virtual int port() const = 0;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_CALLBACKS_H_
