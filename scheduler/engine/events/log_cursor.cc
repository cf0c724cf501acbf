#include "scheduler/engine/events/log_cursor.h"

#include "scheduler/engine/events/event_feed.h"

namespace aftercare::engine {

LogCursor::LogCursor(EventFeed& feed, const std::string& clinic, std::optional<int64_t> position)
    : feed_(feed), log_(feed.Attach(clinic)), position_(position) {}

LogCursor::~LogCursor() { feed_.Detach(*log_); }

}  // namespace aftercare::engine
