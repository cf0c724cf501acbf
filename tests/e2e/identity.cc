#include "tests/e2e/identity.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/support/process.h"

namespace aftercare::e2e {

namespace fs = std::filesystem;

Certificates::Certificates() { RenewServer(); }

void Certificates::RenewServer() {
  const std::string next = dir_.File(absl::StrCat(++version_));
  if (version_ > 1) fs::copy(dir_.File(absl::StrCat(version_ - 1)), next, fs::copy_options::recursive);
  Make("server", "localhost");
  fs::create_directory_symlink(next, dir_.File("next"));
  fs::rename(dir_.File("next"), dir_.File("present"));
}

void Certificates::AddClient(const std::string& name) { Make("client", name); }

void Certificates::Make(const std::string& kind, const std::string& name) {
  const ProcessResult made =
      RunProgram({AFTERCARE_SOURCE_DIR "/deploy/certs", dir_.File(absl::StrCat(version_)), kind, name});
  EXPECT_EQ(made.exit_code, 0) << made.err;
}

server::Transport Certificates::transport() const {
  return {.tls_cert_file = File("server.pem"),
          .tls_key_file = File("server-key.pem"),
          .tls_client_ca_file = File("ca.pem")};
}

std::shared_ptr<grpc::ChannelCredentials> Certificates::Trusting(const std::string& client) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadFile(File("ca.pem"));
  if (!client.empty()) {
    options.pem_cert_chain = ReadFile(File(client + ".pem"));
    options.pem_private_key = ReadFile(File(client + "-key.pem"));
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
