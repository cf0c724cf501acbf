#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_ENROLLMENT_FILE_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_ENROLLMENT_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/enrollment.pb.h"

// Reads the file of one patient's enrollment. All functions are thread safe.
namespace aftercare::client {

// Reads an enrollment in protobuf JSON, as --json prints it, or in protobuf text format. Text that begins with a brace
// is JSON. Returns a usage error if the file cannot be read. If the content is not an enrollment, the failure says why,
// for text format with line and column.
absl::StatusOr<v1::Enrollment> ReadEnrollmentFile(const std::string& path);

// As ReadEnrollmentFile, with the content of the file. Failures name `path`.
absl::StatusOr<v1::Enrollment> ParseEnrollment(const std::string& path, absl::string_view text);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_ENROLLMENT_FILE_H_
