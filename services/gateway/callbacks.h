#ifndef AFTERCARE_SERVICES_GATEWAY_CALLBACKS_H_
#define AFTERCARE_SERVICES_GATEWAY_CALLBACKS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/auto_replies.h"
#include "services/gateway/server_link.h"

namespace aftercare::gateway {

// Receives Kannel's callbacks by HTTP, or by HTTPS if there is a callback_cert_file, and passes them on to the server:
//
//   /kannel/TOKEN/receipt?lease=&key=&kind=           what became of a message: the path that ReceiptPath makes
//   /kannel/TOKEN/reply?from=&to=&id=&coding=         what a patient wrote: %p, %P, %I and %c of an sms-service
//
// A reply comes by POST with its text as the body (Kannel's post-url), or by GET with its text as the parameter `text`,
// %b (get-url). A body may have 128 KiB, more than the longest concatenated SMS. A URL may have 8 KiB, which is less
// than a long SMS needs. What is larger is answered with 413 or 414.
//
// Answers 200 if the server has recorded it, or if the receipt is about an interim state; 503 if Kannel should call
// again; 400, 404 or 409 if repeating the call is no use. A wrong token is answered with 404. A reply whose clinic the
// server does not have is answered with 503: it is taken once the clinic or the configuration is there.
//
// If the server answers a reply with a text for the patient, the text is handed to AutoReplies, and the callback is
// answered without waiting for it.
//
// If a receipt comes before the report that the message was sent, the message is reported sent first. Thread safe:
// requests are answered on threads of its own.
class Callbacks {
 public:
  // Starts to listen on callback_listen of `config`. `config` and `parent` are fields of a GatewayConfig that
  // LoadConfig returned. `link` and `auto_replies` must outlive the result. Returns UNAVAILABLE if the address cannot
  // be listened on or the certificate cannot be read.
  static absl::StatusOr<std::unique_ptr<Callbacks>> Start(ServerLink& link, AutoReplies& auto_replies,
                                                          const v1::SmsChannel& config, const std::string& parent);

  // Stops listening, after the requests under way are answered.
  virtual ~Callbacks() = default;

  // The port that is listened on.
  virtual int port() const = 0;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_CALLBACKS_H_
