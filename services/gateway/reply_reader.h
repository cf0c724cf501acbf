#ifndef AFTERCARE_SERVICES_GATEWAY_REPLY_READER_H_
#define AFTERCARE_SERVICES_GATEWAY_REPLY_READER_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "aftercare/v1/reply_service.pb.h"

namespace aftercare::gateway {

// A message from a patient, as Kannel hands it over. The bytes may be anything.
struct InboundSms {
  std::string from;       // %p
  std::string to;         // %P
  std::string id;         // %I
  bool is_utf16 = false;  // whether %c says UCS-2, which is big-endian UTF-16; otherwise UTF-8
  std::string text;       // %b
};

// Returns a text that the server can record, for whatever a patient sent: a reply is never lost because of its text.
// Bytes that are not valid in their encoding become U+FFFD, and control characters other than tabs and line ends become
// blanks. Only the first 4,000 characters are kept. A text of nothing but blanks, or of nothing, becomes `(empty)`.
// Pure and thread safe.
std::string ReadableText(absl::string_view bytes, bool is_utf16);

// Makes requests of what patients wrote, by the numbers of the configuration. Immutable, so thread safe.
class ReplyReader {
 public:
  // Both parameters are fields of a GatewayConfig that LoadConfig returned, which are copied.
  ReplyReader(const v1::SmsChannel& config, const std::string& parent);

  // Returns the request that records the message. It is for the clinics of the number that the patient wrote to, or for
  // the default clinic if the configuration does not have this number. The same message always makes the same request.
  // The message's id is the request_id, if it can be one. Returns INVALID_ARGUMENT if the server cannot record the
  // sender's address: it has not 1 to 254 characters, or control characters, or is not UTF-8. The status does not
  // contain the address.
  absl::StatusOr<v1::RecordReplyRequest> Read(const InboundSms& message) const;

  // Returns the sender of an automatic reply to a message to the number `to`: this number, as the configuration spells
  // it, so that the patient sees the answer where the patient wrote. If the configuration does not have the number, the
  // sender of all other messages.
  std::string SenderOfAnswer(const std::string& to) const;

 private:
  // Returns the number of the configuration, or nullptr. Belongs to this object.
  const v1::InboundNumber* Find(const std::string& number) const;

  std::map<std::string, v1::InboundNumber> numbers_;  // by ComparableNumber
  std::string default_clinic_;
  std::string default_sender_;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_REPLY_READER_H_
