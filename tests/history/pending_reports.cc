#include "tests/history/pending_reports.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "scheduler/plan/timestamps.h"
#include "tests/history/index.h"

namespace aftercare::history {

Behavior PendingReports::Draw() {
  int64_t all = 0;
  for (const auto& [behavior, weight] : profile_.behaviors) all += weight;
  int64_t drawn = chance_.Number(1, all);
  for (const auto& [behavior, weight] : profile_.behaviors) {
    if ((drawn -= weight) <= 0) return behavior;
  }
  return Behavior::kSend;
}

void PendingReports::Put(const v1::Lease& lease) {
  PendingReport first;
  first.lease_id = lease.lease_id();
  first.reminder = lease.reminder();
  PendingReport second = first;
  second.rounds = static_cast<int>(chance_.Number(0, 3));
  const Behavior behavior = Draw();
  switch (behavior) {
    case Behavior::kDrop:
      return;
    case Behavior::kSend:
      break;
    case Behavior::kTwice:
      pending_.push_back(second);
      break;
    case Behavior::kReceipt:
      ++second.rounds;  // not with the report of the sending
      second.outcome = chance_.OneIn(2) ? v1::DELIVERY_OUTCOME_DELIVERED : v1::DELIVERY_OUTCOME_BOUNCED;
      pending_.push_back(second);
      break;
    case Behavior::kExtend:
      first.extends = true;
      ++second.rounds;
      pending_.push_back(second);
      break;
    case Behavior::kHang:
    case Behavior::kHangAndFail:
      first.rounds = static_cast<int>(chance_.Number(1, 8));
      if (!sandbox_) first.not_before = plan::ToTime(lease.expire_time());
      if (behavior == Behavior::kHangAndFail) first.outcome = v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE;
      break;
    case Behavior::kTemporary:
      first.outcome = v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE;
      break;
    case Behavior::kPermanent:
      first.outcome = v1::DELIVERY_OUTCOME_PERMANENT_FAILURE;
      break;
    case Behavior::kRelease:
      first.outcome = v1::DELIVERY_OUTCOME_RELEASED;
      break;
  }
  pending_.push_back(std::move(first));
}

std::vector<PendingReport> PendingReports::Take() {
  const absl::Time now = absl::Now();
  const auto waits = [&](const PendingReport& each) { return each.rounds > 0 || each.not_before > now; };
  const auto ready = std::stable_partition(pending_.begin(), pending_.end(), waits);
  std::vector<PendingReport> taken(ready, pending_.end());
  pending_.erase(ready, pending_.end());
  for (PendingReport& each : pending_) --each.rounds;
  return taken;
}

void PendingReports::PutBack(const std::vector<PendingReport>& unheard) {
  pending_.insert(pending_.end(), unheard.begin(), unheard.end());
}

void NoteUnanswered(const PendingReport& item, Observation* call) {
  if (item.extends) {
    call->mutable_extension()->set_lease_id(item.lease_id);
    return;
  }
  call->mutable_report()->set_lease_id(item.lease_id);
  call->mutable_report()->set_outcome(item.outcome);
}

void NoteItem(const PendingReport& item, const google::rpc::Status& status, v1::ReminderState state,
              Observation* call) {
  NoteUnanswered(item, call);
  if (!item.extends) call->mutable_report()->set_state(state);
  NoteStatus(ToGrpc(status), call);
}

void NoteItem(const PendingReport& item, const v1::LeaseExtension& extension, Observation* call) {
  NoteItem(item, extension.status(), v1::REMINDER_STATE_UNSPECIFIED, call);
  call->mutable_extension()->set_expire_micros(Micros(extension.expire_time()));
}

v1::Lease Outline(v1::Lease lease) {
  if (!IsAlarm(lease.reminder())) lease.mutable_contact_point()->clear_address();
  return lease;
}

int64_t ExtensionSeconds(bool sandbox) { return sandbox ? 3600 : 3; }

}  // namespace aftercare::history
