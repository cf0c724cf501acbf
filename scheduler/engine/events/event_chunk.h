#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_CHUNK_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_CHUNK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "aftercare/v1/event.pb.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Immutable bytes with shared ownership: `bytes` are valid while any copy of `owner` exists.
struct SharedBytes {
  std::shared_ptr<const void> owner;
  absl::string_view bytes;
};

// A serialized message in pieces, to be sent one after the other.
using WireMessage = std::vector<SharedBytes>;

// Consecutive events of one clinic's log, both decoded and serialized. They are serialized once, as fields of a
// WatchEventsResponse, for all who watch. Protobuf messages that follow each other on the wire are one message: so a
// response can be put together from the bytes of several chunks without copying them.
//
// A position in a log is a sequence number. It lies right after the event of that number: the events that follow a
// position are those with greater numbers.
//
// Immutable, and therefore thread safe.
class EventChunk {
 public:
  // `rows` are events of `clinic`, at least one, in order. Each event gets its resume_token.
  EventChunk(const Tokens& tokens, absl::string_view clinic, std::vector<store::EventRow> rows);

  size_t size() const { return rows_.size(); }
  int64_t last_seq() const { return rows_.back().seq; }
  const v1::Event& event(size_t index) const { return rows_[index].data; }

  // Returns the index of the first event that follows a position; size() if there is none.
  size_t FirstAfter(int64_t position) const;

  // Returns one event as a serialized `events` field. The bytes belong to the chunk.
  absl::string_view EventBytes(size_t index) const;

  // Returns a whole WatchEventsResponse: the events from `index` on, and the resume_token of the last event of the
  // chunk. If `index` is size(), it holds only the resume_token. The result keeps the serialized events alive, but not
  // the decoded ones.
  SharedBytes BytesFrom(size_t index) const;

  // The memory in use, roughly, in bytes.
  size_t memory_bytes() const;

 private:
  std::vector<store::EventRow> rows_;
  std::shared_ptr<const std::string> wire_;
  std::vector<size_t> offsets_;  // of each event in *wire_, and of the resume_token at the end
};

// The events of a chunk from index `first` on.
struct EventSlice {
  std::shared_ptr<const EventChunk> chunk;
  size_t first = 0;
};

// Returns a bookmark: a serialized WatchEventsResponse that holds only a resume_token.
SharedBytes MakeBookmark(absl::string_view resume_token);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_CHUNK_H_
