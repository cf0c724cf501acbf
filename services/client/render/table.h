#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_TABLE_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_TABLE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace aftercare::client {

// Lines in columns, each as wide as its widest cell. Columns of numbers are aligned right. Not thread safe.
class Table {
 public:
  // A title that begins with `>` makes a column of numbers; the sign is not shown.
  explicit Table(const std::vector<std::string>& titles);

  // Adds a line; `cells` has as many members as there are titles.
  void Add(std::vector<std::string> cells);

  bool empty() const { return rows_.empty(); }

  // The table with its titles, every line ended by a line feed. No line is wider than `max_width`: what is too long is
  // cut from the last column. 0 for no limit.
  std::string Render(int max_width, bool colour) const;

 private:
  std::string Line(const std::vector<std::string>& cells, const std::vector<int>& widths, int max_width) const;

  std::vector<std::string> titles_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

// `1 reminder`, `3 reminders`, `1,204 reminders`.
std::string Counted(int64_t count, absl::string_view noun);

// `1,204`.
std::string Thousands(int64_t number);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_TABLE_H_
