#include "services/gateway/outbox.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"

namespace aftercare::gateway {
namespace {

// Whether the same report may be taken later.
bool MayWorkLater(int code) {
  switch (static_cast<absl::StatusCode>(code)) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kUnauthenticated:  // until somebody gives the gateway its token or its role again
    case absl::StatusCode::kPermissionDenied:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Outbox::Add(v1::DeliveryReport report) { waiting_.push_back(std::move(report)); }

std::vector<v1::DeliveryReport> Outbox::Take(size_t most) {
  std::vector<v1::DeliveryReport> taken;
  while (!waiting_.empty() && taken.size() < most) {
    taken.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    under_way_[taken.back().lease_id()] = taken.back();
  }
  return taken;
}

bool Outbox::Settle(const v1::DeliveryResult& result) {
  const auto found = under_way_.find(result.lease_id());
  if (found == under_way_.end()) return true;  // answered twice: it was reported again when the first way broke
  const bool done = !MayWorkLater(result.status().code());
  if (!done) waiting_.push_back(std::move(found->second));
  under_way_.erase(found);
  return done;
}

void Outbox::Return() {
  for (auto& [lease, report] : under_way_) waiting_.push_front(std::move(report));
  under_way_.clear();
}

size_t Outbox::sent() const {
  const auto is_sent = [](const v1::DeliveryReport& report) { return report.outcome() == v1::DELIVERY_OUTCOME_SENT; };
  return std::count_if(waiting_.begin(), waiting_.end(), is_sent) +
         std::count_if(under_way_.begin(), under_way_.end(), [&](const auto& entry) { return is_sent(entry.second); });
}

}  // namespace aftercare::gateway
