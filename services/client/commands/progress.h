#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_PROGRESS_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/client/session.h"

namespace aftercare::client {

// The progress of a long command, shown on the last line of the terminal. Shows nothing if standard error is not a
// terminal. Not thread safe.
class Progress {
 public:
  // `total` is the number of items, and `noun` the word for one item. `session` must outlive the object.
  Progress(Session& session, int64_t total, std::string noun = "line");

  // Removes the line.
  ~Progress() { Clear(); }

  // Shows how many items are done, and how many of them failed. Does nothing if the line was drawn less than 100 ms
  // ago.
  void Show(int64_t done, int64_t failed);

  // Removes the line, so that other text can be written.
  void Clear();

 private:
  Session& session_;
  const int64_t total_;
  const std::string noun_;
  const bool visible_;
  const absl::Time begin_;
  absl::Time shown_ = absl::InfinitePast();
};

// Returns a line such as `[#####-----] 50 %  500 of 1,000 lines, 250/s, 3 failed`. It has at most 80 columns if `total`
// is at most a million. Pure and thread safe.
std::string RenderProgress(int64_t done, int64_t total, absl::string_view noun, int64_t failed,
                           absl::Duration elapsed);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_PROGRESS_H_
