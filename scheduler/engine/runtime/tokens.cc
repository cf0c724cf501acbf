#include "scheduler/engine/runtime/tokens.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace aftercare::engine {
namespace {

constexpr size_t kMacSize = 8;
constexpr size_t kMaxToken = 1024;

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

// One context for each thread: looking up the algorithm and making a context costs several times as much as the HMAC of
// a short message.
EVP_MAC_CTX* HmacOfThisThread() {
  thread_local const std::unique_ptr<EVP_MAC_CTX, FreeMac> context = [] {
    const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    std::unique_ptr<EVP_MAC_CTX, FreeMac> made(EVP_MAC_CTX_new(mac.get()));
    char digest[] = "SHA256";
    const OSSL_PARAM settings[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end()};
    EVP_MAC_CTX_set_params(made.get(), settings);
    return made;
  }();
  return context.get();
}

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string Tokens::Mac(absl::string_view context, absl::string_view payload) const {
  // The length keeps context and payload apart.
  const std::string message = absl::StrCat(context.size(), ":", context, payload);
  EVP_MAC_CTX* const hmac = HmacOfThisThread();
  unsigned char digest[EVP_MAX_MD_SIZE];
  size_t size = 0;
  const bool made = EVP_MAC_init(hmac, Bytes(secret_), secret_.size(), nullptr) == 1 &&
                    EVP_MAC_update(hmac, Bytes(message), message.size()) == 1 &&
                    EVP_MAC_final(hmac, digest, &size, sizeof(digest)) == 1;
  if (!made) std::abort();  // a token without its seal could be made by anybody
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

}  // namespace aftercare::engine
