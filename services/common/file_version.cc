#include "services/common/file_version.h"

#include <sys/stat.h>

namespace aftercare {
namespace {

int64_t ToNanos(const timespec& time) { return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

FileVersion VersionOf(const std::string& path) {
  struct stat file = {};
  if (stat(path.c_str(), &file) != 0) return {};
  return {.device = file.st_dev,
          .inode = file.st_ino,
          .size = file.st_size,
          .change_nanos = ToNanos(file.st_ctim),
          .write_nanos = ToNanos(file.st_mtim)};
}

}  // namespace aftercare
