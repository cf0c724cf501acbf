#include "tests/e2e/identity.h"

#include "absl/strings/str_cat.h"

namespace aftercare::e2e {

server::Transport TransportOf(const Certificates& certificates) {
  return {.tls_cert_file = certificates.Path("server.pem"),
          .tls_key_file = certificates.Path("server-key.pem"),
          .tls_client_ca_file = certificates.Path("ca.pem")};
}

std::shared_ptr<grpc::ChannelCredentials> Trusting(const Certificates& certificates, const std::string& client) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = certificates.Content("ca.pem");
  if (!client.empty()) {
    options.pem_cert_chain = certificates.Content(client + ".pem");
    options.pem_private_key = certificates.Content(client + "-key.pem");
  }
  return grpc::SslCredentials(options);
}

std::shared_ptr<grpc::Channel> ConnectAnew(const std::string& address,
                                           const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

std::multimap<std::string, std::string> Bearer(const std::string& secret) {
  return {{"authorization", absl::StrCat("Bearer ", secret)}};
}

}  // namespace aftercare::e2e
