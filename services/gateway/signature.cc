#include "services/gateway/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace aftercare::gateway {

std::string Signature(absl::string_view secret, int64_t unix_seconds, absl::string_view body) {
  const std::string signed_text = absl::StrCat(unix_seconds, ".", body);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), mac, &size);
  const absl::string_view bytes(reinterpret_cast<const char*>(mac), size);
  return absl::StrCat("t=", unix_seconds, ",v1=", absl::BytesToHexString(bytes));
}

}  // namespace aftercare::gateway
