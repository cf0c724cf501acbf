#include "services/gateway/url.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "services/common/address.h"

namespace aftercare::gateway {
namespace {

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
  const std::string copy = text;
  curl_free(text);
  return copy;
}

}  // namespace

std::optional<Url> ParseUrl(const std::string& text) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> handle(curl_url(), curl_url_cleanup);
  if (curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return std::nullopt;
  Url url;
  url.scheme = Part(handle.get(), CURLUPART_SCHEME);
  url.loopback = IsLoopback(absl::StrCat(Part(handle.get(), CURLUPART_HOST), ":", Part(handle.get(), CURLUPART_PORT)));
  url.has_credentials = !Part(handle.get(), CURLUPART_USER).empty() || !Part(handle.get(), CURLUPART_PASSWORD).empty();
  return url;
}

}  // namespace aftercare::gateway
