#include "services/common/http_listener.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace aftercare {
namespace {

// Requests that are answered at a time. They are few and small: callbacks of one SMS gateway, or scrapes. So each takes
// a connection of its own, and a client that says nothing holds a thread for a short time only.
constexpr int kThreads = 16;
constexpr int kReadTimeoutSeconds = 2;

std::unique_ptr<httplib::Server> MakeServer(HttpCertificate* certificate) {
  if (certificate == nullptr) return std::make_unique<httplib::Server>();
  return std::make_unique<httplib::SSLServer>([certificate](SSL_CTX& context) {
    certificate->Serve(&context);
    return true;
  });
}

}  // namespace

HttpListener::HttpListener() : HttpListener(nullptr) {}

HttpListener::HttpListener(const std::string& cert_path, const std::string& key_path)
    : HttpListener(std::make_unique<HttpCertificate>(cert_path, key_path)) {}

HttpListener::HttpListener(std::unique_ptr<HttpCertificate> certificate)
    : certificate_(std::move(certificate)), server_(MakeServer(certificate_.get())) {
  server_->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server_->set_keep_alive_max_count(1);
  server_->set_read_timeout(kReadTimeoutSeconds);
  // Without httplib's own options, which let a second process listen on the same port.
  server_->set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
}

HttpListener::~HttpListener() { Stop(); }

absl::Status HttpListener::Listen(const std::string& address) {
  if (certificate_ != nullptr) {
    if (absl::Status status = certificate_->Load(); !status.ok()) return status;
  }
  const size_t colon = address.rfind(':');
  const std::string host(absl::StripSuffix(absl::StripPrefix(address.substr(0, colon), "["), "]"));
  bool bound = colon != std::string::npos && absl::SimpleAtoi(address.substr(colon + 1), &port_);
  if (bound && port_ == 0) {
    port_ = server_->bind_to_any_port(host);
    bound = port_ > 0;
  } else if (bound) {
    bound = server_->bind_to_port(host, port_);
  }
  if (!bound) return absl::UnavailableError(absl::StrCat("cannot listen on ", address, "; is the port in use?"));
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::yield();  // a stop() before that would stop nothing
  return absl::OkStatus();
}

void HttpListener::Stop() {
  server_->stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace aftercare
