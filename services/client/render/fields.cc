#include "services/client/render/fields.h"

#include "absl/strings/str_cat.h"
#include "services/client/common/terminal.h"

namespace aftercare::client {
namespace {

constexpr int kNameColumns = 16;

// Lines longer than this are hard to read.
constexpr int kColumns = 100;

std::string Line(absl::string_view name, absl::string_view value) {
  return absl::StrCat(Fit(name, kNameColumns), " ", value, "\n");
}

}  // namespace

std::string Field(absl::string_view name, absl::string_view value) { return value.empty() ? "" : Line(name, value); }

std::string Fields(absl::string_view name, const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) absl::StrAppend(&out, Line(out.empty() ? name : "", value));
  return out;
}

std::string LongField(absl::string_view name, absl::string_view value) {
  return value.empty() ? "" : Fields(name, Wrap(value, kColumns - kNameColumns - 1));
}

}  // namespace aftercare::client
