#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_PROGRESS_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/client/session.h"

namespace aftercare::client {

// How far something long has come, on the last line of a terminal behind standard error; nothing where there is none.
// Not thread safe.
class Progress {
 public:
  // Of `total` of what `noun` names. `session` must outlive it.
  Progress(Session& session, int64_t total, std::string noun = "line");
  // Takes the line away.
  ~Progress() { Clear(); }

  // Shows it, unless it was shown a moment ago.
  void Show(int64_t done, int64_t failed);

  // Takes the line away, for something else to be written.
  void Clear();

 private:
  Session& session_;
  const int64_t total_;
  const std::string noun_;
  const bool visible_;
  const absl::Time begin_;
  absl::Time shown_ = absl::InfinitePast();
};

// `[#####-----] 50 %  500 of 1,000 lines, 250/s, 3 failed`: at most 80 columns for up to a million lines.
std::string RenderProgress(int64_t done, int64_t total, absl::string_view noun, int64_t failed,
                           absl::Duration elapsed);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_PROGRESS_H_
