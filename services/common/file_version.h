// Tells whether a file has changed.
#ifndef AFTERCARE_SERVICES_COMMON_FILE_VERSION_H_
#define AFTERCARE_SERVICES_COMMON_FILE_VERSION_H_

#include <cstdint>
#include <string>

namespace aftercare {

// What changes when a file is written or replaced. Two versions are equal if nothing of it has changed.
struct FileVersion {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t size = -1;  // -1 if there is no such file
  int64_t change_nanos = 0;
  int64_t write_nanos = 0;

  bool operator==(const FileVersion&) const = default;
};

// Returns the present version of a file. Follows symbolic links. Ask before you read the file: a change meanwhile then
// makes another version. Thread safe.
FileVersion VersionOf(const std::string& path);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_FILE_VERSION_H_
