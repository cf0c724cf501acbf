#include "scheduler/engine/events/event_log.h"

#include "scheduler/engine/events/resume_token.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {
namespace {

constexpr int kEventsAtOnce = 128;

}  // namespace

EventLog::Part* EventLog::Covering(int64_t place) {
  auto found = parts.upper_bound(place);
  if (found == parts.begin()) return nullptr;
  --found;
  return place < found->second.until ? &found->second : nullptr;
}

absl::StatusOr<LogPart> ReadLog(store::ReadTransaction& tx, const Tokens& tokens, const LogRead& read) {
  const std::string& clinic = read.log->clinic;
  if (read.check_clinic) {
    auto owner = RequireClinic(tx, clinic);
    if (!owner.ok()) return owner.status();
  }
  LogPart part;
  auto trimmed = tx.TrimmedSeq();
  if (!trimmed.ok()) return trimmed.status();
  part.trimmed = *trimmed;
  auto last = tx.LastEventSeq();
  if (!last.ok()) return last.status();
  part.last = *last;
  if (read.after != kWhereItEnds) {
    part.until = read.after;
    if (read.after < part.trimmed) return part;
    auto rows = tx.ListEvents(clinic, read.after, kEventsAtOnce);
    if (!rows.ok()) return rows.status();
    part.complete = static_cast<int>(rows->size()) < kEventsAtOnce;
    if (!rows->empty()) part.chunk = std::make_shared<const EventChunk>(tokens, clinic, *std::move(rows));
    if (!part.complete) {
      part.until = part.chunk->last();
      return part;
    }
  }
  // The end of the whole store's log: with nothing of its own after that, a clinic's place moves on with the others'.
  part.complete = true;
  part.until = part.last;
  part.bookmark = Bookmark(MakeResumeToken(tokens, clinic, part.until));
  return part;
}

}  // namespace aftercare::engine
