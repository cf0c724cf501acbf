#include "services/common/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace aftercare {
namespace {

constexpr size_t kMostBytes = 1 << 20;

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  const auto failure = [&path](int error) {
    return absl::NotFoundError(absl::StrCat(path, " cannot be read: ", std::strerror(error)));
  };
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failure(errno);
  std::string content;
  char chunk[1 << 14];
  ssize_t count = 0;
  while (content.size() < kMostBytes && (count = read(file, chunk, sizeof(chunk))) > 0) content.append(chunk, count);
  const int error = errno;
  close(file);
  if (count < 0) return failure(error);
  return content;
}

absl::Status CheckIsPrivate(const std::string& path) {
  struct stat file = {};
  if (stat(path.c_str(), &file) != 0 || (file.st_mode & (S_IROTH | S_IWOTH)) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat(path, " may be read or written by anybody: chmod o-rwx ", path));
}

}  // namespace aftercare
