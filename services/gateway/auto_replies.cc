#include "services/gateway/auto_replies.h"

#include <algorithm>
#include <utility>

#include "services/common/backoff.h"
#include "services/gateway/config.h"
#include "spdlog/spdlog.h"

namespace aftercare::gateway {
namespace {

// Two, so that one attempt that hangs does not stop the others.
constexpr int kThreads = 2;
// How long a message may take, with all its attempts. A confirmation that comes later confuses.
constexpr absl::Duration kTime = absl::Minutes(1);
constexpr absl::Duration kFirstPause = absl::Seconds(1);
// An attempt is not begun with less time than that.
constexpr absl::Duration kLeastTime = absl::Milliseconds(500);

std::chrono::steady_clock::duration ToSteady(absl::Duration duration) { return absl::ToChronoNanoseconds(duration); }

// Returns true if another attempt may succeed, and cannot be the second one that does.
bool MayTryAgain(const Outcome& outcome) {
  return outcome.kind == Outcome::Kind::kChannelDown ||
         (outcome.kind == Outcome::Kind::kTemporary && !outcome.maybe_sent);
}

}  // namespace

AutoReplies::AutoReplies(const v1::SmsChannel& config) : config_(config) {
  for (int i = 0; i < kThreads; ++i) threads_.emplace_back(&AutoReplies::RunSender, this);
}

AutoReplies::~AutoReplies() {
  {
    absl::MutexLock lock(&mutex_);
    draining_ = true;
    over_ = true;
    DropQueue();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool AutoReplies::Add(SmsMessage message) {
  absl::MutexLock lock(&mutex_);
  if (draining_ || queue_.size() + sending_ >= kMost) {
    spdlog::warn("sms: an automatic reply is not sent: {}", draining_ ? "the gateway stops" : "too many wait");
    return false;
  }
  const Clock::time_point now = Clock::now();
  queue_.emplace(now, Task{std::move(message), now + ToSteady(kTime), kFirstPause});
  return true;
}

void AutoReplies::Drain(absl::Duration limit) {
  absl::MutexLock lock(&mutex_);
  draining_ = true;
  drained_by_ = Clock::now() + ToSteady(limit);
  mutex_.AwaitWithTimeout(absl::Condition(this, &AutoReplies::IsIdle), limit);
  DropQueue();
}

void AutoReplies::DropQueue() {
  if (!queue_.empty()) spdlog::warn("sms: automatic replies that are not sent, because of the stop: {}", queue_.size());
  queue_.clear();
}

void AutoReplies::RunSender() {
  absl::Duration timeout;
  while (std::optional<Task> task = NextTask(&timeout)) {
    // A connection of its own for each attempt: libcurl may send again what an old connection lost.
    const Outcome outcome = SmsClient(config_).Send(task->message, timeout);
    Finished(*std::move(task), outcome);
  }
}

std::optional<AutoReplies::Task> AutoReplies::NextTask(absl::Duration* timeout) {
  absl::MutexLock lock(&mutex_);
  while (true) {
    while (!HasWork()) mutex_.AwaitWithTimeout(absl::Condition(this, &AutoReplies::HasWork), UntilWork());
    if (over_) return std::nullopt;
    Task task = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    const absl::Duration rest = absl::FromChrono(std::min(task.deadline, drained_by_) - Clock::now());
    *timeout = std::min(ToTimeout(config_.timeout()), rest);
    if (*timeout >= kLeastTime) {
      ++sending_;
      return task;
    }
    spdlog::warn("sms: an automatic reply is not sent: its time has passed");
  }
}

bool AutoReplies::HasWork() const {
  return over_ || (!queue_.empty() && queue_.begin()->first <= Clock::now());
}

absl::Duration AutoReplies::UntilWork() const {
  if (queue_.empty()) return absl::InfiniteDuration();
  return std::max(absl::FromChrono(queue_.begin()->first - Clock::now()), absl::Milliseconds(1));
}

void AutoReplies::Finished(Task task, const Outcome& outcome) {
  absl::MutexLock lock(&mutex_);
  --sending_;
  if (outcome.kind == Outcome::Kind::kSent) return spdlog::debug("sms: an automatic reply was sent");
  const absl::Duration pause = std::max(Jittered(task.pause), outcome.rest);
  const Clock::time_point next = Clock::now() + ToSteady(pause);
  const bool has_time = next + ToSteady(kLeastTime) <= std::min(task.deadline, drained_by_);
  if (!MayTryAgain(outcome) || !has_time || over_) {
    return spdlog::warn("sms: an automatic reply was not sent: {}{}", outcome.error_code,
                        outcome.maybe_sent ? "; not tried again, since it may have been sent all the same" : "");
  }
  spdlog::info("sms: an automatic reply was not sent yet, trying again: {}", outcome.error_code);
  task.pause *= 2;
  queue_.emplace(next, std::move(task));
}

}  // namespace aftercare::gateway
