// libcurl, one transfer at a time. Not thread safe.
#ifndef AFTERCARE_SERVICES_GATEWAY_TRANSFER_H_
#define AFTERCARE_SERVICES_GATEWAY_TRANSFER_H_

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/gateway/outcome.h"

namespace aftercare::gateway {

// A handle that keeps its connections between transfers.
class Transfer {
 public:
  Transfer();

  // Makes it ready for another transfer: nothing of the last one is left but its connection. The whole of it may take
  // `timeout`. An empty `ca_file` trusts what this machine trusts.
  void Begin(const std::string& url, const std::string& ca_file, absl::Duration timeout);

  CURL* handle() const { return handle_.get(); }

 private:
  std::unique_ptr<CURL, void (*)(CURL*)> handle_;
};

// What an HTTP server answered.
struct HttpResponse {
  int status = 0;                                     // 0: none, and then `failure` says why
  Outcome failure;
  std::string body;                                   // its beginning
  absl::Duration retry_after = absl::ZeroDuration();  // what it asked for
};

// Posts `body` with `headers` (`Name: value`). Redirects are not followed.
HttpResponse Post(Transfer& transfer, const std::vector<std::string>& headers, const std::string& body);

// How a transfer that failed without a word from the server is read: nothing was sent if it was not `under_way`.
Outcome TransferFailure(CURLcode code, bool under_way);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_TRANSFER_H_
