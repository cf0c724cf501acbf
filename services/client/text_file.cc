#include "services/client/text_file.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "services/client/failure.h"

namespace aftercare::client {
namespace {

// The limits of the API allow far less than this.
constexpr size_t kMaxFileBytes = 64 << 20;

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return UsageError(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  // A directory opens but cannot be read.
  if (!(text << stream.rdbuf())) return UsageError(absl::StrCat("cannot read ", path, ", or it is empty"));
  if (text.str().size() > kMaxFileBytes) return UsageError(absl::StrCat(path, " is too large"));
  return text.str();
}

void TextFaults::AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) {
  // Counted from 0, or -1 where there is no place.
  errors_->push_back({line < 0 ? path_ : absl::StrCat(path_, ":", line + 1, ":", column + 1), message});
}

}  // namespace aftercare::client
