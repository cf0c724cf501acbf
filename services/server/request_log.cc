#include "services/server/request_log.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/common/host_clock.h"
#include "services/common/log.h"
#include "spdlog/spdlog.h"

namespace aftercare::server {
namespace {

constexpr size_t kMaxWaitingBytes = 4 << 20;
constexpr std::chrono::milliseconds kWriteInterval(100);

bool IsFaultOfServer(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss || code == absl::StatusCode::kUnavailable;
}

spdlog::level::level_enum LevelOf(absl::StatusCode code) {
  return IsFaultOfServer(code) ? spdlog::level::err : spdlog::level::info;
}

// As `2026-03-02T09:00:00.000+01:00`. Each thread keeps the last second it wrote: a date takes as long as all the rest
// of a line.
std::string LocalTimeOf(absl::Time time) {
  struct Second {
    int64_t seconds = std::numeric_limits<int64_t>::min();
    std::string text;
    std::string offset;
  };
  thread_local Second last;
  const int64_t seconds = absl::ToUnixSeconds(time);
  if (seconds != last.seconds) {
    last = {seconds, absl::FormatTime("%Y-%m-%dT%H:%M:%S", time, absl::LocalTimeZone()),
            absl::FormatTime("%Ez", time, absl::LocalTimeZone())};
  }
  const int64_t millis = absl::ToInt64Milliseconds(time - absl::FromUnixSeconds(seconds));
  return absl::StrCat(last.text, ".", absl::Dec(millis, absl::kZeroPad3), last.offset);
}

// Appends `,"key":"value"`, unless the value is empty.
void AddText(absl::string_view key, absl::string_view value, std::string* line) {
  if (value.empty()) return;
  absl::StrAppend(line, ",\"", key, "\":\"");
  AppendJsonText(value, line);
  line->push_back('"');
}

}  // namespace

RequestLog::RequestLog(double share) : share_(share) {
  if (share_ > 0) thread_ = std::thread(&RequestLog::Run, this);
}

RequestLog::~RequestLog() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyOne();
  if (thread_.joinable()) thread_.join();
}

void RequestLog::OnEnded(const EndedCall& call) {
  if (share_ <= 0) return;
  if (!spdlog::should_log(LevelOf(call.code))) return;
  if (!IsInShare() && !IsFaultOfServer(call.code)) return;
  const std::string line = Line(call, HostNow());
  MutexLock lock(mutex_);
  if (waiting_.size() + line.size() > kMaxWaitingBytes) {
    ++dropped_;
    return;
  }
  const bool was_empty = waiting_.empty();
  waiting_ += line;
  if (was_empty) changed_.NotifyOne();
}

void RequestLog::Run() {
  std::string lines;
  MutexLock lock(mutex_);
  while (!stopping_ || !waiting_.empty()) {
    while (waiting_.empty() && !stopping_) changed_.Wait(mutex_);
    const auto write_at = std::chrono::steady_clock::now() + kWriteInterval;
    while (!stopping_ && changed_.WaitUntil(mutex_, write_at)) continue;
    lines.clear();
    lines.swap(waiting_);
    const int64_t dropped = std::exchange(dropped_, 0);
    lock.Unlock();
    // In one piece, so that lines that other threads write do not get into it.
    std::fwrite(lines.data(), 1, lines.size(), stdout);
    std::fflush(stdout);
    if (dropped > 0)
      spdlog::warn("the log of calls left out {} lines, which came faster than they could be written", dropped);
    lock.Lock();
  }
}

// RPC n is in the share if the whole part of n times the share goes up with it.
bool RequestLog::IsInShare() {
  if (share_ >= 1) return true;
  const auto n = static_cast<double>(count_.fetch_add(1, std::memory_order_relaxed));
  return std::floor((n + 1) * share_) > std::floor(n * share_);
}

std::string RequestLog::Line(const EndedCall& call, absl::Time time) {
  const int64_t micros = absl::ToInt64Microseconds(call.duration);
  std::string line = absl::StrCat(
      "{\"time\":\"", LocalTimeOf(time), "\",\"level\":\"",
      IsFaultOfServer(call.code) ? "error" : "info", "\",\"message\":\"rpc\",\"method\":\"", call.method,
      "\",\"code\":\"", absl::StatusCodeToString(call.code), "\"");
  AddText("reason", call.reason, &line);
  absl::StrAppend(&line, ",\"duration_ms\":", micros / 1000, ".", absl::Dec(micros % 1000, absl::kZeroPad3));
  AddText("principal", call.principal, &line);
  AddText("clinic", call.clinic, &line);
  absl::StrAppend(&line, ",\"messages_received\":", call.messages_received, ",\"messages_sent\":", call.messages_sent,
                  ",\"request_bytes\":", call.request_bytes, ",\"response_bytes\":", call.response_bytes);
  AddText("trace_id", call.trace_id, &line);
  line.append("}\n");
  return line;
}

}  // namespace aftercare::server
