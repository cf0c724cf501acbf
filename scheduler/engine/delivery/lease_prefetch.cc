#include "scheduler/engine/delivery/lease_prefetch.h"

#include <optional>
#include <string>
#include <vector>

namespace aftercare::engine {
namespace {

// Returns the clinics that the terms are for and that have messages on their clock, at most `max`.
absl::StatusOr<std::vector<std::string>> ClinicsOf(DeliveryContext& context, store::ReadTransaction& tx,
                                                   const LeaseTerms& terms, size_t max) {
  std::vector<std::string> clinics;
  if (!terms.clinic.empty()) return std::vector<std::string>{terms.clinic};
  std::string after = context.last_clinic.last();
  while (clinics.size() < max) {
    auto next = tx.NextLeaseClinic("", terms.channels, after);
    if (!next.ok()) return next.status();
    if (!next->has_value()) return clinics;
    after = **next;
    clinics.push_back(**std::move(next));
  }
  return clinics;
}

}  // namespace

absl::Status PrefetchLeasable(DeliveryContext& context, store::ReadTransaction& tx, const LeaseTerms& terms,
                              absl::Time now, int max) {
  auto clinics = ClinicsOf(context, tx, terms, static_cast<size_t>(max));
  if (!clinics.ok()) return clinics.status();
  for (const std::string& id : *clinics) {
    auto clinic = context.engine.definitions().Clinic(tx, id);
    if (!clinic.ok() || *clinic == nullptr) return clinic.status();
    for (const v1::Channel channel : terms.channels) {
      const store::LeaseQueue queue{ClockOf(**clinic), channel, id};
      auto rows = tx.LeasableReminders(queue, now, /*after=*/std::nullopt, max);
      if (!rows.ok()) return rows.status();
      for (const store::ReminderRow& row : *rows) {
        absl::Status status = context.enrollment_cache.Prefetch(context.engine, tx, row);
        if (!status.ok()) return status;
      }
      max -= static_cast<int>(rows->size());
      if (max <= 0) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

}  // namespace aftercare::engine
