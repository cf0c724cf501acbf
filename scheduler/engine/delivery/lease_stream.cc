#include "scheduler/engine/delivery/lease_stream.h"

#include <utility>
#include <vector>

#include "scheduler/engine/delivery/ended_leases.h"
#include "scheduler/engine/delivery/lease_view.h"
#include "scheduler/engine/delivery/report.h"
#include "scheduler/engine/delivery/stream_messages.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/wakeup_topics.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// A request and its response, which must live until the use case is over.
template <typename Request, typename Response>
struct Exchange {
  Request request;
  Response response;
};
using ReportExchange = Exchange<v1::ReportDeliveriesRequest, v1::ReportDeliveriesResponse>;
using ExtendExchange = Exchange<v1::ExtendLeasesRequest, v1::ExtendLeasesResponse>;

}  // namespace

// One look for reminders to lease.
struct LeaseStream::Look {
  std::shared_ptr<LeaseTerms> terms;
  int max;
  QueuePositions start;
  LeaseBatch batch = {};
};

// One check whether held leases have ended.
struct LeaseStream::Check {
  std::shared_ptr<const LeaseTerms> terms;
  HeldLeases::CheckScope scope;
  bool has_test_clock;
  std::vector<v1::EndedLease> ended = {};
};

LeaseStream::LeaseStream(DeliveryContext& context, Caller caller)
    : context_(context),
      caller_(std::move(caller)),
      lease_watch_(std::make_shared<TopicWatch>(context.engine.wakeups())),
      revocation_watch_(std::make_shared<TopicWatch>(context.engine.wakeups())) {}

std::shared_ptr<LeaseStream> LeaseStream::Open(DeliveryContext& context, Caller caller) {
  std::shared_ptr<LeaseStream> stream(new LeaseStream(context, std::move(caller)));
  stream->WatchRevocations();
  return stream;
}

// What comes in.

void LeaseStream::Receive(v1::StreamRemindersRequest request, Ready ready) {
  bool configured;
  {
    MutexLock lock(mutex_);
    if (!flow_.OnMessage()) return;
    ready_ = std::move(ready);
    configured = terms_ != nullptr;
  }
  if (absl::Status status = CheckMessage(request, configured); !status.ok()) {
    OnMessageHandled(std::move(status));
  } else if (request.has_configuration()) {
    Configure(request.configuration());
  } else if (request.has_reports()) {
    Report(std::move(*request.mutable_reports()));
  } else {
    Extend(std::move(*request.mutable_extensions()));
  }
}

void LeaseStream::Configure(const v1::StreamConfiguration& configuration) {
  auto terms = ReadConfiguration(caller_, configuration);
  if (terms.ok()) {
    MutexLock lock(mutex_);
    terms_ = std::make_shared<LeaseTerms>(*std::move(terms));
    flow_.Configure(configuration.max_outstanding());
  }
  OnMessageHandled(terms.status());
}

void LeaseStream::Report(v1::StreamReports reports) {
  auto exchange = std::make_shared<ReportExchange>();
  exchange->request.mutable_reports()->Swap(reports.mutable_reports());
  ReportDeliveries(context_, caller_, exchange->request, &exchange->response,
                   [self = shared_from_this(), exchange](absl::Status status) {
                     if (status.ok()) self->AddResults(exchange->response);
                     self->OnMessageHandled(std::move(status));
                   });
}

void LeaseStream::AddResults(v1::ReportDeliveriesResponse& response) {
  MutexLock lock(mutex_);
  for (v1::DeliveryResult& result : *response.mutable_results()) {
    if (EndsLease(result)) Forget(result.lease_id());
    *output_.add_results() = std::move(result);
  }
}

void LeaseStream::Extend(v1::StreamExtensions extensions) {
  auto exchange = std::make_shared<ExtendExchange>();
  exchange->request.mutable_lease_ids()->Swap(extensions.mutable_lease_ids());
  if (extensions.has_lease_duration()) *exchange->request.mutable_lease_duration() = extensions.lease_duration();
  ExtendLeases(context_, caller_, exchange->request, &exchange->response,
               [self = shared_from_this(), exchange](absl::Status status) {
                 if (status.ok()) self->AddExtensions(exchange->response);
                 self->OnMessageHandled(std::move(status));
               });
}

