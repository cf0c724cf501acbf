#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_RESUME_FILE_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_RESUME_FILE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aftercare::client {

// A file that holds where a watch goes on, and nothing else. Not thread safe.
class ResumeFile {
 public:
  // Without a path it keeps nothing.
  explicit ResumeFile(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  // The token that was kept; nothing if there is no such file yet. A usage error for a file that cannot be read or
  // holds anything else.
  absl::StatusOr<std::optional<std::string>> Load();

  // Keeps a token in the place of the one before, so that a crash leaves one of the two. A usage error if it cannot.
  absl::Status Save(absl::string_view token);

 private:
  const std::string path_;
  std::string kept_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_RESUME_FILE_H_
