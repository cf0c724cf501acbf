#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_TEXT_FILE_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_TEXT_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Reads and writes whole files. Failures are usage errors that name the file. Thread safe for different files. Devices
// such as /dev/null are written in place and never removed.
namespace aftercare::client {

// The default limit of ReadTextFile: larger than any message the API takes.
inline constexpr size_t kMaxTextBytes = 64 << 20;

// Returns the content of a file. Fails if the file cannot be read, is empty, or has more than `max_bytes` bytes.
absl::StatusOr<std::string> ReadTextFile(const std::string& path, size_t max_bytes = kMaxTextBytes);

// Writes a file in place. A failure may leave it half written.
absl::Status WriteTextFile(const std::string& path, absl::string_view content);

// Makes an empty file that only its owner may read and write, for WriteTextFile. Fails if there is a file already.
absl::Status CreatePrivateFile(const std::string& path);

// Replaces a file as a whole or not at all: readers see either the old or the new content. Writes `path`.part first.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view content);

// As WriteFileAtomically. Once this has returned OK, the new content survives a crash of the machine.
absl::Status WriteFileDurably(const std::string& path, absl::string_view content);

// Removes a file. Succeeds if there is no such file.
absl::Status RemoveFile(const std::string& path);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_TEXT_FILE_H_
