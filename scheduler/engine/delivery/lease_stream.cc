#include "scheduler/engine/delivery/lease_stream.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxOutstanding = 10'000;
constexpr int kMaxItems = 1000;
constexpr int kLeasedAtOnce = 1000;
constexpr absl::Duration kLongestWait = absl::Minutes(10);

absl::Status Misuse(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}

bool IsEmpty(const v1::StreamRemindersResponse& response) {
  return response.leases().empty() && response.results().empty() && response.extensions().empty() &&
         response.ended_leases().empty();
}

// Whether a report has settled its lease: it is not the gateway's any more. A receipt that came too early has not.
bool IsSettled(const v1::DeliveryResult& result) {
  const bool lost = result.status().code() == static_cast<int>(absl::StatusCode::kFailedPrecondition);
  return result.status().code() == 0 || (lost && result.state() != v1::REMINDER_STATE_LEASED);
}

// A request and its answer, alive until the use case is over.
template <typename Request, typename Response>
struct Exchange {
  Request request;
  Response response;
};

}  // namespace

void LeaseStream::Take(v1::StreamRemindersRequest request, Ready ready) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return;
    ready_ = std::move(ready);
    taking_ = true;
  }
  if (absl::Status status = TakeMessage(request); !status.ok()) OnReportDone(std::move(status));
}

absl::Status LeaseStream::TakeMessage(v1::StreamRemindersRequest& request) {
  using Request = v1::StreamRemindersRequest;
  const bool configures = request.request_case() == Request::kConfiguration;
  if (request.request_case() == Request::REQUEST_NOT_SET) {
    return InvalidField("request", "must be configuration, reports or extensions");
  }
  if (configures && terms_) return Misuse("ALREADY_CONFIGURED", "a stream is configured by its first message only");
  if (!configures && !terms_) return Misuse("NOT_CONFIGURED", "the first message of a stream must be its configuration");
  if (configures) {
    if (absl::Status status = Configure(request.configuration()); !status.ok()) return status;
    OnReportDone(absl::OkStatus());
  } else if (request.has_reports()) {
    Report(std::move(*request.mutable_reports()));
  } else {
    Extend(std::move(*request.mutable_extensions()));
  }
  return absl::OkStatus();
}

absl::Status LeaseStream::Configure(const v1::StreamConfiguration& configuration) {
  plan::FieldErrors found;
  LeaseTerms terms =
      ReadTerms(caller_, configuration.parent(), configuration.filter(),
                configuration.has_lease_duration() ? &configuration.lease_duration() : nullptr, &found);
  if (configuration.max_outstanding() < 1 || configuration.max_outstanding() > kMaxOutstanding) {
    found.push_back({"max_outstanding", "must be from 1 to 10000"});
  }
  plan::FieldErrors errors;
  AddPrefixed("configuration", found, &errors);
  if (!errors.empty()) return InvalidFields(errors);
  if (!terms.clinic.empty()) {
    if (absl::Status status = CheckClinic(caller_, terms.clinic); !status.ok()) return status;
  }
  std::lock_guard<std::mutex> lock(mutex_);
  terms_ = std::move(terms);
  max_outstanding_ = configuration.max_outstanding();
  may_lease_ = true;
  return absl::OkStatus();
}

void LeaseStream::Report(v1::StreamReports reports) {
  if (reports.reports().empty() || reports.reports_size() > kMaxItems) {
    return OnReportDone(InvalidField("reports.reports", "must have 1 to 1000 entries"));
  }
  auto exchange = std::make_shared<Exchange<v1::ReportDeliveriesRequest, v1::ReportDeliveriesResponse>>();
  exchange->request.mutable_reports()->Swap(reports.mutable_reports());
  deliveries_.Report(caller_, exchange->request, &exchange->response,
                     [self = shared_from_this(), exchange](absl::Status status) {
                       if (status.ok()) self->TakeResults(exchange->response);
                       self->OnReportDone(std::move(status));
                     });
}

void LeaseStream::TakeResults(v1::ReportDeliveriesResponse& response) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (v1::DeliveryResult& result : *response.mutable_results()) {
    if (IsSettled(result)) Forget(result.lease_id());
    *pending_.add_results() = std::move(result);
  }
}

void LeaseStream::Extend(v1::StreamExtensions extensions) {
  auto exchange = std::make_shared<Exchange<v1::ExtendLeasesRequest, v1::ExtendLeasesResponse>>();
  exchange->request.mutable_lease_ids()->Swap(extensions.mutable_lease_ids());
  if (extensions.has_lease_duration()) *exchange->request.mutable_lease_duration() = extensions.lease_duration();
  deliveries_.Extend(caller_, exchange->request, &exchange->response,
                     [self = shared_from_this(), exchange](absl::Status status) {
                       if (status.ok()) self->TakeExtensions(exchange->response);
                       self->OnReportDone(std::move(status));
                     });
}

