#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_CANVAS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_CANVAS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/client/common/terminal.h"

namespace aftercare::client {

// One line of a terminal picture, column by column. Not thread safe.
class Canvas {
 public:
  explicit Canvas(int columns) : cells_(columns) {}

  int columns() const { return static_cast<int>(cells_.size()); }

  // Puts a character one column wide; outside the line it is dropped.
  void Put(int column, absl::string_view character, Ink ink);

  // Writes text from that column on; what does not fit on the line is dropped.
  void Write(int column, absl::string_view text, Ink ink);

  // Writes text if it fits on the line, with a blank column before and after it; otherwise changes nothing and returns
  // false.
  bool WriteApart(int column, absl::string_view text, Ink ink);

  // Whether `width` columns from `column` on are on the line and blank.
  bool IsBlank(int column, int width) const;

  // The line, without blanks at its end.
  std::string Render(bool colour) const;

 private:
  struct Cell {
    std::string character;  // Empty: blank, or the second column of a wide character.
    Ink ink = Ink::kPlain;
    bool covered = false;  // The second column of a wide character.
  };

  std::vector<Cell> cells_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_CANVAS_H_
