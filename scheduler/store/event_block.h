// How the store keeps events: the events of a clinic that one commit appends in blocks, with short names. Functions are
// thread safe.
#ifndef AFTERCARE_SCHEDULER_STORE_EVENT_BLOCK_H_
#define AFTERCARE_SCHEDULER_STORE_EVENT_BLOCK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "aftercare/record/v1/event_block.pb.h"
#include "scheduler/store/records.h"

namespace aftercare::store {

// A reader that wants a few events parses whole blocks, so they are not larger than what a watcher is given at once.
inline constexpr int kMaxEventsInBlock = 128;

// Returns an event of a clinic as it is kept. Its seq and actor are those given; its resume token is dropped.
record::v1::StoredEvent PackEvent(absl::string_view clinic, int64_t seq, absl::string_view actor, v1::Event event);

// The reverse. Returns DATA_LOSS if the bytes cannot be parsed.
absl::StatusOr<EventRow> UnpackEvent(absl::string_view clinic, const record::v1::StoredEvent& stored);

// An event that waits to be stored with its commit.
struct AppendedEvent {
  std::string clinic;
  record::v1::StoredEvent stored;
};

// Calls `save` with the blocks that the events make: by clinic, in the order of the events, at most kMaxEventsInBlock
// in one. Takes the events apart. Ends with the first error, which it returns.
absl::Status ForEachBlock(
    absl::Span<AppendedEvent> events,
    absl::FunctionRef<absl::Status(absl::string_view clinic, const record::v1::EventBlock& block)> save);

// Returns a block as the bytes to store: compressed, if that makes them fewer.
std::string EncodeBlock(const record::v1::EventBlock& block);

// The reverse. Returns DATA_LOSS if the bytes cannot be read.
absl::Status DecodeBlock(absl::string_view bytes, record::v1::EventBlock& block);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_EVENT_BLOCK_H_
