#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_CACHE_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <utility>

#include "scheduler/engine/events/event_chunk.h"

namespace aftercare::engine {

// A cache of events that were read from the store, shared by all readers of all logs. Its memory is bounded: the
// segments that were not used for longest are evicted first.
//
// Not thread safe. The feed's cache is guarded by the feed's lock.
class EventCache {
 public:
  // Identifies a log. The caller chooses the ids.
  using LogId = uint64_t;

  // A stretch of a log: `chunk` holds all events after the position the segment was inserted at, up to and including
  // position `end`. `end` may be greater than the last event's position: then no event lies in between.
  struct Segment {
    std::shared_ptr<const EventChunk> chunk;
    int64_t end = 0;
  };

  // Holds about `max_bytes` at most. A cache of 0 bytes holds nothing.
  explicit EventCache(size_t max_bytes) : max_bytes_(max_bytes) {}
  EventCache(const EventCache&) = delete;
  EventCache& operator=(const EventCache&) = delete;

  // Returns the segment that holds what follows `position`, and marks it as the most recently used. The segment may
  // begin with earlier events. Returns null if there is none. The pointer is valid until the cache changes.
  const Segment* Find(LogId log, int64_t position);

  // Adds the segment that follows position `after`. Replaces one that was inserted there before. Then evicts segments
  // until the rest fits, even this one. `segment.chunk` must not be null.
  void Insert(LogId log, int64_t after, Segment segment);

  // Records that no event lies between the positions `after` and `end`: a segment that ends at `after` then ends at
  // `end`. Does nothing if there is no such segment.
  void ExtendSegment(LogId log, int64_t after, int64_t end);

  // Removes all segments of a log.
  void EraseLog(LogId log);

  // The memory in use, roughly, in bytes.
  size_t bytes() const { return bytes_; }

 private:
  using Key = std::pair<LogId, int64_t>;  // a log, and the position a segment follows
  struct Entry {
    Segment segment;
    std::list<Key>::iterator use;
  };
  using Entries = std::map<Key, Entry>;

  Entries::iterator Erase(Entries::iterator entry);

  const size_t max_bytes_;
  size_t bytes_ = 0;
  Entries entries_;
  std::list<Key> uses_;  // the keys of all entries, the most recently used one last
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_EVENT_CACHE_H_
