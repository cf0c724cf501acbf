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
#include "scheduler/engine/events/log_cursor.h"
#include "scheduler/engine/lifecycle/filter.h"
#include "scheduler/engine/runtime/caller.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// One WatchEvents call: reads a clinic's event log, filters it, and puts the response messages together. It pulls, so
// nothing is buffered for it, and a slow client costs nobody else anything.
//
// Thread safe, but only one Next may be under way.
class Watch : public LogCursor {
 public:
  // Begins a watch. INVALID_ARGUMENT names all bad fields; INVALID_ARGUMENT / INVALID_RESUME_TOKEN if the token is not
  // from this service and clinic; PERMISSION_DENIED / CLINIC_NOT_YOURS. Does not read the store: the first Next fails
  // if the clinic does not exist, or the log no longer holds what follows the token. `feed` must outlive the watch.
  static absl::StatusOr<std::shared_ptr<Watch>> Open(EngineContext& engine, EventFeed& feed, const Caller& caller,
                                                     const v1::WatchEventsRequest& request);

  // Waits for the next events that pass the filter, for about 5 s at most, and then calls `done` with OK. By then
  // `message` holds a serialized WatchEventsResponse: the events, or a bookmark. `message` must live until `done`. If
  // the log can be read no further, calls `done` with the status of EventFeed::PollResult. `done` may be called before
  // Next returns.
  void Next(WireMessage* message, Done done);

  // Ends a Next under way, and every later one, with CANCELLED. A Next that waits for the store ends when the store has
  // answered.
  void Cancel();

  // For the feed: goes on with a Next that waits.
  void Resume() override;

 private:
  Watch(EventFeed& feed, const std::string& clinic, Filter filter, std::optional<int64_t> position);

  void Finish(absl::Status status);
  // Puts what passes the filter into the message. Returns false if nothing does, and no bookmark is due yet.
  bool WriteMessage(const EventFeed::PollResult& result);

  EventFeed& feed_;
  const Filter filter_;

  // Of the Next under way.
  WireMessage* message_ = nullptr;
  Done done_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_WATCH_H_
