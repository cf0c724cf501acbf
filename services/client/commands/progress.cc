#include "services/client/commands/progress.h"

#include "absl/strings/str_cat.h"
#include "services/client/common/terminal.h"
#include "services/client/render/table.h"
#include "services/common/host_clock.h"

namespace aftercare::client {
namespace {

constexpr int kBarColumns = 20;
constexpr absl::Duration kInterval = absl::Milliseconds(100);

}  // namespace

Progress::Progress(Session& session, int64_t total, std::string noun)
    : session_(session), total_(total), noun_(std::move(noun)), visible_(ErrorsGoToTerminal()), begin_(HostNow()) {}

void Progress::Show(int64_t done, int64_t failed) {
  const absl::Time now = HostNow();
  if (!visible_ || now < shown_ + kInterval) return;
  shown_ = now;
  session_.Note(absl::StrCat("\r", RenderProgress(done, total_, noun_, failed, now - begin_), "\033[K"));
}

void Progress::Clear() {
  if (shown_ == absl::InfinitePast()) return;
  shown_ = absl::InfinitePast();
  session_.Note("\r\033[K");
}

std::string RenderProgress(int64_t done, int64_t total, absl::string_view noun, int64_t failed,
                           absl::Duration elapsed) {
  const int columns = total > 0 ? static_cast<int>(kBarColumns * done / total) : kBarColumns;
  std::string line = absl::StrCat("[", std::string(columns, '#'), std::string(kBarColumns - columns, '-'), "] ",
                                  total > 0 ? 100 * done / total : 100, " %  ", Thousands(done), " of ",
                                  Counted(total, noun));
  if (elapsed >= absl::Seconds(1)) {
    const auto rate = static_cast<int64_t>(done / absl::ToDoubleSeconds(elapsed));
    absl::StrAppend(&line, ", ", Thousands(rate), "/s");
  }
  if (failed > 0) absl::StrAppend(&line, ", ", Thousands(failed), " failed");
  return line;
}

}  // namespace aftercare::client
