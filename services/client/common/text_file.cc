#include "services/client/common/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

// Returns whether the path is something like /dev/null, which must be neither replaced nor removed.
bool IsDevice(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored);
}

bool Write(const std::string& path, absl::string_view content) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream << content;
  stream.close();
  return stream.good();
}

// Flushes a file, or the names in a directory, to the disk.
bool Sync(const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return false;
  const bool synced = fsync(file) == 0;
  return close(file) == 0 && synced;
}

bool Rename(const std::string& from, const std::string& to) { return std::rename(from.c_str(), to.c_str()) == 0; }

std::string PartOf(const std::string& path) { return absl::StrCat(path, ".part"); }

absl::Status CannotWrite(const std::string& path) { return UsageError(absl::StrCat("cannot write ", path)); }

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path, size_t max_bytes) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return UsageError(absl::StrCat("cannot read ", path));
  std::string content;
  for (char chunk[1 << 16]; content.size() <= max_bytes;) {
    stream.read(chunk, sizeof chunk);
    if (stream.gcount() == 0) break;
    content.append(chunk, stream.gcount());
  }
  // A directory opens but cannot be read.
  if (content.empty() || stream.bad()) return UsageError(absl::StrCat("cannot read ", path, ", or it is empty"));
  if (content.size() > max_bytes) return UsageError(absl::StrCat(path, " is too large"));
  return content;
}

absl::Status WriteTextFile(const std::string& path, absl::string_view content) {
  return Write(path, content) ? absl::OkStatus() : CannotWrite(path);
}

absl::Status CreatePrivateFile(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0) return close(file) == 0 ? absl::OkStatus() : CannotWrite(path);
  return errno == EEXIST ? UsageError(absl::StrCat(path, " exists already")) : CannotWrite(path);
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view content) {
  if (IsDevice(path)) return WriteTextFile(path, content);
  const std::string part = PartOf(path);
  if (Write(part, content) && Rename(part, path)) return absl::OkStatus();
  std::remove(part.c_str());
  return CannotWrite(path);
}

absl::Status WriteFileDurably(const std::string& path, absl::string_view content) {
  if (IsDevice(path)) return WriteTextFile(path, content);
  const std::string part = PartOf(path);
  const std::string parent = std::filesystem::path(path).parent_path().string();
  if (Write(part, content) && Sync(part, O_WRONLY) && Rename(part, path) &&
      Sync(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY)) {
    return absl::OkStatus();
  }
  std::remove(part.c_str());
  return CannotWrite(path);
}

absl::Status RemoveFile(const std::string& path) {
  if (IsDevice(path) || std::remove(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return UsageError(absl::StrCat("cannot remove ", path));
}

}  // namespace aftercare::client
