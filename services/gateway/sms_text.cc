#include "services/gateway/sms_text.h"

#include <cstdint>

namespace aftercare::gateway {
namespace {

// Everything of GSM 03.38 that is not ASCII, and its extension table, in UTF-8. ASCII is all there but for the
// backquote and control characters other than line ends.
constexpr absl::string_view kBeyondAscii = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà€";

bool FitsAscii(char c) { return (c >= 0x20 && c < 0x7f && c != '`') || c == '\n' || c == '\r'; }

size_t LengthOf(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

void Append(uint32_t point, std::string* text) {
  if (point < 0x80) return text->push_back(static_cast<char>(point));
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  constexpr uint8_t kFirst[] = {0, 0xc0, 0xe0, 0xf0};
  text->push_back(static_cast<char>(kFirst[more] | point >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) text->push_back(static_cast<char>(0x80 | (point >> (6 * i) & 0x3f)));
}

bool IsHigh(uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsLow(uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

}  // namespace

bool FitsSmsAlphabet(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = LengthOf(text[i]);
    const bool fits = length == 1 ? FitsAscii(text[i]) : kBeyondAscii.find(text.substr(i, length)) != text.npos;
    if (!fits) return false;
    i += length;
  }
  return true;
}

std::string FromUtf16(absl::string_view bytes) {
  const auto unit_at = [&](size_t i) -> uint32_t {
    if (i + 1 >= bytes.size()) return 0;
    return static_cast<unsigned char>(bytes[i]) << 8 | static_cast<unsigned char>(bytes[i + 1]);
  };
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    const uint32_t unit = unit_at(i);
    if (i + 1 == bytes.size()) {
      Append(0xfffd, &text);
    } else if (IsHigh(unit) && IsLow(unit_at(i + 2))) {
      Append(0x10000 + ((unit - 0xd800) << 10) + (unit_at(i + 2) - 0xdc00), &text);
      i += 2;
    } else {
      Append(IsHigh(unit) || IsLow(unit) ? 0xfffd : unit, &text);
    }
  }
  return text;
}

size_t CharacterLength(absl::string_view bytes) {
  const auto byte_at = [&](size_t i) -> uint32_t { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.empty() || (byte_at(0) >= 0x80 && byte_at(0) < 0xc2) || byte_at(0) > 0xf4) return 0;
  const size_t length = LengthOf(bytes[0]);
  if (bytes.size() < length) return 0;
  uint32_t point = length == 1 ? byte_at(0) : byte_at(0) & (0x7f >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte_at(i) & 0xc0) != 0x80) return 0;
    point = point << 6 | (byte_at(i) & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};  // by length: a shorter form is the valid one
  const bool valid = point >= kLeast[length] && point <= 0x10ffff && !IsHigh(point) && !IsLow(point);
  return valid ? length : 0;
}

std::string RepairedUtf8(absl::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const size_t length = CharacterLength(bytes);
    if (length == 0) Append(0xfffd, &text);
    text.append(bytes.data(), length);
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return text;
}

}  // namespace aftercare::gateway
