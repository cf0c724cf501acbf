#include "scheduler/plan/input/text_validation.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace aftercare::plan {
namespace {

bool IsValueCharacter(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_' || c == '-'; }

bool AllOf(absl::string_view text, bool (*is)(unsigned char)) {
  return std::all_of(text.begin(), text.end(), [is](char c) { return is(static_cast<unsigned char>(c)); });
}

bool IsLanguage(absl::string_view tag) {
  return (tag.size() == 2 || tag.size() == 3) && AllOf(tag, absl::ascii_isalpha);
}

bool IsScript(absl::string_view tag) { return tag.size() == 4 && AllOf(tag, absl::ascii_isalpha); }

bool IsRegion(absl::string_view tag) {
  return (tag.size() == 2 && AllOf(tag, absl::ascii_isalpha)) || (tag.size() == 3 && AllOf(tag, absl::ascii_isdigit));
}

// Ranges of characters of which nothing is seen where they stand alone: white space, fillers, and what only directs
// how other characters are shown. In ascending order.
constexpr std::pair<uint32_t, uint32_t> kInvisible[] = {
    {'\t', '\r'},         // tab to carriage return
    {' ', ' '},
    {0x85, 0x85},         // next line
    {0xA0, 0xA0},         // no-break space
    {0xAD, 0xAD},         // soft hyphen
    {0x34F, 0x34F},       // combining grapheme joiner
    {0x61C, 0x61C},       // Arabic letter mark
    {0x115F, 0x1160},     // fillers of Hangul
    {0x1680, 0x1680},     // space of Ogham, a line at most
    {0x17B4, 0x17B5},     // inherent vowels of Khmer
    {0x180B, 0x180F},     // variation selectors of Mongolian
    {0x2000, 0x200F},     // spaces by width, zero-width ones, marks of direction
    {0x2028, 0x202F},     // line ends, directions, narrow no-break space
    {0x205F, 0x206F},     // mathematical space, word joiner, invisible operators
    {0x2800, 0x2800},     // Braille without dots
    {0x3000, 0x3000},     // ideographic space
    {0x3164, 0x3164},     // filler of Hangul
    {0xFE00, 0xFE0F},     // variation selectors
    {0xFEFF, 0xFEFF},     // byte order mark
    {0xFFA0, 0xFFA0},     // filler of Hangul, half width
    {0xFFF9, 0xFFFB},     // annotations between lines
    {0x1BCA0, 0x1BCA3},   // format controls of shorthand
    {0x1D159, 0x1D159},   // empty head of a musical note
    {0x1D173, 0x1D17A},   // format controls of music
    {0xE0000, 0xE0FFF},   // tags, further variation selectors
};

bool IsInvisible(uint32_t character) {
  return std::any_of(std::begin(kInvisible), std::end(kInvisible), [character](const auto& range) {
    return character >= range.first && character <= range.second;
  });
}

}  // namespace

uint32_t TakeCharacter(absl::string_view* text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>((*text)[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) {
    text->remove_prefix(1);
    return lead;
  }
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text->size() < length) return kNoCharacter;
  uint32_t character = lead & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return kNoCharacter;
    character = character << 6 | (byte(i) & 0x3F);
  }
  const bool overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (overlong || surrogate || character > 0x10FFFF) return kNoCharacter;
  text->remove_prefix(length);
  return character;
}

bool IsCleanText(absl::string_view text, bool allow_newline) {
  while (!text.empty()) {
    const uint32_t character = TakeCharacter(&text);
    if (character == kNoCharacter) return false;
    if (character == '\n' && allow_newline) continue;
    if (character < 0x20 || (character >= 0x7F && character < 0xA0)) return false;
  }
  return true;
}

size_t CountCharacters(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; });
}

bool IsBlank(absl::string_view text) {
  while (!text.empty()) {
    const uint32_t character = TakeCharacter(&text);
    if (character == kNoCharacter || !IsInvisible(character)) return false;
  }
  return true;
}

bool IsPathwayId(absl::string_view text) {
  return IsFactorValue(text) && absl::ascii_islower(static_cast<unsigned char>(text[0]));
}

bool IsFactorValue(absl::string_view text) {
  return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), IsValueCharacter);
}

bool IsValidLocale(absl::string_view text) {
  if (text.size() > 11) return false;  // lan-Scri-REG, the longest there is.
  const std::vector<absl::string_view> tags = absl::StrSplit(text, '-');
  if (!IsLanguage(tags[0])) return false;
  size_t next = 1;
  if (next < tags.size() && IsScript(tags[next])) ++next;
  if (next < tags.size() && IsRegion(tags[next])) ++next;
  return next == tags.size();
}

std::string NormalizeLocale(absl::string_view locale) {
  std::string normal = absl::AsciiStrToLower(locale);
  for (size_t begin = normal.find('-'); begin != std::string::npos;) {
    const size_t end = std::min(normal.find('-', begin + 1), normal.size());
    const size_t length = end - begin - 1;
    for (size_t i = begin + 1; i < end; ++i) {
      if (length != 4 || i == begin + 1) normal[i] = absl::ascii_toupper(static_cast<unsigned char>(normal[i]));
    }
    begin = end == normal.size() ? std::string::npos : end;
  }
  return normal;
}

absl::string_view ParentLocale(absl::string_view locale) {
  const size_t dash = locale.rfind('-');
  return dash == absl::string_view::npos ? absl::string_view() : locale.substr(0, dash);
}

absl::string_view LanguageOf(absl::string_view locale) { return locale.substr(0, locale.find('-')); }

}  // namespace aftercare::plan
