#include "services/server/request_log.h"

#include <cmath>
#include <cstdio>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "services/common/host_clock.h"
#include "services/common/log.h"
#include "spdlog/async_logger.h"
#include "spdlog/details/null_mutex.h"
#include "spdlog/details/thread_pool.h"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/spdlog.h"

namespace aftercare::server {
namespace {

constexpr size_t kMaxWaitingLines = 8192;

// Standard output, flushed whenever no more lines wait. Used by one thread.
class BufferedOutput final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit BufferedOutput(spdlog::details::thread_pool& lines) : lines_(lines) {}

 private:
  // In one piece, so that lines that other threads write do not get into it.
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::fwrite(message.payload.data(), 1, message.payload.size(), stdout);
    if (lines_.queue_size() == 0) std::fflush(stdout);
  }
  void flush_() override { std::fflush(stdout); }

  spdlog::details::thread_pool& lines_;
};

bool IsFaultOfServer(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss || code == absl::StatusCode::kUnavailable;
}

spdlog::level::level_enum LevelOf(absl::StatusCode code) {
  return IsFaultOfServer(code) ? spdlog::level::err : spdlog::level::info;
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
  if (share_ <= 0) return;
  thread_ = std::make_shared<spdlog::details::thread_pool>(kMaxWaitingLines, 1);
  log_ = std::make_shared<spdlog::async_logger>("requests", std::make_shared<BufferedOutput>(*thread_), thread_,
                                                spdlog::async_overflow_policy::overrun_oldest);
}

RequestLog::~RequestLog() {
  thread_.reset();
  std::fflush(stdout);
}

void RequestLog::OnEnded(const EndedCall& call) {
  if (log_ == nullptr) return;
  const spdlog::level::level_enum level = LevelOf(call.code);
  if (!spdlog::should_log(level)) return;
  if (!IsInShare() && !IsFaultOfServer(call.code)) return;
  const std::string line = Line(call, HostNow());
  log_->log(level, spdlog::string_view_t(line.data(), line.size()));
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
      "{\"time\":\"", absl::FormatTime("%Y-%m-%dT%H:%M:%E3S%Ez", time, absl::LocalTimeZone()), "\",\"level\":\"",
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
