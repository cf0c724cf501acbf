#include "tests/history/gateway.h"

#include <algorithm>
#include <utility>

#include "tests/history/index.h"

namespace aftercare::history {

using Deliveries = v1::DeliveryService::Stub;

Gateway::Gateway(TestRun& run, std::string parent, std::string name, const GatewayProfile& profile, uint64_t seed)
    : run_(run),
      parent_(std::move(parent)),
      sandbox_(parent_ == kSandboxName),
      name_(std::move(name)),
      hasty_(profile.hasty),
      chance_(seed),
      pending_(profile, sandbox_, chance_) {}

void Gateway::Run() {
  while (run_.working) {
    if (client_ == nullptr && (client_ = run_.server.AwaitClient(nullptr)) == nullptr) return;
    Lease();
    if (client_ != nullptr) Tell();
    if (client_ != nullptr && chance_.OneIn(5)) LookAtSent();
  }
}

void Gateway::MayBeGone(const grpc::Status& status) {
  if (status.ok() || status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return;
  client_ = run_.server.AwaitClient(client_);
}

void Gateway::Lease() {
  v1::LeaseRemindersRequest request;
  request.set_parent(parent_);
  request.set_max_reminders(static_cast<int32_t>(chance_.Number(1, 30)));
  // In real time leases run out while there is work; in a sandbox by its clock.
  request.mutable_lease_duration()->set_seconds(sandbox_ ? chance_.Number(60, 3600) : chance_.Number(1, 2));
  request.mutable_wait()->set_nanos(pending_.empty() ? 500'000'000 : 100'000'000);
  Observation call;
  call.set_actor(name_);
  const bool breaks_off = hasty_ && chance_.OneIn(3);
  const auto answer = Ask(run_.recorder, *client_->deliveries, &Deliveries::LeaseReminders, request, &call,
                          breaks_off ? absl::Milliseconds(chance_.Number(1, 20)) : absl::Minutes(1));
  for (const v1::Lease& lease : answer->leases()) {
    *call.mutable_lease() = Outline(lease);
    run_.recorder.Add(call);
    pending_.Put(lease);
  }
  MayBeGone(answer.status);
}

void Gateway::Tell() {
  std::vector<PendingReport> items = pending_.Take();
  const auto extends = [](const PendingReport& each) { return each.extends; };
  const auto reports = std::stable_partition(items.begin(), items.end(), extends);
  if (reports != items.begin()) Extend({items.begin(), reports});
  if (reports != items.end() && client_ != nullptr) Report({reports, items.end()});
}

void Gateway::Report(const std::vector<PendingReport>& items) {
  v1::ReportDeliveriesRequest request;
  for (const PendingReport& item : items) {
    v1::DeliveryReport* report = request.add_reports();
    report->set_lease_id(item.lease_id);
    report->set_outcome(item.outcome);
  }
  Observation call;
  call.set_actor(name_);
  const auto answer = Ask(run_.recorder, *client_->deliveries, &Deliveries::ReportDeliveries, request, &call);
  for (size_t i = 0; i < items.size(); ++i) {
    if (answer.ok()) {
      const v1::DeliveryResult& result = answer->results(static_cast<int>(i));
      NoteItem(items[i], result.status(), result.state(), &call);
      if (items[i].outcome == v1::DELIVERY_OUTCOME_SENT && call.outcome() == OUTCOME_DONE) {
        sent_.push_back(items[i].reminder);
      }
    } else {
      NoteUnanswered(items[i], &call);
    }
    run_.recorder.Add(call);
  }
  // Some report again in the next life what was not answered.
  if (!answer.ok() && chance_.OneIn(2)) pending_.PutBack(items);
  MayBeGone(answer.status);
}

void Gateway::Extend(const std::vector<PendingReport>& items) {
  v1::ExtendLeasesRequest request;
  for (const PendingReport& item : items) request.add_lease_ids(item.lease_id);
  request.mutable_lease_duration()->set_seconds(ExtensionSeconds(sandbox_));
  Observation call;
  call.set_actor(name_);
  const auto answer = Ask(run_.recorder, *client_->deliveries, &Deliveries::ExtendLeases, request, &call);
  for (size_t i = 0; i < items.size(); ++i) {
    if (answer.ok()) {
      NoteItem(items[i], answer->extensions(static_cast<int>(i)), &call);
    } else {
      NoteUnanswered(items[i], &call);
    }
    run_.recorder.Add(call);
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
  const auto answer =
      Ask(run_.recorder, *client_->reminders, &v1::ReminderService::Stub::GetReminder, request, &call);
  if (answer.ok()) call.mutable_look()->set_state(answer->reminder().state());
  run_.recorder.Add(std::move(call));
  MayBeGone(answer.status);
}

}  // namespace aftercare::history
