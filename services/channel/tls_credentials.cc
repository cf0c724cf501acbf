#include "services/channel/tls_credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <string>

namespace aftercare {
namespace {

constexpr unsigned kSecondsBetweenLooks = 1;

}  // namespace

// gRPC speaks TLS 1.2 and 1.3 only, and checks the host name unless it is told not to.
std::shared_ptr<grpc::ChannelCredentials> MakeTlsCredentials(const ServerAccess& access) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  const bool by_file = access.ca_file != kSystemAuthorities;  // else gRPC finds the authorities itself
  if (by_file || !access.cert_file.empty()) {
    options.set_certificate_provider(std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
        access.key_file, access.cert_file, by_file ? access.ca_file : "", kSecondsBetweenLooks));
  }
  if (by_file) options.watch_root_certs();
  if (!access.cert_file.empty()) options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace aftercare
