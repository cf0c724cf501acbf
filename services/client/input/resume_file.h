#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_RESUME_FILE_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_RESUME_FILE_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace aftercare::client {

// A file that holds only the resume token of a watch. Not thread safe.
class ResumeFile {
 public:
  // With an empty path nothing is saved, and Load returns no token.
  explicit ResumeFile(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  // Returns the saved token, or nullopt if the file does not exist. Returns a usage error if the file cannot be read or
  // does not hold a token.
  absl::StatusOr<std::optional<std::string>> Load();

  // Replaces the saved token. After a crash the file holds either the old or the new token. Returns a usage error if
  // the file cannot be written.
  absl::Status Save(absl::string_view token);

 private:
  const std::string path_;
  std::string saved_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_RESUME_FILE_H_
