#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_CSV_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_CSV_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// Comma-separated values (RFC 4180).
namespace aftercare::client {

// One record of a file. It is one line, or several if a field in quotes holds line ends.
struct CsvRecord {
  int64_t line = 0;  // The line on which the record begins, counted from 1.
  std::vector<std::string> fields;
};

// Reads records one after the other. Fields in quotes may hold commas, quotes (doubled) and line ends. A line ends with
// CR, LF or both. Blank lines, a byte order mark, and blanks around fields without quotes are skipped. Not thread safe.
class CsvReader {
 public:
  // `text` must outlive the reader.
  explicit CsvReader(absl::string_view text);
  ~CsvReader();

  // Reads the next record. Returns false at the end of the text and at a fault. Nothing can be read after a fault.
  bool Next(CsvRecord* record);

  // Describes what is wrong with the quotes of the record that begins on fault_line(). Empty if there is no fault.
  const std::string& fault() const { return fault_; }
  int64_t fault_line() const { return fault_line_; }

 private:
  struct Parser;

  // Removes the next line from the text and returns it with its end.
  absl::string_view TakeLine();

  absl::string_view rest_;
  int64_t line_ = 0;
  std::string fault_;
  int64_t fault_line_ = 0;
  std::unique_ptr<Parser> parser_;
};

// Returns one line of a file, with its end. Every field is put in quotes.
std::string CsvLine(const std::vector<std::string>& fields);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_CSV_H_
