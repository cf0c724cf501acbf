#include "services/channel/token_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/common/secret_file.h"

namespace aftercare {
namespace {

constexpr size_t kMostBytes = 4096;

}  // namespace

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  const auto text = ReadSmallFile(path);
  if (!text.ok()) return text.status();
  if (absl::Status status = CheckIsPrivate(path); !status.ok()) return status;
  const absl::string_view secret = absl::StripAsciiWhitespace(*text);
  if (secret.empty()) return absl::InvalidArgumentError(absl::StrCat(path, " is empty"));
  if (secret.size() > kMostBytes) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is too long: a token has at most 4,096 characters"));
  }
  // Anything else would not get through as a header.
  if (!std::all_of(secret.begin(), secret.end(), [](unsigned char c) { return absl::ascii_isgraph(c); })) {
    return absl::InvalidArgumentError(absl::StrCat(path, " holds more than a token, which is one word of ASCII"));
  }
  return std::string(secret);
}

TokenFile::TokenFile(std::string path, std::function<void(absl::string_view)> warn)
    : path_(std::move(path)), warn_(std::move(warn)) {}

absl::StatusOr<std::string> TokenFile::Secret() {
  MutexLock lock(mutex_);
  const FileVersion version = VersionOf(path_);
  if (!secret_.empty() && version == read_) return secret_;
  read_ = version;
  auto secret = ReadToken(path_);
  if (secret.ok()) return secret_ = *std::move(secret);
  if (secret_.empty()) return secret.status();
  warn_(absl::StrCat("the old token is used on: ", secret.status().message()));
  return secret_;
}

}  // namespace aftercare
