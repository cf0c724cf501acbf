#include "scheduler/store/address_key.h"

#include <openssl/sha.h>

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

int64_t AddressHash(absl::string_view key) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
  uint32_t hash = 0;
  for (int i = 0; i < 4; ++i) hash = hash << 8 | digest[i];
  return static_cast<int32_t>(hash);  // with its sign, as which it takes 4 bytes in a row
}

}  // namespace aftercare::store