void LeaseStream::TakeExtensions(v1::ExtendLeasesResponse& response) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (v1::LeaseExtension& extension : *response.mutable_extensions()) {
    const auto held = held_.find(extension.lease_id());
    if (held != held_.end() && extension.has_expire_time()) held->second.expire = plan::ToTime(extension.expire_time());
    *pending_.add_extensions() = std::move(extension);
  }
}

void LeaseStream::OnReportDone(absl::Status status) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    taking_ = false;
  }
  if (!status.ok()) return Abort(std::move(status));
  Proceed();
}

void LeaseStream::Close() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
  }
  Proceed();
}

void LeaseStream::Abort(absl::Status status) {
  v1::ReportDeliveriesRequest unseen;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!ended_) ended_ = std::move(status);
    for (const v1::Lease& lease : pending_.leases()) unseen.add_reports()->set_lease_id(lease.lease_id());
    pending_.Clear();
  }
  GiveBack(std::move(unseen));
  Proceed();
}

void LeaseStream::Next(v1::StreamRemindersResponse* response, bool* end, Done done) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    response_ = response;
    end_ = end;
    done_ = std::move(done);
    response_->Clear();
    *end_ = false;
  }
  Proceed();
}

void LeaseStream::Proceed() {
  const auto self = shared_from_this();
  while (Action action = NextAction()) action();
}

LeaseStream::Action LeaseStream::NextAction() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (over_) return nullptr;
  if (ended_) return EndAction();
  if (ready_ && !taking_ && !readying_ && IsEmpty(pending_)) {
    readying_ = true;
    return [this, ready = std::exchange(ready_, nullptr)]() mutable {
      ready();
      std::lock_guard<std::mutex> lock(mutex_);
      readying_ = false;
    };
  }
  if (done_ && !IsEmpty(pending_)) return TellAction();
  if (closed_ && !taking_ && !leasing_ && !checking_) return EndAction();
  if (!terms_) return nullptr;
  // Ends are told before the same messages come again; what a look under way brings may have ended already.
  if ((expiring_ || revoked_) && !checking_ && !leasing_) {
    checking_ = true;
    const bool all = std::exchange(revoked_, false);
    expiring_ = false;
    return [this, all] { Check(all); };
  }
  const int room = max_outstanding_ - static_cast<int>(held_.size());
  if (done_ && !closed_ && !leasing_ && !checking_ && may_lease_ && room > 0) {
    leasing_ = true;
    may_lease_ = false;
    return [this, max = std::min(room, kLeasedAtOnce)] { Lease(max); };
  }
  return nullptr;
}

LeaseStream::Action LeaseStream::TellAction() {
  response_->Swap(&pending_);
  return [done = std::exchange(done_, nullptr)]() mutable { done(absl::OkStatus()); };
}

// When nothing is under way any more.
LeaseStream::Action LeaseStream::EndAction() {
  if (!done_ || taking_ || readying_ || leasing_ || checking_) return nullptr;
  over_ = true;
  *end_ = true;
  return [this, done = std::exchange(done_, nullptr), status = ended_.value_or(absl::OkStatus()),
          lease_wait = lease_wait_, revocation_wait = revocation_wait_]() mutable {
    engine_.wakeups().Cancel(lease_wait);
    engine_.wakeups().Cancel(revocation_wait);
    done(std::move(status));
  };
}

void LeaseStream::Lease(int max) {
  engine_.Write(
      [self = shared_from_this(), max](store::WriteTransaction& tx) {
        return LeaseSome(self->engine_, self->cache_, tx, *self->terms_, self->deliveries_.turn(), max, &self->batch_);
      },
      [self = shared_from_this(), max](absl::Status status) {
        if (!status.ok() || self->batch_.leased.empty()) return self->OnLeaseDone(std::move(status), max);
        self->engine_.RunInBackground([self, max] { self->OnLeaseDone(absl::OkStatus(), max); });
      });
}

// The batch is this look's alone until leasing_ is reset.
void LeaseStream::OnLeaseDone(absl::Status status, int max) {
  std::vector<v1::Lease> leases;
  if (status.ok()) {
    leases = LeasesToProto(engine_, cache_, batch_);
    sweeper_.WakeAt(batch_.next_available);
    if (!AwaitsLeases()) AwaitLeases(batch_.topic, batch_.seen);
  }
  v1::ReportDeliveriesRequest unseen;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    leasing_ = false;
    if (status.ok()) {
      may_lease_ = may_lease_ || batch_.more || static_cast<int>(leases.size()) == max;
      sandbox_ = batch_.topic != kAllLeasesTopic;
    }
    for (size_t i = 0; i < leases.size(); ++i) {
      if (ended_) unseen.add_reports()->set_lease_id(leases[i].lease_id());
      held_[leases[i].lease_id()] = {batch_.leased[i].id(), *batch_.leased[i].row.available};
      *pending_.add_leases() = std::move(leases[i]);
    }
    batch_.leased.clear();
  }
  if (!status.ok()) return Abort(std::move(status));
  GiveBack(std::move(unseen));
  Proceed();
}

