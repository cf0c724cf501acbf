#include "tests/gateway/fake_delivery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace aftercare::gateway {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(5);

}  // namespace

v1::Lease MakeLease(const std::string& id, v1::Channel channel, const std::string& address) {
  v1::Lease lease;
  lease.set_lease_id(id);
  lease.set_reminder("clinics/riverside/enrollments/ana/reminders/ice." + id);
  lease.set_patient("P-1");
  lease.set_attempt(1);
  lease.set_idempotency_key("key-of-" + id);
  lease.mutable_contact_point()->set_channel(channel);
  lease.mutable_contact_point()->set_address(address);
  lease.set_text("Ice pack now, says " + id);
  lease.set_locale("en");
  lease.set_phase("initial-reaction");
  lease.set_category("ice");
  lease.set_audience(v1::AUDIENCE_PATIENT);
  lease.mutable_due_time()->set_seconds(absl::ToUnixSeconds(absl::Now()));
  lease.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 3600);
  return lease;
}

void FakeDelivery::Start() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = false;
  }
  grpc::ServerBuilder builder;
  builder.AddListeningPort(absl::StrCat("127.0.0.1:", port_), credentials_, &port_);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(static_cast<v1::DeliveryService::Service*>(this));
  builder.RegisterService(static_cast<v1::ReplyService::Service*>(this));
  server_ = builder.BuildAndStart();
  ASSERT_NE(server_, nullptr);
}

void FakeDelivery::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (server_ == nullptr) return;
  server_->Shutdown();
  server_.reset();
}

void FakeDelivery::OfferAll(const std::vector<v1::Lease>& leases) {
  absl::MutexLock lock(&mutex_);
  for (const v1::Lease& lease : leases) offers_.push_back({.lease = lease});
}

void FakeDelivery::IgnoreLimits() {
  absl::MutexLock lock(&mutex_);
  ignore_limits_ = true;
}

void FakeDelivery::OfferEnded(const v1::Lease& lease) {
  absl::MutexLock lock(&mutex_);
  for (Open* open : open_) {
    *open->answers.add_leases() = lease;
    open->answers.add_ended_leases()->set_lease_id(lease.lease_id());
  }
}

void FakeDelivery::BreakStreams() {
  absl::MutexLock lock(&mutex_);
  ++breaks_;
}

void FakeDelivery::RefuseCalls(int count) {
  absl::MutexLock lock(&mutex_);
  refuse_ = count;
}

void FakeDelivery::AnswerReplies(grpc::StatusCode code) {
  absl::MutexLock lock(&mutex_);
  reply_code_ = code;
}

void FakeDelivery::AutoReply(const std::string& text) {
  absl::MutexLock lock(&mutex_);
  auto_reply_ = text;
}

v1::DeliveryReport FakeDelivery::AwaitReport(const std::string& lease_id) {
  return AwaitReport(lease_id, v1::DELIVERY_OUTCOME_UNSPECIFIED);
}

v1::DeliveryReport FakeDelivery::AwaitReport(const std::string& lease_id, v1::DeliveryOutcome outcome) {
  absl::MutexLock lock(&mutex_);
  v1::DeliveryReport found;
  const auto is_there = [&] {
    mutex_.AssertHeld();
    for (const v1::DeliveryReport& report : reports_) {
      if (report.lease_id() != lease_id) continue;
      if (outcome != v1::DELIVERY_OUTCOME_UNSPECIFIED && report.outcome() != outcome) continue;
      found = report;
      return true;
    }
    return false;
  };
  EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&is_there), kPatience)) << "no such report on " << lease_id;
  return found;
}

std::vector<v1::StreamConfiguration> FakeDelivery::AwaitStreams(size_t count) {
  absl::MutexLock lock(&mutex_);
  const auto are_there = [&] {
    mutex_.AssertHeld();
    return configurations_.size() >= count;
  };
  EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&are_there), kPatience));
  return configurations_;
}

bool FakeDelivery::AwaitAuthorization(const std::string& authorization) {
  absl::MutexLock lock(&mutex_);
  const auto is_there = [&] {
    mutex_.AssertHeld();
    return authorizations_.contains(authorization);
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&is_there), kPatience);
}

bool FakeDelivery::AwaitClosed(int count) {
  absl::MutexLock lock(&mutex_);
  const auto are_closed = [&] {
    mutex_.AssertHeld();
    return closed_ >= count;
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&are_closed), kPatience);
}

std::vector<v1::RecordReplyRequest> FakeDelivery::AwaitReplies(size_t count) {
  absl::MutexLock lock(&mutex_);
  const auto are_there = [&] {
    mutex_.AssertHeld();
    return replies_.size() >= count;
  };
  EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&are_there), kPatience));
  return replies_;
}

std::vector<v1::DeliveryReport> FakeDelivery::reports() const {
  absl::MutexLock lock(&mutex_);
  return reports_;
}

std::vector<v1::RecordReplyRequest> FakeDelivery::replies() const {
  absl::MutexLock lock(&mutex_);
  return replies_;
}

