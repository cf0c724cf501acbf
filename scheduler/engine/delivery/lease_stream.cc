#include "scheduler/engine/delivery/lease_stream.h"

#include <utility>
#include <vector>

#include "scheduler/engine/delivery/ended_leases.h"
#include "scheduler/engine/delivery/lease_prefetch.h"
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

// A batch of so many is likely to be followed by more like it.
constexpr int kLargeBatch = 256;
constexpr int kPrefetched = 1000;

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
  HeldLeases::Check leases;
  bool has_test_clock;
  std::vector<v1::EndedLease> ended = {};
};

LeaseStream::LeaseStream(DeliveryContext& context, CallPtr call)
    : context_(context),
      call_(std::move(call)),
      lease_watch_(std::make_shared<TopicWatch>(context.engine.wakeups())),
      shutdown_watch_(std::make_shared<TopicWatch>(context.engine.wakeups())) {}

std::shared_ptr<LeaseStream> LeaseStream::Open(DeliveryContext& context, CallPtr call) {
  std::shared_ptr<LeaseStream> stream(new LeaseStream(context, std::move(call)));
  stream->WatchShutdown();
  return stream;
}

void LeaseStream::WatchShutdown() {
  shutdown_watch_->Start(std::string(kShutdownTopic), 0, [self = shared_from_this()](bool closed) {
    if (closed) self->Abort(ShuttingDown());
  });
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
  auto terms = ReadConfiguration(configuration);
  if (!terms.ok()) return OnMessageHandled(terms.status());
  const std::weak_ptr<LeaseStream> weak = weak_from_this();
  absl::Status status = call_->StayOpen(terms->scope(), [weak](absl::Status denied) {
    if (const std::shared_ptr<LeaseStream> self = weak.lock()) self->Abort(std::move(denied));
  });
  if (!status.ok()) return OnMessageHandled(std::move(status));
  const uint64_t id = context_.lease_revocations.Add(terms->clinic, [weak](const std::vector<std::string>& lease_ids) {
    if (const std::shared_ptr<LeaseStream> self = weak.lock()) self->OnRevoked(lease_ids);
  });
  {
    MutexLock lock(mutex_);
    revocations_id_ = id;
    terms_ = std::make_shared<LeaseTerms>(*std::move(terms));
    flow_.Configure(configuration.max_outstanding());
  }
  OnMessageHandled(absl::OkStatus());
}

