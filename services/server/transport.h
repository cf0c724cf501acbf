// How the server is reached: TLS, and the Unix socket.
#ifndef AFTERCARE_SERVICES_SERVER_TRANSPORT_H_
#define AFTERCARE_SERVICES_SERVER_TRANSPORT_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace aftercare::server {

// The fields of v1::Config of these names, whose comments say what they mean.
struct Transport {
  std::string tls_cert_file{};
  std::string tls_key_file{};
  std::string tls_client_ca_file{};
  std::string principal_from = "common_name";
  std::string unix_socket{};

  bool has_tls() const { return !tls_cert_file.empty(); }
};

// Returns INVALID_ARGUMENT that names every setting that cannot be used, and why: files that cannot be read or hold
// something else, a key of another certificate, or that everybody can read.
absl::Status CheckTransport(const Transport& transport);

// Returns the credentials of the port: TLS with files that are read again within seconds when they change, or none.
// `transport` must be good. While new files cannot be used, the old ones are.
std::shared_ptr<grpc::ServerCredentials> CredentialsOf(const Transport& transport);

// Returns what gRPC calls the field of a certificate that has the principal. Empty if `principal_from` is no such
// field.
std::string PrincipalProperty(const std::string& principal_from);

// A path for a Unix socket. The destructor removes the socket. Not thread safe.
class UnixSocket {
 public:
  // Makes the directory if it does not exist. FAILED_PRECONDITION if the directory is not the server's own, others can
  // enter it, or something else is at the path: another server, or no socket.
  static absl::StatusOr<std::unique_ptr<UnixSocket>> Prepare(const std::string& path);
  ~UnixSocket();
  UnixSocket(const UnixSocket&) = delete;
  UnixSocket& operator=(const UnixSocket&) = delete;

  // What gRPC listens on.
  std::string address() const;

 private:
  explicit UnixSocket(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

// While it lives, files and sockets that the process makes have mode 0600 at most. For one thread at a time.
class PrivateFiles {
 public:
  PrivateFiles();
  ~PrivateFiles();
  PrivateFiles(const PrivateFiles&) = delete;
  PrivateFiles& operator=(const PrivateFiles&) = delete;

 private:
  const unsigned int before_;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_TRANSPORT_H_
