#include "services/common/log.h"

#include <grpc/support/log.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/stubs/logging.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/spdlog.h"

namespace aftercare {
namespace {

// The message, as the inside of a JSON string.
class JsonMessage : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    std::string text;
    AppendJsonText(absl::string_view(message.payload.data(), message.payload.size()), &text);
    out.append(text.data(), text.data() + text.size());
  }

  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonMessage>(); }
};

// gRPC reports as errors what clients do, such as going away; what concerns the operator is told by us.
void LogGrpc(gpr_log_func_args* args) {
  spdlog::debug("grpc {}:{} {}", args->file, args->line, args->message);
}

}  // namespace

void SetUpLog(const std::string& level) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<JsonMessage>('*').set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%*"})");
  spdlog::set_formatter(std::move(formatter));
  spdlog::set_level(spdlog::level::from_str(level));
  google::protobuf::SetLogHandler(nullptr);
  gpr_set_log_function(LogGrpc);
}

void ChangeLogLevel(const std::string& level) {
  spdlog::set_level(std::min(spdlog::get_level(), spdlog::level::info));
  spdlog::info("log_level is {}", level);
  spdlog::set_level(spdlog::level::from_str(level));
}

void AppendJsonText(absl::string_view text, std::string* json) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json->push_back('\\');
      json->push_back(c);
    } else if (byte < 0x20) {
      absl::StrAppend(json, "\\u", absl::Hex(byte, absl::kZeroPad4));
    } else {
      json->push_back(c);
    }
  }
}

}  // namespace aftercare