void LeaseStream::AddExtensions(v1::ExtendLeasesResponse& response) {
  MutexLock lock(mutex_);
  for (v1::LeaseExtension& extension : *response.mutable_extensions()) {
    if (extension.has_expire_time()) held_.SetExpire(extension.lease_id(), plan::ToTime(extension.expire_time()));
    *output_.add_extensions() = std::move(extension);
  }
}

void LeaseStream::OnMessageHandled(absl::Status status) {
  {
    MutexLock lock(mutex_);
    flow_.OnMessageHandled();
  }
  if (!status.ok()) return Abort(std::move(status));
  Proceed();
}

void LeaseStream::Close() {
  {
    MutexLock lock(mutex_);
    flow_.Close();
  }
  Proceed();
}

void LeaseStream::Abort(absl::Status status) {
  v1::ReportDeliveriesRequest unseen;
  {
    MutexLock lock(mutex_);
    if (flow_.Abort()) end_status_ = std::move(status);
    for (const v1::Lease& lease : output_.leases()) unseen.add_reports()->set_lease_id(lease.lease_id());
    output_.Clear();
  }
  Release(std::move(unseen));
  Proceed();
}

// What is done next.

void LeaseStream::Next(v1::StreamRemindersResponse* response, bool* end, Done done) {
  response->Clear();
  *end = false;
  {
    MutexLock lock(mutex_);
    writer_.emplace(Writer{response, end, std::move(done)});
    flow_.OnWriterReady();
  }
  Proceed();
}

void LeaseStream::Proceed() {
  const auto self = shared_from_this();  // an action may let go of the last other reference
  while (Action action = NextAction()) action();
}

LeaseStream::Action LeaseStream::NextAction() {
  MutexLock lock(mutex_);
  switch (flow_.NextStep(!IsEmpty(output_), held_.needs_check(), held_.size())) {
    case StreamFlowControl::Step::kNone:
      return nullptr;
    case StreamFlowControl::Step::kReadMessage:
      return ReadAction();
    case StreamFlowControl::Step::kWrite:
      return WriteAction();
    case StreamFlowControl::Step::kCheckLeases:
      return CheckAction();
    case StreamFlowControl::Step::kLease:
      return LeaseAction();
    case StreamFlowControl::Step::kEnd:
      return EndAction();
  }
  return nullptr;
}

LeaseStream::Action LeaseStream::ReadAction() {
  return [this, ready = std::exchange(ready_, nullptr)]() mutable {
    ready();
    MutexLock lock(mutex_);
    flow_.OnReadRequested();
  };
}

LeaseStream::Action LeaseStream::WriteAction() {
  writer_->response->Swap(&output_);
  Action action = [done = std::move(writer_->done)]() mutable { done(absl::OkStatus()); };
  writer_.reset();
  return action;
}

LeaseStream::Action LeaseStream::CheckAction() {
  auto check = std::make_shared<Check>(Check{terms_, held_.BeginCheck(), has_test_clock_});
  return [this, check = std::move(check)]() mutable { CheckLeases(std::move(check)); };
}

LeaseStream::Action LeaseStream::LeaseAction() {
  auto look = std::make_shared<Look>(Look{terms_, flow_.LeaseLimit(held_.size()), std::move(look_start_)});
  return [this, look = std::move(look)]() mutable { Lease(std::move(look)); };
}

LeaseStream::Action LeaseStream::EndAction() {
  *writer_->end = true;
  Action action = [this, done = std::move(writer_->done), status = end_status_]() mutable {
    lease_watch_->Stop();
    revocation_watch_->Stop();
    done(std::move(status));
  };
  writer_.reset();
  return action;
}

// Leases.

void LeaseStream::Lease(std::shared_ptr<Look> look) {
  context_.engine.Write(
      [self = shared_from_this(), look](store::WriteTransaction& tx) {
        return LeaseDueReminders(self->context_, tx, *look->terms, look->max, look->start, &look->batch);
      },
      [self = shared_from_this(), look](absl::Status status) {
        if (!status.ok() || look->batch.leased.empty()) return self->OnLookDone(*look, std::move(status));
        self->context_.engine.RunInBackground([self, look] { self->OnLookDone(*look, absl::OkStatus()); });
      });
}

