#include "tests/channel/tls_server.h"

#include <gtest/gtest.h>

namespace aftercare {
namespace {

std::shared_ptr<grpc::ServerCredentials> CredentialsOf(Serving serving, const Certificates& certificates,
                                                       const std::string& name) {
  if (serving == Serving::kPlain) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options(serving == Serving::kTls
                                                ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                                : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = certificates.Content("ca.pem");
  options.pem_key_cert_pairs.push_back(
      {certificates.Content(name + "-key.pem"), certificates.Content(name + ".pem")});
  return grpc::SslServerCredentials(options);
}

}  // namespace

void TlsServer::Start(Serving serving, const Certificates& certificates, const std::string& name) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address(), CredentialsOf(serving, certificates, name), &port_);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  ASSERT_NE(server_, nullptr);
}

void TlsServer::Stop() {
  if (server_ == nullptr) return;
  server_->Shutdown();
  server_.reset();
}

TlsServer::Caller TlsServer::last() const {
  MutexLock lock(mutex_);
  return last_;
}

grpc::Status TlsServer::ListClinics(grpc::ServerContext* context, const v1::ListClinicsRequest* /*request*/,
                                    v1::ListClinicsResponse* /*response*/) {
  MutexLock lock(mutex_);
  last_ = {};
  const auto names = context->auth_context()->FindPropertyValues("x509_common_name");
  if (!names.empty()) last_.common_name = std::string(names[0].data(), names[0].size());
  const auto header = context->client_metadata().find("authorization");
  if (header != context->client_metadata().end()) {
    last_.authorization = std::string(header->second.data(), header->second.size());
  }
  return grpc::Status::OK;
}

}  // namespace aftercare
