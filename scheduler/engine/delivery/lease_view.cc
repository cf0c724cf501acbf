#include "scheduler/engine/delivery/lease_view.h"

#include "absl/strings/str_cat.h"
#include "scheduler/engine/delivery/lease_id.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/leased_text.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

v1::Lease LeaseToProto(const Tokens& tokens, const LeasedReminder& leased) {
  const store::ReminderRow& row = leased.row;
  const v1::Enrollment& enrollment = leased.context->row.data;
  const RowRule rule = RuleOf(*leased.context, row);
  v1::Lease lease;
  lease.set_lease_id(MakeLeaseId(tokens, leased.id()));
  lease.set_reminder(ReminderNameOf(row.key));
  lease.set_patient(enrollment.patient());
  lease.set_attempt(row.attempts);
  plan::SetTimestamp(*row.available, lease.mutable_expire_time());
  // Each escalation step that tells a team is a message of its own.
  const int step = leased.attempt.escalation_step();
  lease.set_idempotency_key(
      tokens.Pseudonym(step == 0 ? lease.reminder() : absl::StrCat(lease.reminder(), "#", step)));
  *lease.mutable_contact_point() = leased.attempt.contact_point();
  lease.set_text(TextOf(*leased.context, row, leased.attempt));
  lease.set_locale(leased.attempt.locale());
  plan::SetTimestamp(row.due, lease.mutable_due_time());
  lease.set_phase(rule.source().phase());
  lease.set_category(CategoryOf(*leased.context, row));
  lease.set_audience(rule.compiled().audience);
  return lease;
}

}  // namespace

std::vector<v1::Lease> LeasesToProto(DeliveryContext& context, const LeaseBatch& batch) {
  std::vector<v1::Lease> leases;
  leases.reserve(batch.leased.size());
  for (const LeasedReminder& leased : batch.leased) {
    context.enrollment_cache.Put(leased.context);
    leases.push_back(LeaseToProto(context.engine.tokens(), leased));
  }
  return leases;
}

}  // namespace aftercare::engine
