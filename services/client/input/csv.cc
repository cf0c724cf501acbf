#include "services/client/input/csv.h"

#include <csv.h>

#include <algorithm>

#include "absl/strings/strip.h"

namespace aftercare::client {
namespace {

constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";

bool IsBlankLine(absl::string_view line) { return line.find_first_not_of(" \t\r\n") == absl::string_view::npos; }

}  // namespace

struct CsvReader::Parser {
  Parser() { csv_init(&csv, CSV_STRICT | CSV_STRICT_FINI); }
  ~Parser() { csv_free(&csv); }

  // Returns false if the text cannot be read.
  bool Parse(absl::string_view text) {
    return csv_parse(&csv, text.data(), text.size(), OnField, OnRecord, this) == text.size();
  }
  bool End() { return csv_fini(&csv, OnField, OnRecord, this) == 0; }

  static void OnField(void* text, size_t size, void* parser) {
    static_cast<Parser*>(parser)->record->fields.emplace_back(static_cast<const char*>(text), size);
  }
  static void OnRecord(int end, void* parser) { static_cast<Parser*>(parser)->complete = true; }

  csv_parser csv;
  CsvRecord* record = nullptr;
  bool complete = false;
};

CsvReader::CsvReader(absl::string_view text)
    : rest_(absl::StripPrefix(text, kByteOrderMark)), parser_(std::make_unique<Parser>()) {}

CsvReader::~CsvReader() = default;

absl::string_view CsvReader::TakeLine() {
  size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
  if (rest_.substr(end, 2) == "\r\n") ++end;
  const absl::string_view line = rest_.substr(0, std::min(end + 1, rest_.size()));
  rest_.remove_prefix(line.size());
  ++line_;
  return line;
}

bool CsvReader::Next(CsvRecord* record) {
  record->fields.clear();
  parser_->record = record;
  parser_->complete = false;
  bool begun = false;
  // The parser does not count lines, so it is given one line at a time.
  while (fault_.empty() && !parser_->complete && !rest_.empty()) {
    const absl::string_view line = TakeLine();
    if (!begun && IsBlankLine(line)) continue;
    if (!begun) record->line = line_;
    begun = true;
    if (!parser_->Parse(line)) fault_ = "quotes must enclose a whole field, and stand doubled inside it";
  }
  if (fault_.empty() && !parser_->complete && begun && !parser_->End()) fault_ = "a quote is not closed";
  if (!fault_.empty() && fault_line_ == 0) fault_line_ = record->line;
  return fault_.empty() && parser_->complete;
}

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (!line.empty()) line += ',';
    const size_t begin = line.size();
    line.resize(begin + 2 * field.size() + 2);  // Every character may be doubled; two quotes.
    line.resize(begin + csv_write(line.data() + begin, line.size() - begin, field.data(), field.size()));
  }
  return line + "\n";
}

}  // namespace aftercare::client
