#include "scheduler/engine/events/event_log.h"

#include <algorithm>

namespace aftercare::engine {

bool EventLog::UpdateEnd(const PendingRead& read, const LogReadResult& result, Time now) {
  if (result.at_end && read.number > newest_snapshot.read_number) {
    newest_snapshot = {read.number, result.end, result.bookmark};
  }
  if (read.after != kEndOfLog && read.after < result.trimmed_seq) return false;  // the read has found nothing
  // A read that asks only for the end has not seen the events before it. `end` must not skip these: cursors wait there.
  if (end && (read.after == kEndOfLog || result.end < end->position)) return false;
  const bool moved = !end || result.end > end->position;
  if (moved) end = End{result.end, std::nullopt, now, {}};
  if (result.at_end) {
    end->as_of_commits = std::max(end->as_of_commits.value_or(0), read.commits);
    end->checked_at = now;
    end->bookmark = result.bookmark;
  }
  return moved;
}

}  // namespace aftercare::engine
