#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_ENROLLMENT_FILE_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_ENROLLMENT_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/enrollment.pb.h"

// One patient's enrollment, written down by a person or a program. Functions are thread safe.
namespace aftercare::client {

// Reads an enrollment in protobuf JSON (what begins with a brace, as --json prints it) or protobuf text format. A usage
// error if the file cannot be read; if it is no enrollment, a failure that says why, with line and column.
absl::StatusOr<v1::Enrollment> ReadEnrollmentFile(const std::string& path);

// The same of text at hand; `path` is what failures call it.
absl::StatusOr<v1::Enrollment> ParseEnrollment(const std::string& path, absl::string_view text);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_ENROLLMENT_FILE_H_
