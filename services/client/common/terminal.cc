#include "services/client/common/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace aftercare::client {
namespace {

// Returns the length in bytes of the character that begins with `lead`, or 1 if no character begins with it.
size_t Utf8Length(unsigned char lead) {
  if (lead >= 0xF0 && lead < 0xF8) return 4;
  if (lead >= 0xE0) return lead < 0xF0 ? 3 : 1;
  return lead >= 0xC0 ? 2 : 1;
}

uint32_t CodePoint(absl::string_view character) {
  const auto byte = [&](size_t i) -> uint32_t { return static_cast<unsigned char>(character[i]); };
  switch (std::min(character.size(), Utf8Length(byte(0)))) {
    case 2:
      return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3:
      return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    case 4:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    default:
      return byte(0);
  }
}

bool IsCombining(uint32_t point) {
  return (point >= 0x300 && point <= 0x36F) || point == 0x200D || (point >= 0xFE00 && point <= 0xFE0F);
}

bool IsControl(uint32_t point) { return point < 0x20 || (point >= 0x7F && point < 0xA0); }

bool IsWide(uint32_t point) {
  return (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
         (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
         (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
         (point >= 0x1F300 && point <= 0x1FAFF) || (point >= 0x20000 && point <= 0x3FFFD);
}

const char* CodeOf(Ink ink) {
  switch (ink) {
    case Ink::kPlain:
      return "0";
    case Ink::kDim:
      return "2";
    case Ink::kBold:
      return "1";
    case Ink::kGreen:
      return "32";
    case Ink::kCyan:
      return "36";
    case Ink::kYellow:
      return "1;33";
    case Ink::kRed:
      return "1;31";
    case Ink::kMagenta:
      return "35";
    case Ink::kBlue:
      return "34";
  }
  return "0";
}

}  // namespace

std::string Paint(Ink ink, absl::string_view text, bool colour) {
  if (!colour || ink == Ink::kPlain || text.empty()) return std::string(text);
  return absl::StrCat("\033[", CodeOf(ink), "m", text, "\033[0m");
}

std::vector<std::string> SplitCharacters(absl::string_view text) {
  std::vector<std::string> characters;
  for (size_t i = 0; i < text.size();) {
    const size_t length = std::min(Utf8Length(static_cast<unsigned char>(text[i])), text.size() - i);
    const absl::string_view character = text.substr(i, length);
    i += length;
    const uint32_t point = CodePoint(character);
    if (IsCombining(point) && !characters.empty()) {
      absl::StrAppend(&characters.back(), character);
    } else if (character == "\n" || character == "\t") {
      characters.push_back(" ");
    } else {
      characters.push_back(IsControl(point) ? "?" : std::string(character));
    }
  }
  return characters;
}

int CharacterWidth(absl::string_view character) { return !character.empty() && IsWide(CodePoint(character)) ? 2 : 1; }

int DisplayWidth(absl::string_view text) {
  int width = 0;
  for (const std::string& character : SplitCharacters(text)) width += CharacterWidth(character);
  return width;
}

std::string Cut(absl::string_view text, int width) {
  const bool fits = DisplayWidth(text) <= width;
  std::string out;
  int used = 0;
  for (const std::string& character : SplitCharacters(text)) {
    used += CharacterWidth(character);
    if (!fits && used > width - 1) break;
    out += character;
  }
  if (!fits && width > 0) out += "…";
  return out;
}

std::string Fit(absl::string_view text, int width) {
  std::string out = Cut(text, width);
  out.append(std::max(0, width - DisplayWidth(out)), ' ');
  return out;
}

std::vector<std::string> Wrap(absl::string_view text, int width) {
  std::vector<std::string> lines(1);
  for (const absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    if (!lines.back().empty() && DisplayWidth(lines.back()) + 1 + DisplayWidth(word) > width) lines.emplace_back();
    absl::StrAppend(&lines.back(), lines.back().empty() ? "" : " ", Cut(word, width));
  }
  return lines;
}

int TerminalWidth() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  int columns = 0;
  const char* named = std::getenv("COLUMNS");
  return named != nullptr && absl::SimpleAtoi(named, &columns) && columns > 0 ? columns : 100;
}

bool IsTerminal() { return isatty(STDOUT_FILENO) == 1; }

bool ErrorsGoToTerminal() { return isatty(STDERR_FILENO) == 1; }

bool WantsColour() {
  const char* refused = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  if (refused != nullptr && *refused != '\0') return false;
  if (kind != nullptr && absl::string_view(kind) == "dumb") return false;
  return IsTerminal();
}

}  // namespace aftercare::client
