// Small files with settings or secrets.
#ifndef AFTERCARE_SERVICES_COMMON_SECRET_FILE_H_
#define AFTERCARE_SERVICES_COMMON_SECRET_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace aftercare {

// Returns the content of a file, at most a megabyte of it. Returns NOT_FOUND, `cannot be read`, with the path and the
// cause if it cannot be read or is no file. Thread safe, as is the function below.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

// Returns PERMISSION_DENIED with the path and what to do if others than the owner and the group of the file may read or
// write it. Returns OK if there is no such file.
absl::Status CheckIsPrivate(const std::string& path);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_SECRET_FILE_H_
