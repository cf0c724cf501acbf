#include "services/gateway/route.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/common/host_clock.h"
#include "spdlog/spdlog.h"

namespace aftercare::gateway {
namespace {

// A lease is asked for this much longer than one sending may take, for it to wait for its turn.
constexpr absl::Duration kSlack = absl::Seconds(15);
// What is sent must be done this much before its lease ends, and have this much time at least.
constexpr absl::Duration kMargin = absl::Milliseconds(500);
constexpr absl::Duration kLeastTime = absl::Milliseconds(500);
// A clock that is off by less than that is this host's, running badly.
constexpr absl::Duration kSameClock = absl::Hours(1);
// How long a stream may take to end when asked to.
constexpr absl::Duration kCloseTime = absl::Seconds(10);
constexpr size_t kMostReports = 1000;

std::chrono::steady_clock::duration ToSteady(absl::Duration duration) {
  return absl::ToChronoNanoseconds(duration);
}

v1::DeliveryReport ReportOf(const v1::Lease& lease, v1::DeliveryOutcome outcome, const std::string& code = "") {
  v1::DeliveryReport report;
  report.set_lease_id(lease.lease_id());
  report.set_outcome(outcome);
  report.set_error_code(code);
  return report;
}

}  // namespace

absl::Duration UsableFor(const v1::Lease& lease, absl::Duration lease_duration, absl::Time now) {
  const absl::Time expires = absl::FromUnixSeconds(lease.expire_time().seconds()) +
                             absl::Nanoseconds(lease.expire_time().nanos());
  const absl::Duration rest = expires - now;
  if (rest <= -kSameClock) return lease_duration;
  return std::clamp(rest, absl::ZeroDuration(), lease_duration);
}

Route::Route(ServerLink& link, RouteOptions options)
    : link_(link), options_(std::move(options)), lease_duration_(options_.timeout + kSlack) {
  threads_.emplace_back(&Route::RunSessions, this);
  threads_.emplace_back(&Route::RunReports, this);
  for (int i = 0; i < options_.concurrency; ++i) threads_.emplace_back(&Route::RunSender, this);
}

Route::~Route() {
  Stop();
  {
    absl::MutexLock lock(&mutex_);
    over_ = true;
    if (stream_ != nullptr) stream_->Cancel();
  }
  for (std::thread& thread : threads_) thread.join();
}

void Route::Stop() {
  absl::MutexLock lock(&mutex_);
  if (std::exchange(stopping_, true)) return;
  CloseSession();
}

void Route::AwaitSent(absl::Duration limit) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(this, &Route::IsSent), limit);
}

size_t Route::AwaitDrained(absl::Duration limit) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(this, &Route::IsDrained), limit);
  return outbox_.sent();
}

bool Route::IsDrained() const { return !in_session_ && IsSent() && outbox_.size() == 0; }

void Route::RunSessions() {
  while (AwaitTurn()) {
    std::shared_ptr<ReminderStream> stream = link_.Stream(OpenSession());
    {
      absl::MutexLock lock(&mutex_);
      stream_ = stream;
      if (over_) stream->Cancel();
    }
    v1::StreamRemindersResponse response;
    while (stream->Read(&response)) Take(response);
    EndSession();
    NoteEnd(stream->Finish());
  }
}

bool Route::AwaitTurn() {
  absl::MutexLock lock(&mutex_);
  while (!stopping_) {
    const absl::Duration pause = absl::FromChrono(resume_at_ - Clock::now());
    if (pause <= absl::ZeroDuration()) return in_session_ = true;
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), pause);
  }
  return false;
}

v1::StreamConfiguration Route::OpenSession() {
  absl::MutexLock lock(&mutex_);
  ++session_;
  open_ = !stopping_;
  closing_ = stopping_;
  half_closed_ = false;
  v1::StreamConfiguration configuration;
  configuration.set_parent(options_.parent);
  configuration.mutable_filter()->set_channel(options_.channel);
  configuration.set_max_outstanding(down_.empty() ? options_.concurrency : 1);
  configuration.mutable_lease_duration()->set_seconds(absl::ToInt64Seconds(lease_duration_));
  return configuration;
}

