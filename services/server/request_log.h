// One line of the log for each RPC: a JSON object with the method, code, reason, duration, caller, clinic, sizes and
// trace id. Never a patient's name, contact point or text.
#ifndef AFTERCARE_SERVICES_SERVER_REQUEST_LOG_H_
#define AFTERCARE_SERVICES_SERVER_REQUEST_LOG_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/sync.h"
#include "services/server/call_observer.h"

namespace aftercare::server {

// Writes the lines to standard output on a thread of its own, so that no RPC waits for the disk. The thread writes what
// has come in a tenth of a second in one piece, because a thread that woke up for each line would cost more than the
// line. If lines come faster than they can be written, some are dropped, and a warning says how many. Thread safe.
//
// Lines have the level `info`, or `error` if the RPC failed for a fault of the server (INTERNAL, UNKNOWN, DATA_LOSS,
// UNAVAILABLE). The level of the program's log decides about them as about every other line.
class RequestLog final : public CallObserver {
 public:
  // Logs this share of the RPCs, from 0 (none) to 1 (all), evenly: with 0.1 every tenth. RPCs that failed for a fault
  // of the server are always logged, unless the share is 0.
  explicit RequestLog(double share);

  // Waits until all lines are written.
  ~RequestLog() override;

  void OnStarted(absl::string_view /*method*/) override {}
  void OnEnded(const EndedCall& call) override;

  // Returns the line for a call that ended at `time`, with its line feed.
  static std::string Line(const EndedCall& call, absl::Time time);

 private:
  // Whether the next RPC is in the share. Counts it.
  bool IsInShare();
  // Writes lines until the log is destroyed.
  void Run() ABSL_LOCKS_EXCLUDED(mutex_);

  const double share_;
  std::atomic<uint64_t> count_{0};
  Mutex mutex_;
  CondVar changed_;
  std::string waiting_ ABSL_GUARDED_BY(mutex_);  // whole lines
  int64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;  // lines, since the last that were written
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // not started if nothing is logged
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_REQUEST_LOG_H_
