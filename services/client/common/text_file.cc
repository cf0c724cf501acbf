#include "services/client/common/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

// Something like /dev/null, which must be neither replaced nor removed.
bool IsDevice(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored);
}

// Brings a file, or the names in a directory, to the disk.
bool Sync(const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return false;
  const bool synced = fsync(file) == 0;
  return close(file) == 0 && synced;
}

bool WriteAndSync(const std::string& path, absl::string_view content) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream << content;
  stream.close();
  return stream.good() && Sync(path, O_WRONLY);
}

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path, size_t max_bytes) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return UsageError(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  // A directory opens but cannot be read.
  if (!(text << stream.rdbuf())) return UsageError(absl::StrCat("cannot read ", path, ", or it is empty"));
  std::string content = std::move(text).str();
  if (content.size() > max_bytes) return UsageError(absl::StrCat(path, " is too large"));
  return content;
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view content) {
  const std::string part = IsDevice(path) ? path : absl::StrCat(path, ".part");
  std::ofstream stream(part, std::ios::binary | std::ios::trunc);
  stream << content;
  stream.close();
  if (stream.good() && part == path) return absl::OkStatus();
  if (stream.good() && std::rename(part.c_str(), path.c_str()) == 0) return absl::OkStatus();
  if (part != path) std::remove(part.c_str());
  return UsageError(absl::StrCat("cannot write ", path));
}

absl::Status WriteFileDurably(const std::string& path, absl::string_view content) {
  if (IsDevice(path)) return WriteFileAtomically(path, content);
  const std::string part = absl::StrCat(path, ".part");
  const std::string parent = std::filesystem::path(path).parent_path().string();
  if (WriteAndSync(part, content) && std::rename(part.c_str(), path.c_str()) == 0 &&
      Sync(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY)) {
    return absl::OkStatus();
  }
  std::remove(part.c_str());
  return UsageError(absl::StrCat("cannot write ", path));
}

absl::Status RemoveFile(const std::string& path) {
  if (IsDevice(path) || std::remove(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return UsageError(absl::StrCat("cannot remove ", path));
}

void TextFaults::AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) {
  // Counted from 0, or -1 where there is no place.
  errors_->push_back({line < 0 ? path_ : absl::StrCat(path_, ":", line + 1, ":", column + 1), message});
}

}  // namespace aftercare::client
