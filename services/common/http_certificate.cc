#include "services/common/http_certificate.h"

#include <openssl/err.h>

#include <utility>

#include "spdlog/spdlog.h"

namespace aftercare {

HttpCertificate::HttpCertificate(std::string cert_path, std::string key_path)
    : cert_path_(std::move(cert_path)), key_path_(std::move(key_path)) {}

absl::Status HttpCertificate::Load() {
  MutexLock lock(mutex_);
  return Refresh();
}

void HttpCertificate::Serve(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  const auto show = [](SSL* connection, void* self) {
    return static_cast<HttpCertificate*>(self)->ShowOn(connection) ? 1 : 0;
  };
  SSL_CTX_set_cert_cb(context, show, this);
}

absl::Status HttpCertificate::Refresh() {
  const FileVersion cert_version = VersionOf(cert_path_);
  const FileVersion key_version = VersionOf(key_path_);
  if (!certificate_.chain.empty() && cert_version == cert_version_ && key_version == key_version_) {
    return absl::OkStatus();
  }
  auto certificate = ReadCertificate(cert_path_, key_path_);
  if (!certificate.ok()) return certificate.status();
  certificate_ = *std::move(certificate);
  cert_version_ = cert_version;
  key_version_ = key_version;
  return absl::OkStatus();
}

bool HttpCertificate::ShowOn(SSL* connection) {
  MutexLock lock(mutex_);
  const absl::Status refreshed = Refresh();
  if (!refreshed.ok() && !warned_) spdlog::warn("the old certificate is used on: {}", std::string(refreshed.message()));
  if (refreshed.ok() && warned_) spdlog::info("the certificate was read again");
  warned_ = !refreshed.ok();
  if (certificate_.chain.empty()) return false;
  STACK_OF(X509)* between = sk_X509_new_null();
  for (size_t i = 1; i < certificate_.chain.size(); ++i) sk_X509_push(between, certificate_.chain[i].get());
  const bool shown =
      SSL_use_cert_and_key(connection, certificate_.chain[0].get(), certificate_.key.get(), between, 1) == 1;
  sk_X509_free(between);
  if (!shown) ERR_clear_error();
  return shown;
}

}  // namespace aftercare
