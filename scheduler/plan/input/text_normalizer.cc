#include "scheduler/plan/input/text_normalizer.h"

#include <algorithm>
#include <iterator>

#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// How capital letters lie to their small ones.
enum class Lie { kApart, kEvenFirst, kOddFirst };

// In kApart ranges a small letter is `distance` behind its capital, in the others right behind it.
struct Capitals {
  uint32_t first;
  uint32_t last;
  Lie lie;
  uint32_t distance = 1;
};

// In ascending order. What stands alone is in LowerCase itself.
constexpr Capitals kCapitals[] = {
    {0x41, 0x5A, Lie::kApart, 0x20},   {0xC0, 0xD6, Lie::kApart, 0x20},   {0xD8, 0xDE, Lie::kApart, 0x20},
    {0x100, 0x12F, Lie::kEvenFirst},   {0x132, 0x137, Lie::kEvenFirst},   {0x139, 0x148, Lie::kOddFirst},
    {0x14A, 0x177, Lie::kEvenFirst},   {0x179, 0x17E, Lie::kOddFirst},    {0x1A0, 0x1A5, Lie::kEvenFirst},
    {0x1AF, 0x1B0, Lie::kOddFirst},    {0x1CD, 0x1DC, Lie::kOddFirst},    {0x1DE, 0x1EF, Lie::kEvenFirst},
    {0x1F4, 0x1F5, Lie::kEvenFirst},   {0x1F8, 0x21F, Lie::kEvenFirst},   {0x222, 0x233, Lie::kEvenFirst},
    {0x388, 0x38A, Lie::kApart, 0x25}, {0x38E, 0x38F, Lie::kApart, 0x3F}, {0x391, 0x3A1, Lie::kApart, 0x20},
    {0x3A3, 0x3AB, Lie::kApart, 0x20}, {0x400, 0x40F, Lie::kApart, 0x50}, {0x410, 0x42F, Lie::kApart, 0x20},
    {0x460, 0x481, Lie::kEvenFirst},   {0x48A, 0x4BF, Lie::kEvenFirst},   {0x4C1, 0x4CE, Lie::kOddFirst},
    {0x4D0, 0x52F, Lie::kEvenFirst},   {0x531, 0x556, Lie::kApart, 0x30}, {0x1E00, 0x1E95, Lie::kEvenFirst},
    {0x1EA0, 0x1EFF, Lie::kEvenFirst},
};

constexpr Range kMarks[] = {
    {0x21, 0x2F},     {0x3A, 0x40},     {0x5B, 0x60},     {0x7B, 0x7E},       {0xA1, 0xA9},       {0xAB, 0xB1},
    {0xB4, 0xB4},     {0xB6, 0xB8},     {0xBB, 0xBB},     {0xBF, 0xBF},       {0xD7, 0xD7},       {0xF7, 0xF7},
    {0x37E, 0x37E},   {0x387, 0x387},   {0x55A, 0x55F},   {0x589, 0x58A},     {0x200B, 0x2027},   {0x202A, 0x202E},
    {0x2030, 0x205E}, {0x2060, 0x206F}, {0x20A0, 0x20FF}, {0x2190, 0x2BFF},   {0x2E00, 0x2E7F},   {0x3001, 0x3003},
    {0x3008, 0x301F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0x1F000, 0x1FAFF}, {0xE0020, 0xE007F},
};

