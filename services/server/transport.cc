#include "services/server/transport.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/common/certificate.h"

namespace aftercare::server {
namespace {

constexpr unsigned int kSecondsBetweenLooks = 1;  // at the certificate files

// Collects what is wrong with settings.
class Faults {
 public:
  void Add(absl::string_view setting, const absl::Status& fault) {
    if (!fault.ok()) lines_.push_back(absl::StrCat(setting, ": ", fault.message()));
  }

  absl::Status status() const {
    return lines_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(lines_, "\n"));
  }

 private:
  std::vector<std::string> lines_;
};

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
  Faults faults;
  const CertificateFaults files = FaultsOfCertificate(transport.tls_cert_file, transport.tls_key_file);
  faults.Add("tls_cert_file", files.cert);
  faults.Add("tls_key_file", files.key);
  if (!transport.tls_client_ca_file.empty()) {
    faults.Add("tls_client_ca_file", transport.has_tls() ? CheckCertificateFile(transport.tls_client_ca_file)
                                                         : absl::InvalidArgumentError("needs tls_cert_file"));
  }
  if (PrincipalProperty(transport.principal_from).empty()) {
    faults.Add("principal_from", absl::InvalidArgumentError(absl::StrCat(
                                     transport.principal_from, " is not common_name, uri, dns or email")));
  }
  return faults.status();
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
