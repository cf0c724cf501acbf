#include "services/channel/tls_probe.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/common/address.h"
#include "services/common/certificate.h"

namespace aftercare {
namespace {

// For each step: connecting, the handshake, and the first byte after it.
constexpr int kSeconds = 3;

// The protocol that gRPC servers want to hear of, HTTP/2, with its length before it.
constexpr unsigned char kProtocols[] = "\x02h2";

using ContextPointer = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using BioPointer = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using SslPointer = std::unique_ptr<SSL, decltype(&SSL_free)>;

// OpenSSL writes to connections that the other side may have closed. Keeps the signal of that from this thread, which
// ends the program otherwise, until it is destroyed.
class ScopedPipeSignalBlock {
 public:
  ScopedPipeSignalBlock() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }

  ~ScopedPipeSignalBlock() {
    const timespec at_once = {};
    if (sigismember(&before_, SIGPIPE) == 0) {
      while (sigtimedwait(&pipe_, nullptr, &at_once) > 0) continue;
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  ScopedPipeSignalBlock(const ScopedPipeSignalBlock&) = delete;
  ScopedPipeSignalBlock& operator=(const ScopedPipeSignalBlock&) = delete;

 private:
  sigset_t pipe_;
  sigset_t before_;
};

std::string HostOf(const std::string& address) {
  return std::string(absl::StripSuffix(absl::StripPrefix(address.substr(0, address.rfind(':')), "["), "]"));
}

// Returns a connection whose reads and writes take `kSeconds` at most, or null.
BioPointer Connect(const std::string& address) {
  BioPointer bio(BIO_new_connect(address.c_str()), BIO_free_all);
  int socket = -1;
  if (bio == nullptr || BIO_do_connect_retry(bio.get(), kSeconds, 0) != 1 || BIO_get_fd(bio.get(), &socket) < 0) {
    return BioPointer(nullptr, BIO_free_all);
  }
  BIO_socket_nbio(socket, 0);
  const timeval limit = {.tv_sec = kSeconds, .tv_usec = 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  return bio;
}

// Returns what the settings mean for a connection. Null if they cannot be used.
ContextPointer MakeContext(const ServerAccess& access) {
  ContextPointer context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_alpn_protos(context.get(), kProtocols, sizeof(kProtocols) - 1);
  if (access.ca_file.empty()) return context;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const bool trusts = access.ca_file == kSystemAuthorities
                          ? SSL_CTX_set_default_verify_paths(context.get()) == 1
                          : SSL_CTX_load_verify_locations(context.get(), access.ca_file.c_str(), nullptr) == 1;
  const bool shows =
      access.cert_file.empty() ||
      (SSL_CTX_use_certificate_chain_file(context.get(), access.cert_file.c_str()) == 1 &&
       SSL_CTX_use_PrivateKey_file(context.get(), access.key_file.c_str(), SSL_FILETYPE_PEM) == 1);
  return trusts && shows ? std::move(context) : ContextPointer(nullptr, SSL_CTX_free);
}

// Makes the handshake expect the host.
void ExpectHost(const std::string& host, SSL* ssl) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1) return;
  SSL_set1_host(ssl, host.c_str());
  SSL_set_tlsext_host_name(ssl, host.c_str());
}

// The last thing that OpenSSL has to say, such as `sslv3 alert certificate expired`.
std::string LastError() {
  const unsigned long error = ERR_peek_last_error();
  const char* const reason = ERR_reason_error_string(error);
  const bool says_nothing = reason == nullptr || ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  return says_nothing ? "it closed the connection" : reason;
}

bool HasExpired(const ServerAccess& access) {
  if (access.cert_file.empty()) return false;
  const auto certificate = ReadCertificate(access.cert_file, access.key_file);
  return certificate.ok() && X509_cmp_current_time(X509_get0_notAfter(certificate->chain[0].get())) < 0;
}

// Explains why this side does not accept the server's certificate. `result` is not X509_V_OK.
std::string ExplainVerification(const ServerAccess& access, const ServerAccess& names, long result) {
  const char* const reason = X509_verify_cert_error_string(result);
  switch (result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return absl::StrCat("the server's certificate is not for ", HostOf(access.address), ", the host of ",
                          names.address);
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return absl::StrCat("the server needs another certificate, which is valid now: ", reason);
    default:
      return absl::StrCat("the server's certificate is not of an authority of ", names.ca_file, ", ", access.ca_file,
                          ": ", reason);
  }
}

// Explains a handshake that failed.
std::string ExplainHandshake(const ServerAccess& access, const ServerAccess& names, const SSL* ssl) {
  if (const long result = SSL_get_verify_result(ssl); result != X509_V_OK) {
    return ExplainVerification(access, names, result);
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_WRONG_VERSION_NUMBER) {
    return absl::StrCat("the server does not speak TLS: do not set ", names.ca_file);
  }
  return absl::StrCat("the server refused TLS: ", LastError());
}

// Explains a connection that the server ended after the handshake. With TLS 1.3 it judges the client's certificate
// then.
std::string ExplainEnd(const ServerAccess& access, const ServerAccess& names) {
  if (ERR_peek_last_error() == 0) return "";
  if (access.cert_file.empty()) {
    return absl::StrCat("the server refused the connection: ", LastError(), "; it may want a certificate, ",
                        names.cert_file);
  }
  return absl::StrCat("the server refused the certificate of ", names.cert_file, ", ", access.cert_file, ": ",
                      LastError());
}

}  // namespace

std::string ExplainTlsFailure(const ServerAccess& access, const ServerAccess& names) {
  if (!UnixPathOf(access.address).empty()) return "";
  if (HasExpired(access)) {
    return absl::StrCat("the certificate of ", names.cert_file, ", ", access.cert_file, ", has expired");
  }
  const ScopedPipeSignalBlock blocked;
  ERR_clear_error();
  BioPointer bio = Connect(access.address);
  const ContextPointer context = MakeContext(access);
  if (bio == nullptr || context == nullptr) return "";
  const SslPointer ssl(SSL_new(context.get()), SSL_free);
  ExpectHost(HostOf(access.address), ssl.get());
  BIO* const connection = bio.release();
  SSL_set_bio(ssl.get(), connection, connection);
  ERR_clear_error();
  const bool agreed = SSL_connect(ssl.get()) == 1;
  if (access.ca_file.empty()) return agreed ? absl::StrCat("the server speaks TLS: set ", names.ca_file) : "";
  if (!agreed) return ExplainHandshake(access, names, ssl.get());
  char first = 0;
  ERR_clear_error();
  return SSL_read(ssl.get(), &first, 1) == 1 ? "" : ExplainEnd(access, names);
}

}  // namespace aftercare
