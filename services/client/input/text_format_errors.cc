#include "services/client/input/text_format_errors.h"

#include "absl/strings/str_cat.h"

namespace aftercare::client {

void TextFormatErrors::AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) {
  errors_->push_back({line < 0 ? path_ : absl::StrCat(path_, ":", line + 1, ":", column + 1), message});
}

}  // namespace aftercare::client
