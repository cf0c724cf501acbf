#include "scheduler/plan/input/contact_points.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

constexpr size_t kMaxAddress = 254;

// E.164: a plus, a country code that does not begin with 0, fifteen digits at most.
bool IsPhoneNumber(absl::string_view address) {
  return address.size() >= 8 && address.size() <= 16 && address[0] == '+' && address[1] != '0' &&
         std::all_of(address.begin() + 1, address.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool IsDomainLabel(absl::string_view label) {
  const auto is_label = [](unsigned char c) { return absl::ascii_isalnum(c) || c == '-' || c >= 0x80; };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), is_label);
}

// Returns whether mail could go there: what a mail server would refuse at once is refused, the rest is its business.
bool IsMailAddress(absl::string_view address) {
  const size_t at = address.find('@');
  if (at == absl::string_view::npos || at == 0 || at > 64) return false;
  const absl::string_view local = address.substr(0, at);
  if (local.find_first_of(" ,;:<>()[]\\\"") != absl::string_view::npos) return false;
  if (local.front() == '.' || local.back() == '.' || local.find("..") != absl::string_view::npos) return false;
  const std::vector<absl::string_view> labels = absl::StrSplit(address.substr(at + 1), '.');
  return labels.size() >= 2 && std::all_of(labels.begin(), labels.end(), IsDomainLabel);
}

}  // namespace

void CheckContactPoint(const std::string& path, const v1::ContactPoint& point, FieldErrors* errors) {
  const std::string& address = point.address();
  const std::string field = path + ".address";
  const bool clean = IsCleanText(address, /*allow_newline=*/false);
  if (address.empty() || address.size() > kMaxAddress || !clean) {
    errors->push_back(
        {field, absl::StrCat("must be 1 to ", kMaxAddress, " bytes of text without control characters")});
  } else if (point.channel() == v1::CHANNEL_SMS && !IsPhoneNumber(address)) {
    errors->push_back({field,
                       "must be a telephone number in E.164 form, such as +15550100, or one that the clinic's region "
                       "has"});
  } else if (point.channel() == v1::CHANNEL_EMAIL && !IsMailAddress(address)) {
    errors->push_back({field, "must be an e-mail address"});
  }
  if (point.channel() == v1::CHANNEL_UNSPECIFIED || !v1::Channel_IsValid(point.channel())) {
    errors->push_back({path + ".channel", "must be a known channel"});
  }
}

}  // namespace aftercare::plan
