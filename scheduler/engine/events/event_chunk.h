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

// Bytes that several may hold at once, as long as one of them does. They never change.
struct SharedBytes {
  std::shared_ptr<const void> owner;
  absl::string_view bytes;
};

// A message in pieces, to be sent one after the other.
using WireMessage = std::vector<SharedBytes>;

// Some consecutive events of one clinic, read, and written for the wire, once for all who watch. They are written as
// the fields of a WatchEventsResponse: those from any event on to the end are a message, and several such messages one
// after the other are one message again, which is how protobuf has it. Immutable, so thread safe.
class EventChunk {
 public:
  // At least one event of `clinic`, in order; each gets its resume_token.
  EventChunk(const Tokens& tokens, absl::string_view clinic, std::vector<store::EventRow> rows);

  size_t size() const { return rows_.size(); }
  int64_t last() const { return rows_.back().seq; }
  const v1::Event& event(size_t index) const { return rows_[index].data; }

  // Index of the first event after a place; size() if there is none.
  size_t FirstAfter(int64_t place) const;

  // One event; those from one on, and the resume_token after them; that token alone. They keep the bytes alive, not the
  // messages.
  absl::string_view Event(size_t index) const;
  SharedBytes From(size_t index) const { return {wire_, absl::string_view(*wire_).substr(begins_[index])}; }
  SharedBytes Token() const { return From(size()); }

  // Bytes it takes, about.
  size_t memory() const;

 private:
  std::vector<store::EventRow> rows_;
  std::shared_ptr<const std::string> wire_;
  std::vector<size_t> begins_;  // of each event in *wire_, and of the token
};

// A message that has only a resume_token.
SharedBytes Bookmark(absl::string_view token);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_CHUNK_H_
