#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_WATCH_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_WATCH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/events/event_feed.h"
#include "scheduler/engine/events/resume_token.h"
#include "scheduler/engine/lifecycle/filter.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// One reader of a clinic's log. It pulls: nothing is kept for it but its place in the log, so a slow reader costs
// nobody anything. Thread safe, but only one Next may be under way.
class Watch : public LogCursor {
 public:
  // Checks the request; the clinic's existence, and that the log still has what follows the token, by the first Next.
  static absl::StatusOr<std::shared_ptr<Watch>> Open(EngineContext& engine, EventFeed& feed, const Caller& caller,
                                                     const v1::WatchEventsRequest& request);

  // Waits for the next events and puts them into `message`, a WatchEventsResponse on the wire, or after at most 5 s a
  // bookmark; then `done` with OK. OUT_OF_RANGE / RESUME_TOKEN_EXPIRED when what comes next is no longer in the log,
  // UNAVAILABLE when the server is shutting down, CANCELLED after Cancel.
  void Next(WireMessage* message, Done done);

  // Ends a Next that waits, and every later one.
  void Cancel() { feed_.Cancel(*this); }

  void Resume() override { Step(); }

 private:
  Watch(EventFeed& feed, const std::string& clinic, Filter filter, std::optional<int64_t> place)
      : LogCursor(feed, clinic, place), feed_(feed), filter_(std::move(filter)) {}

  void Step();
  void Finish(absl::Status status);
  // Puts what passes the filter into the message. False: nothing does, and no bookmark is due yet.
  bool Take(const EventFeed::PollResult& found);

  EventFeed& feed_;
  const Filter filter_;
  WireMessage* message_ = nullptr;
  Done done_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_WATCH_H_
