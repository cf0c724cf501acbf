#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_WATCH_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_WATCH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/events/event_chunk.h"
#include "scheduler/engine/events/event_feed.h"
#include "scheduler/engine/events/filter.h"
#include "scheduler/engine/events/log_cursor.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// One WatchEvents call: reads a clinic's event log, filters it, and puts the response messages together. It pulls, so
// nothing is buffered for it, and a slow client costs nobody else anything.
//
// Thread safe, but only one Next may be under way.
class Watch : public LogCursor {
 public:
  // Begins a watch. INVALID_ARGUMENT names all bad fields; INVALID_ARGUMENT / INVALID_RESUME_TOKEN if the token is not
  // from this service and clinic; PERMISSION_DENIED if the call may not read the clinic. Does not read the store: the
  // first Next fails if the clinic does not exist, or the log no longer holds what follows the token. If the caller
  // loses the permission later, the watch ends with PERMISSION_DENIED. `feed` must outlive the watch.
  static absl::StatusOr<std::shared_ptr<Watch>> Open(EngineContext& engine, EventFeed& feed, const CallPtr& call,
                                                     const v1::WatchEventsRequest& request);

  // Waits for the next events that pass the filter, for about 5 s at most, then puts a serialized WatchEventsResponse
  // into `message` and calls `done` with OK. The response holds the events, or is a bookmark if there are none. Without
  // a resume token, the first response is a bookmark and comes at once. If the log can be read no further, calls `done`
  // with the status of EventFeed::PollResult. `message` must live until `done`. `done` may be called before Next
  // returns.
  void Next(WireMessage* message, Done done);

  // Ends a Next under way, and every later one, with `status`. A Next that waits for the store ends when the store has
  // answered. Only the first status counts.
  void Abort(absl::Status status);

  // For the feed: goes on with a Next that waits.
  void Resume() override;

 private:
  Watch(EventFeed& feed, const std::string& clinic, Filter filter, std::optional<int64_t> position);

  void Finish(absl::Status status);
  // Puts the events that pass the filter, or a bookmark, into the message. Returns false if no event passes and no
  // bookmark is due yet.
  bool WriteMessage(const EventFeed::PollResult& result);

  EventFeed& feed_;
  const Filter filter_;
  CallPtr call_;  // set by Open; kept so that the call stays open

  // Of the Next under way.
  WireMessage* message_ = nullptr;
  Done done_;
};

// The use case of watchers. Thread safe.
class Watches {
 public:
  // Both must outlive this object and every watch.
  Watches(EngineContext& engine, EventFeed& feed) : engine_(engine), feed_(feed) {}

  // Begins a watch. Fails as Watch::Open does.
  absl::StatusOr<std::shared_ptr<Watch>> Open(const CallPtr& call, const v1::WatchEventsRequest& request) {
    return Watch::Open(engine_, feed_, call, request);
  }

 private:
  EngineContext& engine_;
  EventFeed& feed_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_WATCH_H_
