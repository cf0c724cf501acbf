#include "services/server/transport.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace aftercare::server {
namespace {

constexpr unsigned int kSecondsBetweenLooks = 1;  // at the certificate files

struct Free {
  void operator()(FILE* file) const { std::fclose(file); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

// A key that needs a password is not asked for one.
int NoPassword(char*, int, int, void*) { return 0; }

class Checker {
 public:
  // Opens the file that the setting `field` names; null, with a fault, if it cannot be read.
  std::unique_ptr<FILE, Free> Open(absl::string_view field, const std::string& path) {
    std::unique_ptr<FILE, Free> file(std::fopen(path.c_str(), "re"));
    if (file == nullptr) Fault(field, absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
    return file;
  }

  Certificate ReadCertificate(absl::string_view field, const std::string& path) {
    const auto file = Open(field, path);
    if (file == nullptr) return nullptr;
    Certificate certificate(PEM_read_X509(file.get(), nullptr, NoPassword, nullptr));
    ERR_clear_error();
    if (certificate == nullptr) Fault(field, absl::StrCat(path, " has no certificate in PEM format"));
    return certificate;
  }

  Key ReadKey(absl::string_view field, const std::string& path) {
    const auto file = Open(field, path);
    if (file == nullptr) return nullptr;
    struct stat found;
    if (fstat(fileno(file.get()), &found) == 0 && (found.st_mode & S_IRWXO) != 0) {
      Fault(field, absl::StrCat(path, " can be read by everybody; chmod o= it"));
    }
    Key key(PEM_read_PrivateKey(file.get(), nullptr, NoPassword, nullptr));
    ERR_clear_error();
    if (key == nullptr) Fault(field, absl::StrCat(path, " has no private key in PEM format without a password"));
    return key;
  }

  void Fault(absl::string_view field, absl::string_view what) { faults_.push_back(absl::StrCat(field, ": ", what)); }

  absl::Status status() const {
    return faults_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(faults_, "\n"));
  }

 private:
  std::vector<std::string> faults_;
};

void CheckTls(const Transport& transport, Checker* checker) {
  if (transport.tls_key_file.empty()) return checker->Fault("tls_key_file", "must be set with tls_cert_file");
  const Certificate certificate = checker->ReadCertificate("tls_cert_file", transport.tls_cert_file);
  const Key key = checker->ReadKey("tls_key_file", transport.tls_key_file);
  if (certificate != nullptr && key != nullptr && X509_check_private_key(certificate.get(), key.get()) != 1) {
    checker->Fault("tls_key_file", absl::StrCat(transport.tls_key_file, " is not the key of the certificate in ",
                                                transport.tls_cert_file));
  }
  ERR_clear_error();
  if (!transport.tls_client_ca_file.empty()) {
    checker->ReadCertificate("tls_client_ca_file", transport.tls_client_ca_file);
  }
}

absl::Status SocketFault(absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("unix_socket: ", what));
}

// Checks that nobody but the server's user can enter the directory, which is made if it does not exist.
absl::Status MakePrivate(const std::string& directory) {
  if (mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return SocketFault(absl::StrCat("cannot make ", directory, ": ", std::strerror(errno)));
  }
  struct stat found;
  if (lstat(directory.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) {
    return SocketFault(absl::StrCat(directory, " is no directory"));
  }
  if (found.st_uid != geteuid()) return SocketFault(absl::StrCat(directory, " is not the server's own"));
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) == 0) return absl::OkStatus();
  return SocketFault(absl::StrCat("others can enter ", directory, "; it must have mode 0700"));
}

// Checks that there is nothing at the path, or a socket that nobody serves any more.
absl::Status CheckFree(const std::string& path, const sockaddr_un& address) {
  struct stat found;
  if (lstat(path.c_str(), &found) != 0) return absl::OkStatus();
  if (!S_ISSOCK(found.st_mode)) return SocketFault(absl::StrCat(path, " exists and is no socket"));
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool is_served =
      probe >= 0 && connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  if (probe >= 0) close(probe);
  return is_served ? SocketFault(absl::StrCat("another program serves on ", path)) : absl::OkStatus();
}

}  // namespace

absl::Status CheckTransport(const Transport& transport) {
  Checker checker;
  if (transport.has_tls()) {
    CheckTls(transport, &checker);
  } else {
    if (!transport.tls_key_file.empty()) checker.Fault("tls_key_file", "needs tls_cert_file");
    if (!transport.tls_client_ca_file.empty()) checker.Fault("tls_client_ca_file", "needs tls_cert_file");
  }
  if (PrincipalProperty(transport.principal_from).empty()) {
    checker.Fault("principal_from", absl::StrCat(transport.principal_from, " is not common_name, uri, dns or email"));
  }
  return checker.status();
}

std::shared_ptr<grpc::ServerCredentials> CredentialsOf(const Transport& transport) {
  if (!transport.has_tls()) return grpc::InsecureServerCredentials();
  namespace tls = grpc::experimental;
  tls::TlsServerCredentialsOptions options(std::make_shared<tls::FileWatcherCertificateProvider>(
      transport.tls_key_file, transport.tls_cert_file, transport.tls_client_ca_file, kSecondsBetweenLooks));
  options.watch_identity_key_cert_pairs();
  if (!transport.tls_client_ca_file.empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return tls::TlsServerCredentials(options);
}

std::string PrincipalProperty(const std::string& principal_from) {
  if (principal_from == "common_name") return GRPC_X509_CN_PROPERTY_NAME;
  if (principal_from == "uri") return GRPC_PEER_URI_PROPERTY_NAME;
  if (principal_from == "dns") return GRPC_PEER_DNS_PROPERTY_NAME;
  if (principal_from == "email") return GRPC_PEER_EMAIL_PROPERTY_NAME;
  return "";
}

absl::StatusOr<std::unique_ptr<UnixSocket>> UnixSocket::Prepare(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == path.size()) {
    return SocketFault(absl::StrCat(path, " is no path of a file in a directory"));
  }
  if (path.size() >= sizeof(address.sun_path)) {
    return SocketFault(absl::StrCat(path, " is longer than ", sizeof(address.sun_path) - 1, " bytes"));
  }
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  absl::Status status = MakePrivate(path.substr(0, slash));
  if (status.ok()) status = CheckFree(path, address);
  if (!status.ok()) return status;
  return std::unique_ptr<UnixSocket>(new UnixSocket(path));
}

UnixSocket::~UnixSocket() { unlink(path_.c_str()); }

std::string UnixSocket::address() const { return absl::StrCat("unix:", path_); }

PrivateFiles::PrivateFiles() : before_(umask(S_IXUSR | S_IRWXG | S_IRWXO)) {}

PrivateFiles::~PrivateFiles() { umask(before_); }

}  // namespace aftercare::server
