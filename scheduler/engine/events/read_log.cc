#include "scheduler/engine/events/read_log.h"

#include <utility>

#include "scheduler/engine/events/resume_token.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxEventsPerRead = 128;

}  // namespace

absl::StatusOr<LogReadResult> ReadLog(store::ReadTransaction& tx, const Tokens& tokens, absl::string_view clinic,
                                      int64_t after) {
  LogReadResult result;
  const auto trimmed_seq = tx.TrimmedSeq();
  if (!trimmed_seq.ok()) return trimmed_seq.status();
  result.trimmed_seq = *trimmed_seq;
  const auto last_seq = tx.LastEventSeq();
  if (!last_seq.ok()) return last_seq.status();
  result.last_seq = *last_seq;
  if (after != kEndOfLog) {
    result.end = after;
    if (after < result.trimmed_seq) return result;
    auto rows = tx.ListEvents(clinic, after, kMaxEventsPerRead);
    if (!rows.ok()) return rows.status();
    const bool more = static_cast<int>(rows->size()) == kMaxEventsPerRead;
    if (!rows->empty()) result.chunk = std::make_shared<const EventChunk>(tokens, clinic, *std::move(rows));
    if (more) {
      result.end = result.chunk->last_seq();
      return result;
    }
  }
  // The end of the whole store's log. A clinic with no further events of its own moves on with the others, so that its
  // position is not overtaken when the log is trimmed.
  result.at_end = true;
  result.end = result.last_seq;
  result.bookmark = MakeBookmark(MakeResumeToken(tokens, clinic, result.end));
  return result;
}

}  // namespace aftercare::engine
