#include "scheduler/store/sqlite_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace aftercare::store {
namespace {

constexpr size_t kHeaderSize = 100;
constexpr absl::string_view kMagic("SQLite format 3\0", 16);

// Offsets in the header; see "The Database File Format" of SQLite.
constexpr int kPageSize = 16;
constexpr int kChangeCounter = 24;
constexpr int kPageCount = 28;
constexpr int kApplicationId = 68;
constexpr int kVersionValidFor = 92;

using Header = std::array<unsigned char, kHeaderSize>;

int64_t Number(const Header& header, int offset, int bytes) {
  int64_t number = 0;
  for (int i = 0; i < bytes; ++i) number = number << 8 | header[offset + i];
  return number;
}

absl::Status Failure(absl::string_view what, const std::string& path) {
  return absl::UnavailableError(absl::StrCat(what, " ", path, ": ", std::strerror(errno)));
}

absl::Status NotOurs(const std::string& path) {
  return absl::FailedPreconditionError(absl::StrCat(path, " is not an Aftercare database"));
}

absl::Status CutShort(const std::string& path) {
  return absl::DataLossError(absl::StrCat(path, " is damaged: it has been cut short"));
}

bool HasContent(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && info.st_size > 0;
}

absl::Status CheckDirectory(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  struct stat info;
  if (stat(directory.c_str(), &info) != 0) return Failure("cannot find the directory", directory);
  if (!S_ISDIR(info.st_mode)) return absl::UnavailableError(absl::StrCat(directory, " is not a directory"));
  return absl::OkStatus();
}

// The first bytes of the file; fewer than a header's when there are no more.
absl::StatusOr<std::string> ReadHeader(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Failure("cannot open", path);
  std::string bytes(kHeaderSize, '\0');
  const ssize_t size = pread(descriptor, bytes.data(), bytes.size(), 0);
  const int error = errno;
  close(descriptor);
  errno = error;
  if (size < 0) return Failure("cannot read", path);
  bytes.resize(size);
  return bytes;
}

// SQLite's own rule: the header counts the pages only if the last to write the file knew of the count.
absl::Status CheckSize(const std::string& path, const Header& header, int64_t size) {
  int64_t page_size = Number(header, kPageSize, 2);
  if (page_size == 1) page_size = 65536;
  if (page_size < 512 || size % page_size != 0) return CutShort(path);
  const bool counted = Number(header, kChangeCounter, 4) == Number(header, kVersionValidFor, 4);
  if (counted && size < Number(header, kPageCount, 4) * page_size) return CutShort(path);
  return absl::OkStatus();
}

absl::Status CheckContent(const std::string& path, int64_t size, bool has_log) {
  const absl::StatusOr<std::string> bytes = ReadHeader(path);
  if (!bytes.ok()) return bytes.status();
  if (!absl::StartsWith(absl::string_view(*bytes), kMagic)) return NotOurs(path);
  if (bytes->size() < kHeaderSize) return CutShort(path);
  Header header;
  std::memcpy(header.data(), bytes->data(), kHeaderSize);
  if (Number(header, kApplicationId, 4) != kSqliteApplicationId) return NotOurs(path);
  return has_log ? absl::OkStatus() : CheckSize(path, header, size);
}

}  // namespace

std::string FollowLink(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  char real[PATH_MAX];
  return realpath(path.c_str(), real) != nullptr ? real : path;
}

absl::StatusOr<SqliteFileState> InspectSqliteFile(const std::string& path) {
  if (absl::Status status = CheckDirectory(path); !status.ok()) return status;
  struct stat info;
  SqliteFileState state;
  state.exists = stat(path.c_str(), &info) == 0;
  if (!state.exists && errno != ENOENT) return Failure("cannot look at", path);
  if (state.exists && !S_ISREG(info.st_mode)) return NotOurs(path);
  state.has_content = state.exists && info.st_size > 0;
  const bool has_wal = HasContent(path + "-wal");
  state.has_log = has_wal || HasContent(path + "-journal");
  if (state.has_content) {
    if (absl::Status status = CheckContent(path, info.st_size, state.has_log); !status.ok()) return status;
  } else if (has_wal) {
    // SQLite would take the log for a stray and delete it, with whatever it held.
    return absl::DataLossError(absl::StrCat(path, " is gone, but its write-ahead log is there"));
  }
  return state;
}

absl::Status CreatePrivateFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return errno == EEXIST ? absl::OkStatus() : Failure("cannot create", path);
  close(descriptor);
  return absl::OkStatus();
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<FileLock> FileLock::Take(const std::string& path, bool create) {
  const std::string lock = path + "-lock";
  const int descriptor = open(lock.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    if (errno == ENOENT && !create) return FileLock();
    return Failure("cannot open", lock);
  }
  FileLock taken(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return taken;
  if (errno != EWOULDBLOCK) return Failure("cannot lock", lock);
  return absl::FailedPreconditionError(absl::StrCat(path, " is in use by another process"));
}

}  // namespace aftercare::store
