#include "scheduler/plan/input/phone_numbers.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace aftercare::plan {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr char kNoRegion[] = "ZZ";
constexpr size_t kMostDigits = 15;   // of E.164
constexpr size_t kMostLength = 100;  // of what may be a telephone number at all

const PhoneNumberUtil& Numbers() { return *PhoneNumberUtil::GetInstance(); }

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

std::string Format(const PhoneNumber& number, PhoneNumberUtil::PhoneNumberFormat format) {
  std::string text;
  Numbers().Format(number, format, &text);
  return text;
}

// Reads a number that the library takes for one of a possible length. `is_local` says whether a number without its area
// code is taken too, which is so behind a country code only.
std::optional<PhoneNumber> Parse(absl::string_view text, absl::string_view region, bool is_local) {
  PhoneNumber number;
  const std::string where = region.empty() ? kNoRegion : std::string(region);
  if (Numbers().Parse(std::string(text), where, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
  number.clear_extension();
  const auto reason = Numbers().IsPossibleNumberWithReason(number);
  const bool is_possible = reason == PhoneNumberUtil::IS_POSSIBLE ||
                           (is_local && reason == PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY);
  return is_possible ? std::optional(number) : std::nullopt;
}

// Reads what has a plus in front of the country code.
std::optional<PhoneNumber> ParseInternational(absl::string_view text) { return Parse(text, "", true); }

// Reads a number whose country code has `00` or nothing in front of it.
std::optional<PhoneNumber> ParseWithoutPlus(absl::string_view text) {
  const absl::string_view rest = absl::StartsWith(text, "00") ? text.substr(2) : text;
  const bool is_written_as_number = rest.find_first_not_of("0123456789-.()/ ") == rest.npos;
  if (rest.empty() || rest[0] == '0' || !is_written_as_number) return std::nullopt;
  return ParseInternational(absl::StrCat("+", rest));
}

std::optional<PhoneNumber> ParseAny(absl::string_view text, absl::string_view region) {
  if (text.empty() || text.size() > kMostLength) return std::nullopt;
  if (text[0] == '+') return ParseInternational(text);
  if (!region.empty()) {
    if (auto number = Parse(text, region, false)) return number;
  }
  return ParseWithoutPlus(text);
}

void AddForm(std::string form, std::vector<std::string>* forms) {
  if (std::find(forms->begin(), forms->end(), form) == forms->end()) forms->push_back(std::move(form));
}

}  // namespace

// The library takes a national prefix away behind the country code (`+44 07911...`), and the mobile prefix of Mexico
// (`+52 1`), so numbers that may have one are left to it.
bool IsPlainE164(absl::string_view number) {
  if (!absl::StartsWith(number, "+") || !IsDigits(number.substr(1))) return false;
  const absl::string_view digits = number.substr(1);
  if (digits[0] == '1') return digits.size() == 11 && digits[1] > '1';
  if (digits.size() < 10 || digits.size() > kMostDigits || digits[0] == '0') return false;
  const bool may_have_prefix = digits[1] == '0' || digits[2] == '0' || digits[3] == '0';
  const bool is_irregular = digits[0] == '7' || absl::StartsWith(digits, "52") || absl::StartsWith(digits, "54") ||
                            absl::StartsWith(digits, "55");
  return !may_have_prefix && !is_irregular;
}

bool IsRegion(absl::string_view code) {
  return code.size() == 2 && Numbers().GetCountryCodeForRegion(std::string(code)) != 0;
}

std::string RegionOf(const v1::Clinic& clinic) {
  if (!clinic.region().empty()) return clinic.region();
  const absl::string_view phone = absl::StripAsciiWhitespace(clinic.phone());
  if (!absl::StartsWith(phone, "+")) return "";
  // No country code begins with another one.
  int country_code = 0;
  for (const char c : phone.substr(0, 5)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) continue;
    country_code = 10 * country_code + (c - '0');
    std::string region;
    Numbers().GetRegionCodeForCountryCode(country_code, &region);
    if (IsRegion(region)) return region;
  }
  return "";
}

std::optional<std::string> ToE164(absl::string_view number, absl::string_view region) {
  const absl::string_view text = absl::StripAsciiWhitespace(number);
  if (IsPlainE164(text)) return std::string(text);
  const auto parsed = ParseAny(text, region);
  return parsed ? std::optional(Format(*parsed, PhoneNumberUtil::E164)) : std::nullopt;
}

std::string ToStoredAddress(v1::Channel channel, absl::string_view address, absl::string_view region) {
  if (channel != v1::CHANNEL_SMS) return std::string(address);
  const absl::string_view text = absl::StripAsciiWhitespace(address);
  if (IsPlainE164(text)) return std::string(text);
  std::optional<PhoneNumber> number;
  if (absl::StartsWith(text, "+") || absl::StartsWith(text, "00")) {
    number = ParseAny(text, region);
  } else if (!region.empty() && text.size() <= kMostLength) {
    number = Parse(text, region, false);
  }
  return number ? Format(*number, PhoneNumberUtil::E164) : std::string(address);
}

void NormalizeContactPoint(const v1::Clinic& clinic, v1::ContactPoint* point) {
  point->clear_state();
  if (point->channel() != v1::CHANNEL_SMS || IsPlainE164(point->address())) return;
  point->set_address(ToStoredAddress(point->channel(), point->address(), RegionOf(clinic)));
}

void NormalizeContactPoints(const v1::Clinic& clinic, v1::Enrollment* enrollment) {
  for (v1::ContactPoint& point : *enrollment->mutable_contact_points()) NormalizeContactPoint(clinic, &point);
}

std::vector<std::string> StoredFormsOf(v1::Channel channel, absl::string_view address, absl::string_view region) {
  if (channel != v1::CHANNEL_SMS) return {std::string(address)};
  const absl::string_view text = absl::StripAsciiWhitespace(address);
  const std::optional<std::string> number = ToE164(text, region);
  std::vector<std::string> forms = {number.value_or(std::string(address))};
  if (!absl::StartsWith(text, "+")) {
    if (const auto other = ParseWithoutPlus(text)) AddForm(Format(*other, PhoneNumberUtil::E164), &forms);
  }
  AddForm(std::string(address), &forms);
  if (!number || region.empty()) return forms;
  const int country_code = Numbers().GetCountryCodeForRegion(std::string(region));
  absl::string_view national = *number;
  if (!absl::ConsumePrefix(&national, absl::StrCat("+", country_code))) return forms;
  AddForm(std::string(national), &forms);
  std::string prefix;  // as in `0170 1234567`
  Numbers().GetNddPrefixForRegion(std::string(region), /*strip_non_digits=*/true, &prefix);
  AddForm(absl::StrCat(prefix, national), &forms);
  return forms;
}

}  // namespace aftercare::plan
