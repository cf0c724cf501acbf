#include "scheduler/plan/sms_size.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "absl/strings/ascii.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

// GSM 03.38 besides ASCII letters and digits: what takes one place, and what takes two because of an escape before it.
constexpr char32_t kOnePlace[] =
    U"@\u00A3$\u00A5\u00E8\u00E9\u00F9\u00EC\u00F2\u00C7\n\u00D8\u00F8\r\u00C5\u00E5\u0394_"
    U"\u03A6\u0393\u039B\u03A9\u03A0\u03A8\u03A3\u0398\u039E\u00C6\u00E6\u00DF\u00C9"
    U" !\"#\u00A4%&'()*+,-./:;<=>?\u00A1\u00C4\u00D6\u00D1\u00DC\u00A7\u00BF"
    U"\u00E4\u00F6\u00F1\u00FC\u00E0";
constexpr char32_t kTwoPlaces[] = U"\f^{}\\[~]|\u20AC";

template <size_t n>
bool Has(const char32_t (&set)[n], uint32_t character) {
  return std::find(set, set + n - 1, character) != set + n - 1;  // Without the null at the end.
}

// The places that a character takes in GSM-7, or 0 if GSM-7 lacks it.
int PlacesInGsm7(uint32_t character) {
  if (character < 0x80 && absl::ascii_isalnum(static_cast<unsigned char>(character))) return 1;
  return Has(kOnePlace, character) ? 1 : Has(kTwoPlaces, character) ? 2 : 0;
}

// The parts that characters need of which each takes so many places. No character is divided between two parts.
int PartsOf(const std::vector<int>& characters, int places, int in_one, int in_each) {
  if (places <= in_one) return 1;
  int parts = 1;
  int left = in_each;
  for (const int size : characters) {
    if (size > left) {
      ++parts;
      left = in_each;
    }
    left -= size;
  }
  return parts;
}

}  // namespace

SmsSize SmsSizeOf(absl::string_view text) {
  SmsSize size;
  std::vector<int> in_gsm7, in_ucs2;
  while (!text.empty()) {
    const absl::string_view before = text;
    const uint32_t character = TakeCharacter(&text);
    if (character == kNoCharacter) break;
    in_gsm7.push_back(PlacesInGsm7(character));
    in_ucs2.push_back(character > 0xFFFF ? 2 : 1);
    const std::string spelled(before.substr(0, before.size() - text.size()));
    const auto known = std::find(size.not_gsm7.begin(), size.not_gsm7.end(), spelled);
    if (in_gsm7.back() == 0 && known == size.not_gsm7.end()) size.not_gsm7.push_back(spelled);
  }
  const bool is_gsm7 = size.not_gsm7.empty();
  const std::vector<int>& characters = is_gsm7 ? in_gsm7 : in_ucs2;
  for (const int places : characters) size.places += places;
  size.parts = is_gsm7 ? PartsOf(characters, size.places, 160, 153) : PartsOf(characters, size.places, 70, 67);
  return size;
}

}  // namespace aftercare::plan