void Route::Take(const v1::StreamRemindersResponse& response) {
  absl::MutexLock lock(&mutex_);
  if (!std::exchange(stream_error_, "").empty()) spdlog::info("{}: the server answers again", options_.name);
  stream_pauses_.Reset();
  report_at_ = Clock::now();
  for (const v1::Lease& lease : response.leases()) {
    const absl::Duration usable = UsableFor(lease, lease_duration_, HostNow());
    if (usable == absl::ZeroDuration()) {
      spdlog::warn("{}: a lease had ended when it came: does the clock of this host differ from the server's?",
                   options_.name);
    }
    if (open_) {
      queue_.push_back({lease, Clock::now() + ToSteady(usable), session_});
    } else {
      GiveBack(lease);
    }
  }
  for (const v1::EndedLease& ended : response.ended_leases()) {
    const size_t before = queue_.size();
    std::erase_if(queue_, [&](const Task& task) { return task.lease.lease_id() == ended.lease_id(); });
    if (queue_.size() < before) spdlog::info("{}: a lease ended before its message was sent", options_.name);
  }
  for (const v1::DeliveryResult& result : response.results()) Settle(result);
}

void Route::EndSession() {
  absl::MutexLock lock(&mutex_);
  open_ = false;
  GiveBackQueue();
  outbox_.Return();
  stream_ = nullptr;
  in_session_ = false;
}

void Route::NoteEnd(const absl::Status& ended) {
  absl::MutexLock lock(&mutex_);
  if (std::exchange(closing_, false) || stopping_) return;
  const std::string error = ended.ok() ? "ended by the server" : absl::StatusCodeToString(ended.code());
  if (stream_error_ != error) {
    spdlog::warn("{}: the stream of reminders broke, trying again: {}", options_.name,
                 ended.ok() ? error : ended.ToString());
  }
  stream_error_ = error;
  resume_at_ = Clock::now() + ToSteady(Jittered(stream_pauses_.Next()));
}

void Route::CloseSession() {
  GiveBackQueue();
  if (!std::exchange(open_, false)) return;
  closing_ = true;
}

void Route::GiveBack(const v1::Lease& lease) { outbox_.Add(ReportOf(lease, v1::DELIVERY_OUTCOME_RELEASED)); }

void Route::GiveBackQueue() {
  for (const Task& task : queue_) GiveBack(task.lease);
  queue_.clear();
}

void Route::RunSender() {
  const std::unique_ptr<Sender> sender = options_.senders();
  Task task;
  absl::Duration timeout;
  while (NextTask(&task, &timeout)) Finished(task, sender->Send(task.lease, timeout));
}

bool Route::NextTask(Task* task, absl::Duration* timeout) {
  absl::MutexLock lock(&mutex_);
  while (true) {
    mutex_.Await(absl::Condition(this, &Route::HasTaskOrStops));
    if (queue_.empty()) return false;
    *task = std::move(queue_.front());
    queue_.pop_front();
    *timeout = std::min(options_.timeout, absl::FromChrono(task->deadline - Clock::now()) - kMargin);
    if (*timeout >= kLeastTime) break;
    // Not given back: it would come again at once, as often as there is time for.
    spdlog::info("{}: a lease is about to end, its message is not sent under it", options_.name);
  }
  ++sending_;
  return true;
}

void Route::Finished(const Task& task, const Outcome& outcome) {
  absl::MutexLock lock(&mutex_);
  --sending_;
  switch (outcome.kind) {
    case Outcome::Kind::kSent:
      spdlog::debug("{}: sent {}, attempt {}", options_.name, task.lease.reminder(), task.lease.attempt());
      outbox_.Add(ReportOf(task.lease, v1::DELIVERY_OUTCOME_SENT));
      break;
    case Outcome::Kind::kTemporary:
    case Outcome::Kind::kPermanent: {
      const bool again = outcome.kind == Outcome::Kind::kTemporary;
      spdlog::info("{}: {}, attempt {}, failed {}: {}", options_.name, task.lease.reminder(), task.lease.attempt(),
                   again ? "for now" : "for good", outcome.error_code);
      outbox_.Add(ReportOf(
          task.lease, again ? v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE : v1::DELIVERY_OUTCOME_PERMANENT_FAILURE,
          outcome.error_code));
      break;
    }
    case Outcome::Kind::kChannelDown:
      GiveBack(task.lease);
      break;
  }
  Judge(task, outcome);
}

