#include "scheduler/plan/message_caps.h"

#include <algorithm>

namespace aftercare::plan {
namespace {

constexpr int kMaxPerDay = 100;
constexpr int kMaxPerWeek = 700;

int StricterOf(int a, int b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

}  // namespace

MessageCaps CheckMessageCap(const v1::MessageCap& cap, const std::string& path, FieldErrors* errors) {
  if (cap.has_per_day() && (cap.per_day() < 1 || cap.per_day() > kMaxPerDay)) {
    errors->push_back({path + ".per_day", absl::StrCat("must be 1 to ", kMaxPerDay)});
  }
  if (cap.has_per_week() && (cap.per_week() < 1 || cap.per_week() > kMaxPerWeek)) {
    errors->push_back({path + ".per_week", absl::StrCat("must be 1 to ", kMaxPerWeek)});
  }
  return TrustedMessageCaps(cap);
}

MessageCaps TrustedMessageCaps(const v1::MessageCap& cap) { return {cap.per_day(), cap.per_week()}; }

MessageCaps StricterOf(const MessageCaps& a, const MessageCaps& b) {
  return {StricterOf(a.per_day, b.per_day), StricterOf(a.per_week, b.per_week)};
}

}  // namespace aftercare::plan
