#include "services/client/input/enrollment_file.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "services/client/common/failure.h"
#include "services/client/common/text_file.h"
#include "services/client/input/text_format_errors.h"

namespace aftercare::client {

absl::StatusOr<v1::Enrollment> ReadEnrollmentFile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) return text.status();
  return ParseEnrollment(path, *text);
}

absl::StatusOr<v1::Enrollment> ParseEnrollment(const std::string& path, absl::string_view text) {
  v1::Enrollment enrollment;
  plan::FieldErrors errors;
  if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "{")) {
    const auto status = google::protobuf::util::JsonStringToMessage(std::string(text), &enrollment);
    if (status.ok()) return enrollment;
    errors.push_back({path, std::string(status.message())});
    return FaultsError("the file is not an enrollment in protobuf JSON", errors);
  }
  TextFormatErrors collector(path, &errors);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  if (parser.ParseFromString(std::string(text), &enrollment)) return enrollment;
  return FaultsError("the file is not an enrollment in protobuf text format", errors);
}

}  // namespace aftercare::client
