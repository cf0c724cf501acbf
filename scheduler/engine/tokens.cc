#include "scheduler/engine/tokens.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace aftercare::engine {
namespace {

constexpr size_t kMacSize = 8;
constexpr size_t kMaxToken = 1024;

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string Tokens::Mac(absl::string_view context, absl::string_view payload) const {
  // The length keeps context and payload apart.
  const std::string message = absl::StrCat(context.size(), ":", context, payload);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()), Bytes(message), message.size(), digest, &size);
  return std::string(reinterpret_cast<char*>(digest), size);
}

std::string Tokens::Seal(absl::string_view context, absl::string_view payload) const {
  return absl::WebSafeBase64Escape(absl::StrCat(payload, Mac(context, payload).substr(0, kMacSize)));
}

std::optional<std::string> Tokens::Open(absl::string_view context, absl::string_view token) const {
  std::string sealed;
  if (token.size() > kMaxToken || !absl::WebSafeBase64Unescape(token, &sealed) || sealed.size() < kMacSize) {
    return std::nullopt;
  }
  std::string payload = sealed.substr(0, sealed.size() - kMacSize);
  const std::string mac = Mac(context, payload);
  if (CRYPTO_memcmp(mac.data(), sealed.data() + payload.size(), kMacSize) != 0) return std::nullopt;
  return payload;
}

std::string Tokens::Pseudonym(absl::string_view text) const {
  return absl::BytesToHexString(Mac("pseudonym", text).substr(0, 16));
}

uint64_t StableHash(absl::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha256(), nullptr);
  uint64_t hash = 0;
  std::memcpy(&hash, digest, sizeof(hash));
  return hash;
}

}  // namespace aftercare::engine
