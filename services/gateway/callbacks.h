#ifndef AFTERCARE_SERVICES_GATEWAY_CALLBACKS_H_
#define AFTERCARE_SERVICES_GATEWAY_CALLBACKS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/server_link.h"

namespace aftercare::gateway {

// Receives Kannel's callbacks by HTTP GET and passes them on to the server:
//
//   /kannel/TOKEN/receipt?lease=&key=&kind=           what became of a message: the path that ReceiptPath makes
//   /kannel/TOKEN/reply?from=&to=&id=&coding=&text=   what a patient wrote: %p, %P, %I, %c and %b of an sms-service
//
// Answers 200 if the server has recorded it, or if the receipt is about an interim state; 503 if Kannel should call
// again; 400, 404 or 409 if repeating the call is no use. A wrong token is answered with 404.
//
// If a receipt comes before the report that the message was sent, the message is reported sent first. Thread safe:
// requests are answered on threads of its own.
class Callbacks {
 public:
  // Starts to listen on callback_listen of `config`. A reply to a number that `config` does not name belongs to the
  // clinic `parent`, or is refused if `parent` is `clinics/-`. `link` must outlive the result. Returns UNAVAILABLE if
  // the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Callbacks>> Start(ServerLink& link, const v1::SmsChannel& config,
                                                          const std::string& parent);

  // Stops listening, after the requests under way are answered.
  virtual ~Callbacks() = default;

  // The port that is listened on.
  virtual int port() const = 0;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_CALLBACKS_H_
