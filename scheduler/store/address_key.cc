#include "scheduler/store/address_key.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace aftercare::store {
namespace {

absl::string_view PrefixOf(v1::Channel channel) {
  switch (channel) {
    case v1::CHANNEL_SMS:
      return "sms:";
    case v1::CHANNEL_EMAIL:
      return "email:";
    case v1::CHANNEL_WEBHOOK:
      return "webhook:";
    default:
      return ":";
  }
}

}  // namespace

std::string AddressKey(v1::Channel channel, absl::string_view address) {
  return absl::StrCat(PrefixOf(channel), channel == v1::CHANNEL_EMAIL ? absl::AsciiStrToLower(address) : address);
}

}  // namespace aftercare::store
