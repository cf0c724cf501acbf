#include "services/gateway/reply_reader.h"

#include "absl/strings/str_cat.h"
#include "services/gateway/addresses.h"
#include "services/gateway/sms_text.h"

namespace aftercare::gateway {
namespace {

// What the server takes.
constexpr size_t kMostText = 4000;     // characters
constexpr size_t kMostAddress = 254;   // characters
constexpr size_t kMostRequestId = 64;  // bytes
constexpr char kIdCharacters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

constexpr char kNothing[] = "(empty)";
constexpr char kBlanks[] = " \t\r\n";

// Returns true if a valid character in UTF-8 is a control character: U+0000 to U+001F, U+007F to U+009F.
bool IsControl(absl::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

bool IsAddress(absl::string_view text) {
  size_t characters = 0;
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    if (length == 0 || IsControl(text.substr(0, length)) || ++characters > kMostAddress) return false;
    text.remove_prefix(length);
  }
  return characters > 0;
}

}  // namespace

std::string ReadableText(absl::string_view bytes, bool is_utf16) {
  const std::string repaired = is_utf16 ? FromUtf16(bytes) : RepairedUtf8(bytes);
  absl::string_view rest = repaired;
  std::string text;
  for (size_t characters = 0; !rest.empty() && characters < kMostText; ++characters) {
    const absl::string_view character = rest.substr(0, CharacterLength(rest));
    const bool is_taken = !IsControl(character) || character.find_first_of(kBlanks) != character.npos;
    absl::StrAppend(&text, is_taken ? character : " ");
    rest.remove_prefix(character.size());
  }
  return text.find_first_not_of(kBlanks) == std::string::npos ? kNothing : text;
}

ReplyReader::ReplyReader(const v1::SmsChannel& config, const std::string& parent)
    : default_clinic_(config.default_clinic().empty() ? parent : config.default_clinic()),
      default_sender_(config.from()) {
  for (const v1::InboundNumber& number : config.numbers()) numbers_[ComparableNumber(number.number())] = number;
}

absl::StatusOr<v1::RecordReplyRequest> ReplyReader::Read(const InboundSms& message) const {
  if (!IsAddress(message.from)) return absl::InvalidArgumentError("from must be 1 to 254 plain characters");
  v1::RecordReplyRequest request;
  const v1::InboundNumber* number = Find(message.to);
  request.set_parent(number == nullptr ? default_clinic_ : number->clinic());
  if (number != nullptr) *request.mutable_other_clinics() = number->other_clinics();
  request.set_channel(v1::CHANNEL_SMS);
  request.set_address(message.from);
  request.set_text(ReadableText(message.text, message.is_utf16));
  if (message.id.size() <= kMostRequestId && message.id.find_first_not_of(kIdCharacters) == std::string::npos) {
    request.set_request_id(message.id);
  }
  return request;
}

std::string ReplyReader::SenderOfAnswer(const std::string& to) const {
  const v1::InboundNumber* number = Find(to);
  return number == nullptr ? default_sender_ : number->number();
}

const v1::InboundNumber* ReplyReader::Find(const std::string& number) const {
  const auto found = numbers_.find(ComparableNumber(number));
  return found == numbers_.end() ? nullptr : &found->second;
}

}  // namespace aftercare::gateway