void Route::Judge(const Task& task, const Outcome& outcome) {
  if (task.session != session_ || !open_) return;  // what that means of the channel has been acted on
  absl::Duration rest = outcome.rest;
  if (outcome.kind == Outcome::Kind::kChannelDown) {
    if (down_ != outcome.error_code) {
      spdlog::error("{}: nothing goes out: {}; trying again with one message at a time", options_.name,
                    outcome.error_code);
    }
    down_ = outcome.error_code;
    rest = std::max(rest, Jittered(down_pauses_.Next()));
  } else if (!down_.empty()) {
    spdlog::info("{}: messages go out again", options_.name);
    down_.clear();
    down_pauses_.Reset();
  } else if (rest == absl::ZeroDuration()) {
    return;
  } else {
    spdlog::warn("{}: asked to wait {}", options_.name, absl::FormatDuration(rest));
  }
  resume_at_ = Clock::now() + ToSteady(rest);
  CloseSession();
}

void Route::RunReports() {
  while (true) {
    std::shared_ptr<ReminderStream> stream;
    std::vector<v1::DeliveryReport> batch;
    enum { kNothing, kHalfClose, kForce } closing = kNothing;
    {
      absl::MutexLock lock(&mutex_);
      while (!HasWork()) mutex_.AwaitWithTimeout(absl::Condition(this, &Route::HasWork), UntilWork());
      if (over_ || (stopping_ && IsDrained())) return;
      stream = stream_;
      if (closing_ && stream != nullptr) {
        if (half_closed_ && Clock::now() >= close_by_) closing = kForce;
        if (!half_closed_) closing = kHalfClose;
        if (closing != kNothing) close_by_ = Clock::now() + ToSteady(kCloseTime);
        half_closed_ = true;
      }
      if (closing == kNothing) batch = outbox_.Take(kMostReports);
      if (closing == kNothing && !open_) stream = nullptr;
    }
    if (closing == kHalfClose) stream->CloseSending();
    if (closing == kForce) stream->Cancel();
    if (batch.empty() || Report(stream.get(), batch)) continue;
    absl::MutexLock lock(&mutex_);
    outbox_.Return();
    report_at_ = Clock::now() + ToSteady(Jittered(report_pauses_.Next()));
  }
}

bool Route::HasWork() const {
  if (over_ || (stopping_ && IsDrained())) return true;
  if (closing_ && stream_ != nullptr && (!half_closed_ || Clock::now() >= close_by_)) return true;
  return outbox_.waiting() && Clock::now() >= report_at_;
}

absl::Duration Route::UntilWork() const {
  Clock::time_point next = Clock::now() + std::chrono::hours(1);
  if (closing_ && stream_ != nullptr) next = std::min(next, close_by_);
  if (outbox_.waiting()) next = std::min(next, report_at_);
  return std::max(absl::FromChrono(next - Clock::now()), absl::Milliseconds(1));
}

bool Route::Report(ReminderStream* stream, const std::vector<v1::DeliveryReport>& batch) {
  if (stream != nullptr) {
    v1::StreamRemindersRequest request;
    request.mutable_reports()->mutable_reports()->Add(batch.begin(), batch.end());
    return stream->Write(request);  // the answers come on the stream
  }
  const auto results = link_.Report(batch);
  absl::MutexLock lock(&mutex_);
  if (!results.ok()) {
    if (!std::exchange(report_failed_, true)) {
      spdlog::warn("{}: reports do not get through, kept and tried again: {}", options_.name,
                   results.status().ToString());
    }
    return false;
  }
  report_failed_ = false;
  report_pauses_.Reset();
  for (const v1::DeliveryResult& result : *results) Settle(result);
  return true;
}

void Route::Settle(const v1::DeliveryResult& result) {
  if (!outbox_.Settle(result)) {
    report_at_ = Clock::now() + ToSteady(Jittered(report_pauses_.Next()));
  } else if (result.status().code() != 0) {
    spdlog::info("{}: a report came to nothing: {}", options_.name,
                 absl::StatusCodeToString(static_cast<absl::StatusCode>(result.status().code())));
  }
}

}  // namespace aftercare::gateway
