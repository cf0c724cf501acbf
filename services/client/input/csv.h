#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_CSV_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_CSV_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace aftercare::client {

// One record of a file: what stands between two line ends that are not in quotes.
struct CsvRecord {
  int64_t line = 0;  // on which it begins, counted from 1
  std::vector<std::string> fields;
};

// Reads comma-separated values as RFC 4180 has them: fields in quotes may hold commas, quotes (doubled) and line ends.
// Lines end with CR, LF or both; blank ones are skipped; so are a byte order mark, and blanks around fields without
// quotes. Not thread safe.
class CsvReader {
 public:
  // `text` must outlive the reader.
  explicit CsvReader(absl::string_view text);
  ~CsvReader();

  // Reads the next record. False at the end, or at a fault, after which nothing is read.
  bool Next(CsvRecord* record);

  // What is wrong with the quotes in the record that begins on fault_line(); empty if nothing is.
  const std::string& fault() const { return fault_; }
  int64_t fault_line() const { return fault_line_; }

 private:
  struct Parser;

  // The rest of the line that the text stands at, its end included.
  absl::string_view TakeLine();

  absl::string_view rest_;
  int64_t line_ = 0;
  std::string fault_;
  int64_t fault_line_ = 0;
  std::unique_ptr<Parser> parser_;
};

// One line of a file, its end included. Every field is put in quotes.
std::string CsvLine(const std::vector<std::string>& fields);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_CSV_H_
