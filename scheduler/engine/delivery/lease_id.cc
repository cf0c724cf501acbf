#include "scheduler/engine/delivery/lease_id.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/engine/lifecycle/escalation.h"

namespace aftercare::engine {
namespace {

constexpr absl::string_view kContext = "lease";

}  // namespace

std::string MakeLeaseId(const Tokens& tokens, const LeaseId& lease) {
  return tokens.Seal(kContext, absl::StrCat(lease.key.clinic, "/", lease.key.enrollment, "/", lease.key.rule, "/",
                                            lease.key.code, "/", lease.attempt));
}

std::optional<LeaseId> ParseLeaseId(const Tokens& tokens, absl::string_view id) {
  const auto payload = tokens.Open(kContext, id);
  if (!payload) return std::nullopt;
  const std::vector<absl::string_view> parts = absl::StrSplit(*payload, '/');
  LeaseId lease;
  if (parts.size() != 5 || !absl::SimpleAtoi(parts[3], &lease.key.code) ||
      !absl::SimpleAtoi(parts[4], &lease.attempt)) {
    return std::nullopt;
  }
  lease.key.clinic = std::string(parts[0]);
  lease.key.enrollment = std::string(parts[1]);
  lease.key.rule = std::string(parts[2]);
  return lease;
}

absl::Time LatestLeaseEnd(const EnrollmentContext& context, const store::ReminderRow& row) {
  return IsTask(context, row) ? row.closes.value_or(absl::InfiniteFuture()) : row.expire;
}

bool HoldsLease(const store::ReminderRow& row, const LeaseId& lease, absl::Time now) {
  return row.state == v1::REMINDER_STATE_LEASED && row.attempts == lease.attempt && now < *row.available;
}

}  // namespace aftercare::engine