void LeaseStream::Report(v1::StreamReports reports) {
  auto exchange = std::make_shared<ReportExchange>();
  exchange->request.mutable_reports()->Swap(reports.mutable_reports());
  ReportDeliveries(context_, call_, exchange->request, &exchange->response,
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
  ExtendLeases(context_, call_, exchange->request, &exchange->response,
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
  TakeMessage(&output_, writer_->response);
  Action action = [done = std::move(writer_->done)]() mutable { done(absl::OkStatus()); };
  writer_.reset();
  return action;
}

LeaseStream::Action LeaseStream::CheckAction() {
  auto check = std::make_shared<Check>(Check{terms_, held_.BeginCheck(), has_test_clock_});
  return [this, check = std::move(check)]() mutable { CheckLeases(std::move(check)); };
}

LeaseStream::Action LeaseStream::LeaseAction() {
  held_.BeginAdding();
  if (look_start_.empty()) more_at_front_ = false;
  auto look = std::make_shared<Look>(Look{terms_, flow_.LeaseLimit(held_.size()), std::move(look_start_)});
  return [this, look = std::move(look)]() mutable { Lease(std::move(look)); };
}

LeaseStream::Action LeaseStream::EndAction() {
  *writer_->end = true;
  Action action = [this, done = std::move(writer_->done), status = end_status_,
                   revocations_id = revocations_id_]() mutable {
    lease_watch_->Stop();
    shutdown_watch_->Stop();
    context_.lease_revocations.Remove(revocations_id);
    done(std::move(status));
  };
  writer_.reset();
  return action;
}

// Leases.

void LeaseStream::Lease(std::shared_ptr<Look> look) {
  call_->Write(
      look->terms->scope(), /*response=*/nullptr,
      [self = shared_from_this(), look](store::WriteTransaction& tx) {
        return LeaseDueReminders(self->context_, tx, *look->terms, look->max, look->start, &look->batch);
      },
      [self = shared_from_this(), look](absl::Status status) {
        if (!status.ok() || look->batch.leased.empty()) return self->OnLookDone(*look, std::move(status));
        self->context_.engine.RunInBackground([self, look] { self->OnLookDone(*look, absl::OkStatus()); });
        if (static_cast<int>(look->batch.leased.size()) >= kLargeBatch) self->Prefetch(look->terms, look->batch.now);
      });
}

void LeaseStream::Prefetch(std::shared_ptr<const LeaseTerms> terms, absl::Time now) {
  call_->ReadInBackground(
      terms->scope(),
      [this, terms, now](store::ReadTransaction& tx) {
        return PrefetchLeasable(context_, tx, *terms, now, kPrefetched);
      },
      [self = shared_from_this()](const absl::Status&) {});
}

void LeaseStream::OnLookDone(Look& look, absl::Status status) {
  LeaseBatch& batch = look.batch;
  std::vector<v1::Lease> leases;
  if (status.ok()) {
    leases = LeasesToProto(context_, batch);
    WatchLeases(batch);
  }
  v1::ReportDeliveriesRequest unseen;
  {
    MutexLock lock(mutex_);
    flow_.OnWorkDone();
    if (status.ok()) {
      if (batch.more || static_cast<int>(leases.size()) == look.max) flow_.OnMoreToLease();
      look_start_ = std::move(batch.positions);
      if (look_start_.empty() && more_at_front_) flow_.OnMoreToLease();
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
    held_.EndAdding();
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
      self->more_at_front_ = true;
      self->held_.NoteExpiry();
    }
    self->Proceed();
  });
}

void LeaseStream::Release(v1::ReportDeliveriesRequest unseen) {
  if (unseen.reports().empty()) return;
  for (v1::DeliveryReport& report : *unseen.mutable_reports()) report.set_outcome(v1::DELIVERY_OUTCOME_RELEASED);
  auto exchange = std::make_shared<ReportExchange>();
  exchange->request = std::move(unseen);
  ReportDeliveries(context_, call_, exchange->request, &exchange->response, [exchange](absl::Status) {});
}

bool LeaseStream::Forget(const std::string& lease_id) {
  if (!held_.Remove(lease_id)) return false;
  flow_.OnMoreToLease();
  return true;
}

// Ends of leases.

void LeaseStream::OnRevoked(const std::vector<std::string>& lease_ids) {
  bool any = false;
  {
    MutexLock lock(mutex_);
    for (const std::string& lease_id : lease_ids) any = held_.NoteRevoked(lease_id) || any;
  }
  if (any) Proceed();
}

void LeaseStream::CheckLeases(std::shared_ptr<Check> check) {
  // In real time the stream knows itself which leases have expired, and mostly none has.
  if (!check->has_test_clock && LeasesOf(*check, context_.engine.RealNow()).empty()) {
    return OnCheckDone(*check, absl::OkStatus());
  }
  call_->Read(
      check->terms->scope(),
      [self = shared_from_this(), check](store::ReadTransaction& tx) -> absl::Status {
        absl::Time now = self->context_.engine.RealNow();
        if (check->has_test_clock) {
          auto clinic = RequireClinic(tx, check->terms->clinic);
          if (!clinic.ok()) return clinic.status();
          now = self->context_.engine.Now(*clinic);
        }
        auto ended = FindEndedLeases(tx, self->LeasesOf(*check, now), now);
        if (ended.ok()) check->ended = *std::move(ended);
        return ended.status();
      },
      [self = shared_from_this(), check](absl::Status status) { self->OnCheckDone(*check, std::move(status)); });
}

std::vector<HeldLease> LeaseStream::LeasesOf(const Check& check, absl::Time now) {
  std::vector<HeldLease> leases = check.leases.revoked;
  if (!check.leases.expired) return leases;
  MutexLock lock(mutex_);
  for (HeldLease& lease : held_.Expired(now)) leases.push_back(std::move(lease));
  return leases;
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
