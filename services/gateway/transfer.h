// Transfers by libcurl, one at a time for each handle.
#ifndef AFTERCARE_SERVICES_GATEWAY_TRANSFER_H_
#define AFTERCARE_SERVICES_GATEWAY_TRANSFER_H_

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/gateway/outcome.h"

namespace aftercare::gateway {

// A libcurl handle that keeps its connections between transfers. Not thread safe.
class Transfer {
 public:
  Transfer();

  // Prepares the next transfer, to `url`. All options of the last transfer are reset; connections are kept. The whole
  // transfer may take `timeout`, and connecting at most 10 seconds of it. `ca_file` is a PEM file of the authorities to
  // trust; if it is empty, those of this machine are trusted. Proxies from the environment are ignored.
  void Begin(const std::string& url, const std::string& ca_file, absl::Duration timeout);

  // The handle, for further options. Belongs to this object.
  CURL* handle() const { return handle_.get(); }

 private:
  std::unique_ptr<CURL, void (*)(CURL*)> handle_;
};

// What an HTTP server answered.
struct HttpResponse {
  int status = 0;                                     // 0 if there was no answer
  Outcome failure;                                    // if there was no answer: what that means
  std::string body;                                   // its first 1,024 bytes
  absl::Duration retry_after = absl::ZeroDuration();  // of the header Retry-After; 0 if there was none
};

// Posts `body` with `headers` (`Name: value`) to the URL of the last Begin. Blocks. Does not follow redirects.
HttpResponse Post(Transfer& transfer, const std::vector<std::string>& headers, const std::string& body);

// Returns the outcome of a transfer that failed without an answer of the server. `under_way` says that the message had
// begun to be sent, so that it may have arrived (Outcome::maybe_sent); if it had not, the channel is down and nothing
// was sent.
Outcome TransferFailure(CURLcode code, bool under_way);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_TRANSFER_H_
