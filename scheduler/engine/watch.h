#ifndef AFTERCARE_SCHEDULER_ENGINE_WATCH_H_
#define AFTERCARE_SCHEDULER_ENGINE_WATCH_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/core.h"
#include "scheduler/engine/filter.h"

namespace aftercare::engine {

// One reader of a clinic's log. It pulls: nothing is kept for it but its place in the log, so a slow reader costs
// nobody anything. Thread safe, but only one Next may be under way.
class Watch : public std::enable_shared_from_this<Watch> {
 public:
  // Checks the request; the clinic's existence is checked by the first Next.
  static absl::StatusOr<std::shared_ptr<Watch>> Open(Core& core, const Caller& caller,
                                                     const v1::WatchEventsRequest& request);

  // Waits for the next events and writes them to `response`, or after at most 5 s a bookmark; then `done` with OK.
  // UNAVAILABLE when the server is shutting down, CANCELLED after Cancel.
  void Next(v1::WatchEventsResponse* response, Done done);

  // Ends a Next that waits, and every later one.
  void Cancel();

 private:
  Watch(Core& core, std::string clinic, Filter filter, std::optional<int64_t> place)
      : core_(core), clinic_(std::move(clinic)), filter_(std::move(filter)), place_(place) {}

  void Look();
  absl::Status Read(store::Facts& facts);
  void Looked(absl::Status status);
  void Finish(absl::Status status);

  Core& core_;
  const std::string clinic_;
  Filter filter_;
  std::optional<int64_t> place_;  // the last seq dealt with; empty: from now

  v1::WatchEventsResponse* response_ = nullptr;
  Done done_;
  uint64_t seen_ = 0;
  bool waited_ = false;  // a bookmark is owed when there is nothing
  std::chrono::steady_clock::time_point bookmark_due_;
  bool more_ = false;    // the log goes on beyond what was read
  std::atomic<bool> cancelled_{false};
  std::atomic<uint64_t> waiting_{0};
};

// A place in a clinic's log, as clients carry it.
std::string MakeResumeToken(const Tokens& tokens, absl::string_view clinic, int64_t seq);
std::optional<int64_t> ParseResumeToken(const Tokens& tokens, absl::string_view clinic, absl::string_view token);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_WATCH_H_
