// Serves HTTP or HTTPS on one address. The only place that binds httplib's server to an address.
#ifndef AFTERCARE_SERVICES_COMMON_HTTP_LISTENER_H_
#define AFTERCARE_SERVICES_COMMON_HTTP_LISTENER_H_

#include <httplib.h>

#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "services/common/http_certificate.h"

namespace aftercare {

// An HTTP server with threads of its own. Not thread safe itself; handlers run on the server's threads.
class HttpListener {
 public:
  // Serves HTTP.
  HttpListener();

  // Serves HTTPS by TLS 1.2 or newer, with the certificate and the private key in two PEM files, which are read again
  // when they change.
  HttpListener(const std::string& cert_path, const std::string& key_path);

  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  // Calls Stop.
  ~HttpListener();

  // For setting handlers and limits, before Listen.
  httplib::Server& server() { return *server_; }

  // Serves on `address`, `host:port`; port 0 takes a free port. Returns UNAVAILABLE if the address cannot be listened
  // on, for example because another process listens there, and another error if the certificate cannot be used. Call it
  // once.
  absl::Status Listen(const std::string& address);

  // The port that is listened on. Valid after Listen.
  int port() const { return port_; }

  // Answers the requests under way, then ends the threads. A second call does nothing.
  void Stop();

 private:
  explicit HttpListener(std::unique_ptr<HttpCertificate> certificate);

  const std::unique_ptr<HttpCertificate> certificate_;  // null without TLS
  const std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_HTTP_LISTENER_H_
