#include "services/client/render/table.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/client/common/terminal.h"

namespace aftercare::client {

Table::Table(const std::vector<std::string>& titles) {
  for (const std::string& title : titles) {
    right_.push_back(absl::StartsWith(title, ">"));
    titles_.push_back(right_.back() ? title.substr(1) : title);
  }
}

void Table::Add(std::vector<std::string> cells) {
  cells.resize(titles_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::Line(const std::vector<std::string>& cells, const std::vector<int>& widths, int max_width) const {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = Fit(cells[i], widths[i]);
    const int gap = widths[i] - DisplayWidth(Cut(cells[i], widths[i]));
    absl::StrAppend(&line, i == 0 ? "" : "  ");
    absl::StrAppend(&line, right_[i] ? absl::StrCat(std::string(gap, ' '), cell.substr(0, cell.size() - gap)) : cell);
  }
  absl::StripTrailingAsciiWhitespace(&line);
  return max_width > 0 ? Cut(line, max_width) : line;
}

std::string Table::Render(int max_width, bool colour) const {
  std::vector<int> widths;
  for (const std::string& title : titles_) widths.push_back(DisplayWidth(title));
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string out = Paint(Ink::kDim, Line(titles_, widths, max_width), colour) + "\n";
  for (const auto& row : rows_) absl::StrAppend(&out, Line(row, widths, max_width), "\n");
  return out;
}

std::string Thousands(int64_t number) {
  std::string digits = absl::StrCat(number);
  for (int i = static_cast<int>(digits.size()) - 3; i > (number < 0 ? 1 : 0); i -= 3) digits.insert(i, ",");
  return digits;
}

std::string Counted(int64_t count, absl::string_view noun) {
  return absl::StrCat(Thousands(count), " ", noun, count == 1 ? "" : "s");
}

}  // namespace aftercare::client
