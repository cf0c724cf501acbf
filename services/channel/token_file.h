#ifndef AFTERCARE_SERVICES_CHANNEL_TOKEN_FILE_H_
#define AFTERCARE_SERVICES_CHANNEL_TOKEN_FILE_H_

#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scheduler/sync.h"
#include "services/common/file_version.h"

namespace aftercare {

// Returns the secret of the token in a file, without the blanks and line ends around it. Returns an error that names
// the file if it cannot be read, may be read by others than its owner and group, is empty, or is no token: 1 to 4,096
// visible ASCII characters. Thread safe.
absl::StatusOr<std::string> ReadToken(const std::string& path);

// A file with a token that is replaced from time to time. Thread safe.
class TokenFile {
 public:
  // `warn` is told, once for each version of the file, if a file that was good before is not good any more. It is
  // called while a lock is held, so it must not call back.
  TokenFile(std::string path, std::function<void(absl::string_view)> warn);

  // Returns the secret. Reads the file again if it has changed. If it is not good any more, returns the last secret
  // that was. Returns an error as ReadToken if it never was.
  absl::StatusOr<std::string> Secret() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const std::string path_;
  const std::function<void(absl::string_view)> warn_;
  Mutex mutex_;
  FileVersion read_ ABSL_GUARDED_BY(mutex_);  // the version that was read last, good or not
  std::string secret_ ABSL_GUARDED_BY(mutex_);  // empty before the first good one
};

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_CHANNEL_TOKEN_FILE_H_
