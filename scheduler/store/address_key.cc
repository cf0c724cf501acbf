#include "scheduler/store/address_key.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
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

std::string PhoneDigits(absl::string_view address) {
  const bool is_phone_number = address.find_first_not_of("0123456789+-.()/ ") == address.npos;
  if (!is_phone_number) return std::string(address);
  std::string digits;
  std::copy_if(address.begin(), address.end(), std::back_inserter(digits), absl::ascii_isdigit);
  const size_t first = absl::StartsWith(digits, "00") ? 2 : 0;
  return digits.substr(first);
}

}  // namespace

std::string AddressKey(v1::Channel channel, absl::string_view address) {
  switch (channel) {
    case v1::CHANNEL_SMS:
      return absl::StrCat(PrefixOf(channel), PhoneDigits(address));
    case v1::CHANNEL_EMAIL:
      return absl::StrCat(PrefixOf(channel), absl::AsciiStrToLower(address));
    default:
      return absl::StrCat(PrefixOf(channel), address);
  }
}

int64_t AddressHash(absl::string_view key) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
  uint32_t hash = 0;
  for (int i = 0; i < 4; ++i) hash = hash << 8 | digest[i];
  return static_cast<int32_t>(hash);  // with its sign, as which it takes 4 bytes in a row
}

std::string AddressIdentity(absl::string_view secret, absl::string_view key) {
  constexpr size_t kSize = 16;
  // The word in front keeps this apart from other uses of the secret.
  const std::string text = absl::StrCat("address:", key);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return std::string(reinterpret_cast<const char*>(digest), kSize);
}

}  // namespace aftercare::store
