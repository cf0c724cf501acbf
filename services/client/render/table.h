#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_TABLE_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace aftercare::client {

// A table of text. Each column is as wide as its widest cell; columns of numbers are aligned right. Not thread safe.
class Table {
 public:
  // A title that begins with `>` makes a column of numbers. The `>` is not shown.
  explicit Table(const std::vector<std::string>& titles);

  // Adds a line with one cell for each title.
  void Add(std::vector<std::string> cells);

  bool empty() const { return rows_.empty(); }

  // Returns the table with its titles, every line ended by a line feed. Lines are cut to `max_width` columns; 0 for no
  // limit.
  std::string Render(int max_width, bool colour) const;

 private:
  std::string Line(const std::vector<std::string>& cells, const std::vector<int>& widths, int max_width) const;

  std::vector<std::string> titles_;
  std::vector<bool> right_;  // By column: whether it is aligned right.
  std::vector<std::vector<std::string>> rows_;
};

// Returns `1 reminder`, `3 reminders`, `1,204 reminders`. Pure and thread safe.
std::string Counted(int64_t count, absl::string_view noun);

// Returns `1,204`. Pure and thread safe.
std::string Thousands(int64_t number);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_TABLE_H_
