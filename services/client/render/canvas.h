#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_CANVAS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_CANVAS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/client/common/terminal.h"

namespace aftercare::client {

// One line of a picture made of text. Columns count from 0. Not thread safe.
class Canvas {
 public:
  explicit Canvas(int columns) : cells_(columns) {}

  int columns() const { return static_cast<int>(cells_.size()); }

  // Puts a character that is one column wide. Does nothing if the column is outside the line.
  void Put(int column, absl::string_view character, Ink ink);

  // Writes text from `column` (at least 0) on. Drops the part that does not fit on the line.
  void Write(int column, absl::string_view text, Ink ink);

  // Writes text if it fits on the line with a blank column before and after it. Otherwise changes nothing and returns
  // false.
  bool WriteApart(int column, absl::string_view text, Ink ink);

  // Returns whether the `width` columns from `column` on are on the line and blank.
  bool IsBlank(int column, int width) const;

  // Returns the line without the blanks at its end and without a line feed.
  std::string Render(bool colour) const;

 private:
  struct Cell {
    std::string character;  // Empty if the cell is blank or covered.
    Ink ink = Ink::kPlain;
    bool covered = false;  // It is the second column of a wide character.
  };

  std::vector<Cell> cells_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_CANVAS_H_
