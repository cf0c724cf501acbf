#include "services/client/input/resume_file.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/client/common/failure.h"
#include "services/client/common/text_file.h"

namespace aftercare::client {
namespace {

// Larger than any token.
constexpr size_t kMaxBytes = 4096;

bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '=';
  });
}

}  // namespace

absl::StatusOr<std::optional<std::string>> ResumeFile::Load() {
  std::error_code error;
  if (path_.empty() || (!std::filesystem::exists(path_, error) && !error)) return std::optional<std::string>();
  absl::StatusOr<std::string> content = ReadTextFile(path_, kMaxBytes);
  if (!content.ok()) return content.status();
  saved_ = std::string(absl::StripAsciiWhitespace(*content));
  if (!IsToken(saved_)) {
    return UsageError(absl::StrCat(path_, " holds no token of a watch. Name another file, or remove it to begin now"));
  }
  return std::make_optional(saved_);
}

absl::Status ResumeFile::Save(absl::string_view token) {
  if (path_.empty() || token == saved_) return absl::OkStatus();
  if (absl::Status status = WriteFileDurably(path_, absl::StrCat(token, "\n")); !status.ok()) return status;
  saved_ = std::string(token);
  return absl::OkStatus();
}

}  // namespace aftercare::client
