#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_TEXT_FILE_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_TEXT_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/io/tokenizer.h"
#include "scheduler/plan/field_errors.h"

namespace aftercare::client {

// Larger than any message the API takes.
inline constexpr size_t kMaxTextBytes = 64 << 20;

// The content of a file. A usage error if it cannot be read or is larger than that.
absl::StatusOr<std::string> ReadTextFile(const std::string& path, size_t max_bytes = kMaxTextBytes);

// Writes a file whole or not at all: whoever reads it meanwhile sees what was there before. A usage error if it cannot
// be written.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view content);

// The same, and what was written outlives a crash of the machine once this returns.
absl::Status WriteFileDurably(const std::string& path, absl::string_view content);

// Removes a file, if there is one. A usage error if it cannot be removed.
absl::Status RemoveFile(const std::string& path);

// Collects the faults of protobuf text format as fields called `path:line:column`, counted from 1. Not thread safe.
class TextFaults final : public google::protobuf::io::ErrorCollector {
 public:
  // `errors` must outlive it.
  TextFaults(const std::string& path, plan::FieldErrors* errors) : path_(path), errors_(errors) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override;

 private:
  const std::string path_;
  plan::FieldErrors* const errors_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_TEXT_FILE_H_