void LeaseStream::OnLookDone(Look& look, absl::Status status) {
  LeaseBatch& batch = look.batch;
  std::vector<v1::Lease> leases;
  if (status.ok()) {
    leases = LeasesToProto(context_, batch);
    context_.sweeper.WakeAt(batch.next_available);
    WatchLeases(batch);
  }
  v1::ReportDeliveriesRequest unseen;
  {
    MutexLock lock(mutex_);
    flow_.OnWorkDone();
    if (status.ok()) {
      if (batch.more || static_cast<int>(leases.size()) == look.max) flow_.OnMoreToLease();
      look_start_ = std::move(batch.positions);
      has_test_clock_ = batch.has_test_clock;
    }
    for (size_t i = 0; i < leases.size(); ++i) {
      if (flow_.is_ending()) {
        unseen.add_reports()->set_lease_id(leases[i].lease_id());
        continue;
      }
      held_.Add({leases[i].lease_id(), batch.leased[i].id(), *batch.leased[i].row.available});
      *output_.add_leases() = std::move(leases[i]);
    }
  }
  if (!status.ok()) return Abort(std::move(status));
  Release(std::move(unseen));
  Proceed();
}

void LeaseStream::WatchLeases(const LeaseBatch& batch) {
  lease_watch_->Start(batch.topic, batch.seen, [self = shared_from_this()](bool closed) {
    if (closed) return self->Abort(ShuttingDown());
    {
      MutexLock lock(self->mutex_);
      self->flow_.OnMoreToLease();
      if (!self->held_.empty()) self->held_.RequestCheck(HeldLeases::CheckScope::kExpired);
    }
    self->Proceed();
  });
}

void LeaseStream::Release(v1::ReportDeliveriesRequest unseen) {
  if (unseen.reports().empty()) return;
  for (v1::DeliveryReport& report : *unseen.mutable_reports()) report.set_outcome(v1::DELIVERY_OUTCOME_RELEASED);
  auto exchange = std::make_shared<ReportExchange>();
  exchange->request = std::move(unseen);
  ReportDeliveries(context_, caller_, exchange->request, &exchange->response, [exchange](absl::Status) {});
}

bool LeaseStream::Forget(const std::string& lease_id) {
  if (!held_.Remove(lease_id)) return false;
  flow_.OnMoreToLease();
  return true;
}

// Ends of leases.

void LeaseStream::WatchRevocations() {
  const uint64_t seen = context_.engine.wakeups().Seen(kLeasesRevokedTopic);
  revocation_watch_->Start(std::string(kLeasesRevokedTopic), seen, [self = shared_from_this()](bool closed) {
    if (closed) return self->Abort(ShuttingDown());
    {
      MutexLock lock(self->mutex_);
      // A lease that a look is just bringing may be revoked too.
      if (!self->held_.empty() || self->flow_.is_leasing()) {
        self->held_.RequestCheck(HeldLeases::CheckScope::kAll);
      }
    }
    self->Proceed();
  });
}

void LeaseStream::CheckLeases(std::shared_ptr<Check> check) {
  // In real time the stream knows itself which leases have expired, and mostly none has.
  if (check->scope == HeldLeases::CheckScope::kExpired && !check->has_test_clock &&
      LeasesInScope(check->scope, context_.engine.RealNow()).empty()) {
    return OnCheckDone(*check, absl::OkStatus());
  }
  context_.engine.Read(
      [self = shared_from_this(), check](store::ReadTransaction& tx) -> absl::Status {
        absl::Time now = self->context_.engine.RealNow();
        if (check->has_test_clock) {
          auto clinic = RequireClinic(tx, check->terms->clinic);
          if (!clinic.ok()) return clinic.status();
          now = self->context_.engine.Now(*clinic);
        }
        auto ended = FindEndedLeases(tx, self->LeasesInScope(check->scope, now), now);
        if (ended.ok()) check->ended = *std::move(ended);
        return ended.status();
      },
      [self = shared_from_this(), check](absl::Status status) { self->OnCheckDone(*check, std::move(status)); });
}

std::vector<HeldLease> LeaseStream::LeasesInScope(HeldLeases::CheckScope scope, absl::Time now) {
  MutexLock lock(mutex_);
  return held_.InScope(scope, now);
}

void LeaseStream::OnCheckDone(Check& check, absl::Status status) {
  {
    MutexLock lock(mutex_);
    flow_.OnWorkDone();
    for (v1::EndedLease& ended : check.ended) {
      if (!Forget(ended.lease_id())) continue;  // it was reported meanwhile
      *output_.add_ended_leases() = std::move(ended);
    }
  }
  if (!status.ok()) return Abort(std::move(status));
  Proceed();
}

}  // namespace aftercare::engine
