#include "tests/history/gateway.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "scheduler/plan/timestamps.h"
#include "tests/history/index.h"

namespace aftercare::history {

namespace {

using Deliveries = v1::DeliveryService::Stub;

constexpr char kSandboxName[] = "clinics/sandbox";

// Of one item of a batch.
grpc::Status ToGrpc(const google::rpc::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), status.message(), status.SerializeAsString()};
}

}  // namespace

void Gateway::Run() {
  while (world_.working) {
    if (client_ == nullptr && (client_ = world_.lives.Await(nullptr)) == nullptr) return;
    for (const v1::Lease& lease : Lease()) Decide(lease);
    if (client_ != nullptr) Report();
    if (client_ != nullptr && chance_.OneIn(5)) LookAtSent();
  }
}

void Gateway::MayBeGone(const grpc::Status& status) {
  if (status.ok() || status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return;
  client_ = world_.lives.Await(client_);
}

std::vector<v1::Lease> Gateway::Lease() {
  v1::LeaseRemindersRequest request;
  request.set_parent(parent_);
  request.set_max_reminders(static_cast<int32_t>(chance_.Number(1, 30)));
  // In real time leases run out while there is work; in a sandbox by its clock.
  request.mutable_lease_duration()->set_seconds(parent_ == kSandboxName ? chance_.Number(60, 3600)
                                                                             : chance_.Number(1, 2));
  request.mutable_wait()->set_nanos(pending_.empty() ? 500'000'000 : 100'000'000);
  Observation call;
  call.set_actor(name_);
  const bool breaks_off = temper_.hasty && chance_.OneIn(3);
  const auto answer = Ask(world_.recorder, *client_->deliveries, &Deliveries::LeaseReminders, request, &call,
                          breaks_off ? absl::Milliseconds(chance_.Number(1, 20)) : absl::Minutes(1));
  MayBeGone(answer.status);
  for (Pending& pending : pending_) --pending.rounds;
  if (!answer.ok()) return {};
  std::vector<v1::Lease> leases(answer->leases().begin(), answer->leases().end());
  for (v1::Lease& lease : leases) {
    lease.clear_text();
    lease.clear_contact_point();
    *call.mutable_lease() = lease;
    world_.recorder.Add(call);
  }
  return leases;
}

Habit Gateway::Draw() {
  int64_t all = 0;
  for (const auto& [habit, weight] : temper_.habits) all += weight;
  int64_t drawn = chance_.Number(1, all);
  for (const auto& [habit, weight] : temper_.habits) {
    if ((drawn -= weight) <= 0) return habit;
  }
  return Habit::kSend;
}

void Gateway::Decide(const v1::Lease& lease) {
  Pending pending{lease.lease_id(), lease.reminder(), v1::DELIVERY_OUTCOME_SENT, absl::InfinitePast(), 0};
  const Habit habit = Draw();
  switch (habit) {
    case Habit::kDrop:
      return;
    case Habit::kSend:
      break;
    case Habit::kTwice:
      pending_.push_back(pending);
      pending.rounds = static_cast<int>(chance_.Number(0, 3));
      break;
    case Habit::kHang:
    case Habit::kHangAndFail:
      pending.rounds = static_cast<int>(chance_.Number(1, 8));
      if (parent_ != kSandboxName) pending.not_before = plan::ToTime(lease.expire_time());
      if (habit == Habit::kHangAndFail) pending.outcome = v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE;
      break;
    case Habit::kTemporary:
      pending.outcome = v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE;
      break;
    case Habit::kPermanent:
      pending.outcome = v1::DELIVERY_OUTCOME_PERMANENT_FAILURE;
      break;
    case Habit::kRelease:
      pending.outcome = v1::DELIVERY_OUTCOME_RELEASED;
      break;
  }
  pending_.push_back(std::move(pending));
}

void Gateway::Report() {
  const absl::Time now = absl::Now();
  std::vector<Pending> ready;
  const auto is_ready = [&](const Pending& pending) { return pending.rounds <= 0 && pending.not_before <= now; };
  for (const Pending& pending : pending_) {
    if (is_ready(pending)) ready.push_back(pending);
  }
  pending_.erase(std::remove_if(pending_.begin(), pending_.end(), is_ready), pending_.end());
  if (ready.empty()) return;
  v1::ReportDeliveriesRequest request;
  for (const Pending& pending : ready) {
    v1::DeliveryReport* report = request.add_reports();
    report->set_lease_id(pending.lease_id);
    report->set_outcome(pending.outcome);
  }
  Observation call;
  call.set_actor(name_);
  const auto answer = Ask(world_.recorder, *client_->deliveries, &Deliveries::ReportDeliveries, request, &call);
  for (size_t i = 0; i < ready.size(); ++i) {
    call.mutable_report()->set_lease_id(ready[i].lease_id);
    call.mutable_report()->set_outcome(ready[i].outcome);
    if (answer.ok()) {
      const v1::DeliveryResult& result = answer->results(static_cast<int>(i));
      call.mutable_report()->set_state(result.state());
      NoteStatus(ToGrpc(result.status()), &call);
      if (call.outcome() == OUTCOME_DONE && IsSent(result.state(), v1::REMINDER_REASON_UNSPECIFIED)) {
        sent_.push_back(ready[i].reminder);
      }
    }
    world_.recorder.Add(call);
  }
  if (call.outcome() == OUTCOME_UNKNOWN && chance_.OneIn(2)) {
    pending_.insert(pending_.end(), ready.begin(), ready.end());  // it reports again in the next life
  }
  MayBeGone(answer.status);
}

void Gateway::LookAtSent() {
  if (sent_.empty()) return;
  const std::string name = sent_[static_cast<size_t>(chance_.Number(0, static_cast<int64_t>(sent_.size()) - 1))];
  v1::GetReminderRequest request;
  request.set_name(name);
  Observation call;
  call.set_actor(name_);
  call.mutable_look()->set_name(name);
  const auto answer = Ask(world_.recorder, *client_->reminders, &v1::ReminderService::Stub::GetReminder, request, &call);
  if (answer.ok()) call.mutable_look()->set_state(answer->reminder().state());
  world_.recorder.Add(std::move(call));
  MayBeGone(answer.status);
}

}  // namespace aftercare::history
