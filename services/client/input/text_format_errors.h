#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_TEXT_FORMAT_ERRORS_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_TEXT_FORMAT_ERRORS_H_

#include <string>

#include "google/protobuf/io/tokenizer.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::client {

// Collects the errors of a protobuf text format parser. Each becomes a field error with the field `path:line:column`,
// counted from 1. Not thread safe.
class TextFormatErrors final : public google::protobuf::io::ErrorCollector {
 public:
  // `errors` must outlive the object.
  TextFormatErrors(const std::string& path, plan::FieldErrors* errors) : path_(path), errors_(errors) {}

  // Adds an error. The parser counts from 0, and passes -1 if the error has no place.
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override;

 private:
  const std::string path_;
  plan::FieldErrors* const errors_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_TEXT_FORMAT_ERRORS_H_
