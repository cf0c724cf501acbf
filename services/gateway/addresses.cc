#include "services/gateway/addresses.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace aftercare::gateway {
namespace {

// Digits of a telephone number. What has fewer may be a short code.
constexpr size_t kLeastDigits = 7;
constexpr size_t kMostDigits = 15;

}  // namespace

bool IsMailAddress(absl::string_view text) {
  const size_t at = text.find('@');
  if (at == text.npos || at == 0 || at + 1 == text.size() || text.find('@', at + 1) != text.npos) return false;
  if (text.size() > 254 || text.find_first_of("<>()[]\\,;:\" ") != text.npos) return false;
  for (const char c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

bool IsPhoneNumber(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "+") || text.size() < 4 || text.size() > 15) return false;
  return text.find_first_not_of("0123456789") == text.npos;
}

std::string ComparableNumber(absl::string_view number) {
  absl::string_view digits = number;
  if (!absl::ConsumePrefix(&digits, "+")) absl::ConsumePrefix(&digits, "00");
  const bool is_phone_number = digits.size() >= kLeastDigits && digits.size() <= kMostDigits &&
                               digits.find_first_not_of("0123456789") == digits.npos;
  return is_phone_number ? absl::StrCat("+", digits) : std::string(number);
}

}  // namespace aftercare::gateway