bool LeaseStream::AwaitsLeases() {
  std::lock_guard<std::mutex> lock(mutex_);
  return lease_wait_ != 0;
}

// What the gateway never got is for others at once.
void LeaseStream::GiveBack(v1::ReportDeliveriesRequest request) {
  if (request.reports().empty()) return;
  for (v1::DeliveryReport& report : *request.mutable_reports()) report.set_outcome(v1::DELIVERY_OUTCOME_RELEASED);
  auto exchange = std::make_shared<Exchange<v1::ReportDeliveriesRequest, v1::ReportDeliveriesResponse>>();
  exchange->request = std::move(request);
  deliveries_.Report(caller_, exchange->request, &exchange->response, [exchange](absl::Status) {});
}

void LeaseStream::Check(bool all) {
  // Without a test clock it is known here what time it is, and mostly that nothing has run out.
  if (!all && !sandbox_ && CollectSuspects(false, engine_.clock().Now()).empty()) return OnCheckDone(absl::OkStatus());
  engine_.Read([self = shared_from_this(), all](store::ReadTransaction& tx) { return self->FindEnded(tx, all); },
               [self = shared_from_this()](absl::Status status) { self->OnCheckDone(std::move(status)); });
}

std::vector<std::pair<std::string, LeaseStream::Held>> LeaseStream::CollectSuspects(bool all, absl::Time now) {
  std::vector<std::pair<std::string, Held>> suspects;
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [lease_id, held] : held_) {
    if (all || held.expire <= now) suspects.emplace_back(lease_id, held);
  }
  return suspects;
}

absl::Status LeaseStream::FindEnded(store::ReadTransaction& tx, bool all) {
  absl::Time now = engine_.RealNow();
  if (sandbox_) {
    auto clinic = RequireClinic(tx, terms_->clinic);
    if (!clinic.ok()) return clinic.status();
    now = engine_.Now(*clinic);
  }
  for (const auto& [lease_id, held] : CollectSuspects(all, now)) {
    auto row = tx.GetReminder(held.id.key);
    if (!row.ok()) return row.status();
    if (!row->has_value() || HoldsLease(**row, held.id, now)) continue;
    v1::EndedLease& ended = found_.emplace_back();
    ended.set_lease_id(lease_id);
    ended.set_state((*row)->state);
    ended.set_reason((*row)->reason);
  }
  return absl::OkStatus();
}

void LeaseStream::OnCheckDone(absl::Status status) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    checking_ = false;
    for (v1::EndedLease& ended : found_) {
      if (!held_.contains(ended.lease_id())) continue;  // reported meanwhile
      Forget(ended.lease_id());
      *pending_.add_ended_leases() = std::move(ended);
    }
    found_.clear();
  }
  if (!status.ok()) return Abort(std::move(status));
  Proceed();
}

void LeaseStream::Forget(const std::string& lease_id) {
  if (held_.erase(lease_id) > 0) may_lease_ = true;
}

void LeaseStream::AwaitLeases(const std::string& topic, uint64_t seen) {
  const uint64_t id = engine_.wakeups().NewId();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (over_) return;
    lease_wait_ = id;
  }
  engine_.wakeups().Wait(id, topic, seen, kLongestWait, [self = shared_from_this(), topic](WakeupHub::Wake wake) {
    if (wake == WakeupHub::Wake::kClosed) return self->Abort(ShuttingDown());
    const uint64_t now_seen = self->engine_.wakeups().Seen(topic);  // before looking
    {
      std::lock_guard<std::mutex> lock(self->mutex_);
      self->may_lease_ = true;
      self->expiring_ = !self->held_.empty();
    }
    self->AwaitLeases(topic, now_seen);
    self->Proceed();
  });
}

void LeaseStream::AwaitRevocations() {
  const uint64_t id = engine_.wakeups().NewId();
  const uint64_t seen = engine_.wakeups().Seen(kLeasesRevokedTopic);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (over_) return;
    revocation_wait_ = id;
    revoked_ = !held_.empty() || leasing_;
  }
  engine_.wakeups().Wait(id, kLeasesRevokedTopic, seen, kLongestWait,
                         [self = shared_from_this()](WakeupHub::Wake wake) {
                           if (wake == WakeupHub::Wake::kClosed) return self->Abort(ShuttingDown());
                           self->AwaitRevocations();
                           self->Proceed();
                         });
}

}  // namespace aftercare::engine
