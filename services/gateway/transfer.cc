#include "services/gateway/transfer.h"

#include <algorithm>

namespace aftercare::gateway {
namespace {

constexpr size_t kMostBody = 1024;
constexpr absl::Duration kConnectTimeout = absl::Seconds(10);

CURL* NewHandle() {
  // Once in the process, before the first handle.
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_ALL);
  return ready == CURLE_OK ? curl_easy_init() : nullptr;
}

// Keeps the beginning of the body, and takes the rest.
size_t TakeBody(char* data, size_t size, size_t count, void* into) {
  auto* body = static_cast<std::string*>(into);
  body->append(data, std::min(size * count, kMostBody - std::min(kMostBody, body->size())));
  return size * count;
}

}  // namespace

Transfer::Transfer() : handle_(NewHandle(), curl_easy_cleanup) {}

void Transfer::Begin(const std::string& url, const std::string& ca_file, absl::Duration timeout) {
  curl_easy_reset(handle());
  curl_easy_setopt(handle(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle(), CURLOPT_PROXY, "");  // whatever the environment says: where texts go is configured
  curl_easy_setopt(handle(), CURLOPT_TIMEOUT_MS, std::max<long>(1, absl::ToInt64Milliseconds(timeout)));
  curl_easy_setopt(handle(), CURLOPT_CONNECTTIMEOUT_MS,
                   std::max<long>(1, absl::ToInt64Milliseconds(std::min(timeout, kConnectTimeout))));
  if (!ca_file.empty()) {
    curl_easy_setopt(handle(), CURLOPT_CAINFO, ca_file.c_str());
    curl_easy_setopt(handle(), CURLOPT_CAPATH, nullptr);
  }
}

HttpResponse Post(Transfer& transfer, const std::vector<std::string>& headers, const std::string& body) {
  CURL* handle = transfer.handle();
  HttpResponse response;
  curl_slist* list = curl_slist_append(nullptr, "Expect:");  // no round trip before the body
  for (const std::string& header : headers) list = curl_slist_append(list, header.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "aftercare-gateway");
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &response.body);
  const CURLcode code = curl_easy_perform(handle);
  curl_slist_free_all(list);
  // A status is an answer, whatever became of the rest of it.
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  response.status = status >= 200 ? static_cast<int>(status) : 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &retry_after);
  response.retry_after = absl::Seconds(retry_after);
  long sent = 0;
  curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &sent);
  if (response.status == 0) response.failure = TransferFailure(code, sent > 0);
  return response;
}

Outcome TransferFailure(CURLcode code, bool under_way) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return ChannelDown("UNREACHABLE");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
      return ChannelDown("TLS_FAILED");
    case CURLE_LOGIN_DENIED:
      return ChannelDown("AUTHENTICATION_FAILED");
    case CURLE_OPERATION_TIMEDOUT:
      return under_way ? Unknown("TIMEOUT") : ChannelDown("TIMEOUT");
    default:
      return under_way ? Unknown("CONNECTION_LOST") : ChannelDown("CONNECTION_LOST");
  }
}

}  // namespace aftercare::gateway
