#include "tests/history/stream_gateway.h"

#include <utility>

#include "absl/time/clock.h"

namespace aftercare::history {

StreamGateway::StreamGateway(TestRun& run, std::string parent, std::string name, const GatewayProfile& profile,
                             uint64_t seed)
    : run_(run),
      parent_(std::move(parent)),
      sandbox_(parent_ == kSandboxName),
      name_(std::move(name)),
      chance_(seed),
      pending_(profile, sandbox_, chance_) {}

void StreamGateway::Run() {
  ClientPtr client;
  while (run_.working) {
    if (client == nullptr && (client = run_.server.AwaitClient(nullptr)) == nullptr) return;
    const grpc::Status status = Once(*client);
    if (status.ok() || status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) continue;
    Observation call;
    NoteStatus(status, &call);
    EXPECT_EQ(call.outcome(), OUTCOME_UNKNOWN) << name_ << ": " << status.error_message();
    client = run_.server.AwaitClient(client);
  }
}

grpc::Status StreamGateway::Once(e2e::Client& client) {
  grpc::ClientContext context;
  // It dies then, if it has not closed the stream before: after some messages, in order.
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Milliseconds(chance_.Number(50, 2500))));
  const int64_t last = chance_.Number(1, 60);
  Observation opening;
  opening.set_actor(name_);
  run_.recorder.Ask(&opening);
  const auto stream = client.deliveries->StreamReminders(&context);
  bool writes = Configure(*stream);
  v1::StreamRemindersResponse response;
  for (int64_t messages = 0; stream->Read(&response); ++messages) {
    run_.recorder.Answer(&opening);
    opening.set_outcome(OUTCOME_DONE);
    TakeAnswers(response);
    TakeEnded(response, opening);
    TakeLeases(response, opening);
    writes = writes && Tell(*stream);
    if (messages == last) {
      stream->WritesDone();
      writes = false;
    }
  }
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(!status.ok() || (reports_.empty() && extensions_.empty()))
      << name_ << ": a stream that ended in order has answered everything";
  GiveUp(&reports_);
  GiveUp(&extensions_);
  outstanding_.clear();
  return status;
}

bool StreamGateway::Configure(Stream& stream) {
  max_outstanding_ = static_cast<int>(chance_.Number(1, 40));
  v1::StreamRemindersRequest request;
  v1::StreamConfiguration* configuration = request.mutable_configuration();
  configuration->set_parent(parent_);
  configuration->set_max_outstanding(max_outstanding_);
  configuration->mutable_lease_duration()->set_seconds(sandbox_ ? chance_.Number(60, 3600) : chance_.Number(1, 2));
  return stream.Write(request);
}

void StreamGateway::TakeLeases(const v1::StreamRemindersResponse& response, const Observation& opening) {
  for (const v1::Lease& lease : response.leases()) {
    Observation call = opening;  // All that is known is that it was leased on this stream.
    *call.mutable_lease() = Outline(lease);
    run_.recorder.Add(std::move(call));
    pending_.Put(lease);
    outstanding_.insert(lease.lease_id());
  }
  EXPECT_LE(static_cast<int>(outstanding_.size()), max_outstanding_) << name_ << " has more than it may";
}

void StreamGateway::TakeEnded(const v1::StreamRemindersResponse& response, const Observation& opening) {
  for (const v1::EndedLease& ended : response.ended_leases()) {
    Observation call = opening;
    call.mutable_ended()->set_lease_id(ended.lease_id());
    run_.recorder.Add(std::move(call));
    outstanding_.erase(ended.lease_id());
  }
}

// Answers are in the order of what they answer.
void StreamGateway::TakeAnswers(const v1::StreamRemindersResponse& response) {
  for (const v1::DeliveryResult& result : response.results()) {
    if (reports_.empty()) return ADD_FAILURE() << name_ << ": an answer to no report";
    Told told = std::move(reports_.front());
    reports_.pop_front();
    EXPECT_EQ(result.lease_id(), told.item.lease_id) << name_;
    run_.recorder.Answer(&told.call);
    NoteItem(told.item, result.status(), result.state(), &told.call);
    run_.recorder.Add(std::move(told.call));
  }
  for (const v1::LeaseExtension& extension : response.extensions()) {
    if (extensions_.empty()) return ADD_FAILURE() << name_ << ": an answer to no extension";
    Told told = std::move(extensions_.front());
    extensions_.pop_front();
    EXPECT_EQ(extension.lease_id(), told.item.lease_id) << name_;
    run_.recorder.Answer(&told.call);
    NoteItem(told.item, extension, &told.call);
    run_.recorder.Add(std::move(told.call));
  }
}

bool StreamGateway::Tell(Stream& stream) {
  v1::StreamRemindersRequest reports;
  v1::StreamRemindersRequest extensions;
  extensions.mutable_extensions()->mutable_lease_duration()->set_seconds(ExtensionSeconds(sandbox_));
  for (const PendingReport& item : pending_.Take()) {
    Told told{item, {}};
    told.call.set_actor(name_);
    run_.recorder.Ask(&told.call);
    if (item.extends) {
      extensions.mutable_extensions()->add_lease_ids(item.lease_id);
      extensions_.push_back(std::move(told));
      continue;
    }
    v1::DeliveryReport* report = reports.mutable_reports()->add_reports();
    report->set_lease_id(item.lease_id);
    report->set_outcome(item.outcome);
    outstanding_.erase(item.lease_id);
    reports_.push_back(std::move(told));
  }
  const bool extended = extensions.extensions().lease_ids().empty() || stream.Write(extensions);
  return extended && (reports.reports().reports().empty() || stream.Write(reports));
}

// The stream is over: what was not answered may have been heard or not.
void StreamGateway::GiveUp(std::deque<Told>* told) {
  std::vector<PendingReport> unheard;
  for (Told& each : *told) {
    run_.recorder.Answer(&each.call);
    NoteUnanswered(each.item, &each.call);
    each.call.set_outcome(OUTCOME_UNKNOWN);
    run_.recorder.Add(std::move(each.call));
    if (chance_.OneIn(2)) unheard.push_back(std::move(each.item));
  }
  pending_.PutBack(unheard);
  told->clear();
}

}  // namespace aftercare::history
