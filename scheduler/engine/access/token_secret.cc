#include "scheduler/engine/access/token_secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace aftercare::engine {
namespace {

constexpr absl::string_view kBeginning = "aftercare_";
constexpr size_t kRandomBytes = 32;
constexpr size_t kRandomCharacters = 43;  // of base64 without padding

}  // namespace

absl::StatusOr<std::string> MakeTokenSecret(absl::string_view id) {
  std::array<unsigned char, kRandomBytes> random;
  if (RAND_bytes(random.data(), random.size()) != 1) {
    return absl::UnavailableError("the system gives no random bytes");
  }
  const absl::string_view bytes(reinterpret_cast<const char*>(random.data()), random.size());
  return absl::StrCat(kBeginning, id, "_", absl::WebSafeBase64Escape(bytes));
}

std::optional<absl::string_view> TokenIdIn(absl::string_view secret) {
  if (!absl::ConsumePrefix(&secret, kBeginning)) return std::nullopt;
  const size_t end = secret.find('_');
  if (end == absl::string_view::npos || end == 0 || secret.size() - end - 1 != kRandomCharacters) return std::nullopt;
  return secret.substr(0, end);
}

std::string HashOfSecret(absl::string_view secret) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  // Without a hash nothing could be told apart.
  if (EVP_Digest(secret.data(), secret.size(), digest, &size, EVP_sha256(), nullptr) != 1) std::abort();
  return std::string(reinterpret_cast<char*>(digest), size);
}

bool AreSameHashes(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace aftercare::engine
