#include "services/client/render/canvas.h"

#include <algorithm>

namespace aftercare::client {

void Canvas::Put(int column, absl::string_view character, Ink ink) {
  if (column < 0 || column >= columns()) return;
  cells_[column] = {std::string(character), ink, false};
}

void Canvas::Write(int column, absl::string_view text, Ink ink) {
  for (const std::string& character : SplitCharacters(text)) {
    const int width = CharacterWidth(character);
    if (column + width > columns()) return;
    Put(column, character, ink);
    if (width == 2 && column + 1 >= 0) cells_[column + 1] = {"", ink, true};
    column += width;
  }
}

bool Canvas::IsBlank(int column, int width) const {
  if (column < 0 || column + width > columns()) return false;
  return std::all_of(cells_.begin() + column, cells_.begin() + column + width,
                     [](const Cell& cell) { return cell.character.empty() && !cell.covered; });
}

bool Canvas::WriteApart(int column, absl::string_view text, Ink ink) {
  const int width = DisplayWidth(text);
  if (!IsBlank(column, width)) return false;
  if (column > 0 && !IsBlank(column - 1, 1)) return false;
  if (column + width < columns() && !IsBlank(column + width, 1)) return false;
  Write(column, text, ink);
  return true;
}

std::string Canvas::Render(bool colour) const {
  size_t end = cells_.size();
  while (end > 0 && cells_[end - 1].character.empty() && !cells_[end - 1].covered) --end;
  std::string out;
  std::string run;
  Ink ink = Ink::kPlain;
  for (size_t i = 0; i < end; ++i) {
    const Cell& cell = cells_[i];
    if (cell.covered) continue;
    const bool blank = cell.character.empty();
    if (!blank && cell.ink != ink) {
      out += Paint(ink, run, colour);
      run.clear();
      ink = cell.ink;
    }
    run += blank ? " " : cell.character;
  }
  return out + Paint(ink, run, colour);
}

}  // namespace aftercare::client