constexpr Range kSpaces[] = {{0x9, 0xD},       {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
                             {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};

// Letters and what an accent that follows makes of them, in pairs.
struct Accent {
  uint32_t mark;
  const char32_t* letters;
};
constexpr Accent kAccents[] = {
    {0x300, U"aàeèiìoòuùnǹwẁyỳ"},
    {0x301, U"aáeéiíoóuúyýcćlĺnńrŕsśzźαάεέηήιίοόυύωώгѓкќ"},
    {0x302, U"aâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷ"},
    {0x303, U"aãiĩnñoõuũ"},
    {0x304, U"aāeēiīoōuū"},
    {0x306, U"aăgğuŭийуў"},
    {0x307, U"cċeėgġzż"},
    {0x308, U"aäeëiïoöuüyÿιϊυϋеёії"},
    {0x30A, U"aåuů"},
    {0x30B, U"oőuű"},
    {0x30C, U"aǎcčdďeěiǐlľnňoǒrřsštťuǔzž"},
    {0x326, U"sștț"},
    {0x327, U"cçgģkķlļnņrŗsştţ"},
    {0x328, U"aąeęiįuų"},
};

template <size_t size>
bool IsAmong(const Range (&ranges)[size], uint32_t character) {
  const auto end = std::lower_bound(std::begin(ranges), std::end(ranges), character,
                                    [](const Range& range, uint32_t value) { return range.last < value; });
  return end != std::end(ranges) && end->first <= character;
}

// The letter with the accent; 0 if there is no such letter.
uint32_t WithAccent(uint32_t letter, uint32_t mark) {
  for (const Accent& accent : kAccents) {
    if (accent.mark != mark) continue;
    for (const char32_t* pair = accent.letters; *pair != 0; pair += 2) {
      if (pair[0] == letter) return pair[1];
    }
  }
  return 0;
}

// Returns the letter without its accent, or the character itself.
uint32_t WithoutAccent(uint32_t character) {
  for (const Accent& accent : kAccents) {
    for (const char32_t* pair = accent.letters; *pair != 0; pair += 2) {
      if (pair[1] == character) return pair[0];
    }
  }
  return character;
}

void AppendCharacter(uint32_t c, std::string* out) {
  const auto add = [out](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (c < 0x80) return add(c);
  if (c < 0x800) {
    add(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    add(0xE0 | c >> 12);
    add(0x80 | (c >> 6 & 0x3F));
  } else {
    add(0xF0 | c >> 18);
    add(0x80 | (c >> 12 & 0x3F));
    add(0x80 | (c >> 6 & 0x3F));
  }
  add(0x80 | (c & 0x3F));
}

}  // namespace

uint32_t LowerCase(uint32_t c) {
  switch (c) {
    case 0x130:
    case 0x131:
      return 'i';
    case 0x178:
      return 0xFF;
    case 0x17F:
      return 's';
    case 0x386:
      return 0x3AC;
    case 0x38C:
      return 0x3CC;
    case 0x3C2:
      return 0x3C3;
    case 0x4C0:
      return 0x4CF;
    case 0x1E9E:
      return 0xDF;
    default:
      break;
  }
  const auto range = std::lower_bound(std::begin(kCapitals), std::end(kCapitals), c,
                                      [](const Capitals& capitals, uint32_t value) { return capitals.last < value; });
  if (range == std::end(kCapitals) || c < range->first) return c;
  if (range->lie == Lie::kApart) return c + range->distance;
  const bool is_capital = c % 2 == (range->lie == Lie::kEvenFirst ? 0 : 1);
  return is_capital ? c + 1 : c;
}

bool IsSpace(uint32_t character) { return IsAmong(kSpaces, character); }
bool IsMark(uint32_t character) { return IsAmong(kMarks, character); }

std::string Fold(absl::string_view text) {
  std::u32string folded;
  while (!text.empty()) {
    const uint32_t taken = TakeCharacter(&text);
    if (taken == kNoCharacter) break;
    const uint32_t c = LowerCase(taken);
    const uint32_t accented = folded.empty() ? 0 : WithAccent(folded.back(), c);
    if (accented != 0) {
      folded.back() = accented;
    } else if (IsSpace(c)) {
      if (!folded.empty() && folded.back() != ' ') folded.push_back(' ');
    } else if (!IsMark(c)) {
      folded.push_back(c);
    }
  }
  if (!folded.empty() && folded.back() == ' ') folded.pop_back();
  std::string out;
  for (const char32_t c : folded) {
    if (c == 0xDF) {
      out += "ss";
    } else {
      AppendCharacter(c, &out);
    }
  }
  return out;
}

std::string StripAccents(absl::string_view folded) {
  std::string out;
  while (!folded.empty()) {
    const uint32_t c = TakeCharacter(&folded);
    if (c == kNoCharacter) break;
    const bool is_accent = c >= 0x300 && c <= 0x36F;  // Of a letter that has no character with this accent.
    if (c == 0x153) {
      out += "oe";
    } else if (c == 0xE6) {
      out += "ae";
    } else if (c == 0xF8 || c == 0x142 || c == 0x111) {
      out.push_back(c == 0xF8 ? 'o' : c == 0x142 ? 'l' : 'd');
    } else if (!is_accent) {
      AppendCharacter(WithoutAccent(c), &out);
    }
  }
  return out;
}

}  // namespace aftercare::plan