v1::DeliveryResult FakeDelivery::Take(const v1::DeliveryReport& report) {
  reports_.push_back(report);
  v1::DeliveryResult result;
  result.set_lease_id(report.lease_id());
  for (Open* open : open_) std::erase(open->leases, report.lease_id());
  switch (report.outcome()) {
    case v1::DELIVERY_OUTCOME_SENT:
      sent_[report.lease_id()] = true;
      break;
    case v1::DELIVERY_OUTCOME_RELEASED: {
      const auto found = leased_.find(report.lease_id());
      if (found == leased_.end()) break;
      Message again = found->second;
      again.lease.set_lease_id(again.lease.lease_id() + "+");
      again.lease.set_attempt(again.lease.attempt() + 1);
      offers_.push_front(again);
      break;
    }
    case v1::DELIVERY_OUTCOME_DELIVERED:
    case v1::DELIVERY_OUTCOME_BOUNCED:
      if (!sent_[report.lease_id()]) {
        result.mutable_status()->set_code(static_cast<int>(grpc::StatusCode::FAILED_PRECONDITION));
      }
      break;
    default:
      break;
  }
  return result;
}

bool FakeDelivery::FillLeases(Open* open) {
  while (!open->closed && !offers_.empty()) {
    const auto most = static_cast<size_t>(open->configuration.max_outstanding());
    if (!ignore_limits_ && open->leases.size() >= most) break;
    const auto next = std::find_if(offers_.begin(), offers_.end(), [&](const Message& message) {
      return message.stream < open->number &&
             message.lease.contact_point().channel() == open->configuration.filter().channel();
    });
    if (next == offers_.end()) break;
    leased_[next->lease.lease_id()] = {.lease = next->lease, .stream = open->number};
    open->leases.push_back(next->lease.lease_id());
    *open->answers.add_leases() = next->lease;
    offers_.erase(next);
  }
  return open->answers.ByteSizeLong() > 0;
}

void FakeDelivery::ReadReports(Stream* stream, Open* open) {
  v1::StreamRemindersRequest request;
  while (stream->Read(&request)) {
    absl::MutexLock lock(&mutex_);
    for (const v1::DeliveryReport& report : request.reports().reports()) *open->answers.add_results() = Take(report);
  }
  absl::MutexLock lock(&mutex_);
  open->closed = true;
  ++closed_;
}

grpc::Status FakeDelivery::StreamReminders(grpc::ServerContext* context, Stream* stream) {
  v1::StreamRemindersRequest first;
  if (!stream->Read(&first)) return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no configuration");
  Open open;
  open.configuration = first.configuration();
  {
    absl::MutexLock lock(&mutex_);
    const auto header = context->client_metadata().find("authorization");
    if (header != context->client_metadata().end()) {
      authorizations_.emplace(header->second.data(), header->second.size());
    }
    open.breaks = breaks_;
    open_.push_back(&open);
    configurations_.push_back(open.configuration);
    open.number = static_cast<int>(configurations_.size());
  }
  std::thread reader(&FakeDelivery::ReadReports, this, stream, &open);
  grpc::Status ended;
  for (bool over = false; !over;) {
    v1::StreamRemindersResponse response;
    {
      absl::MutexLock lock(&mutex_);
      const auto ready = [&] {
        mutex_.AssertHeld();
        return stopping_ || open.breaks != breaks_ || FillLeases(&open) || open.closed;
      };
      mutex_.Await(absl::Condition(&ready));
      const bool broken = stopping_ || open.breaks != breaks_;
      if (broken) ended = grpc::Status(grpc::StatusCode::UNAVAILABLE, "going away");
      over = broken || (open.closed && open.answers.ByteSizeLong() == 0);
      if (!over) response.Swap(&open.answers);
    }
    if (!over) stream->Write(response);
  }
  {
    absl::MutexLock lock(&mutex_);
    std::erase(open_, &open);
  }
  if (!ended.ok()) context->TryCancel();  // so that the reader ends
  reader.join();
  return ended;
}

grpc::Status FakeDelivery::ReportDeliveries(grpc::ServerContext*, const v1::ReportDeliveriesRequest* request,
                                            v1::ReportDeliveriesResponse* response) {
  absl::MutexLock lock(&mutex_);
  if (refuse_ > 0) {
    --refuse_;
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "busy");
  }
  for (const v1::DeliveryReport& report : request->reports()) *response->add_results() = Take(report);
  return grpc::Status::OK;
}

grpc::Status FakeDelivery::RecordReply(grpc::ServerContext*, const v1::RecordReplyRequest* request,
                                       v1::RecordReplyResponse* response) {
  absl::MutexLock lock(&mutex_);
  replies_.push_back(*request);
  if (refuse_ > 0) {
    --refuse_;
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "busy");
  }
  if (reply_code_ != grpc::StatusCode::OK) return grpc::Status(reply_code_, "");
  const bool is_new = request->request_id().empty() || answered_.insert(request->request_id()).second;
  if (is_new) response->set_auto_reply(auto_reply_);
  return grpc::Status::OK;
}

}  // namespace aftercare::gateway
