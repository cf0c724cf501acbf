#include "scheduler/engine/events/event_cache.h"

#include <iterator>

namespace aftercare::engine {

const EventCache::Segment* EventCache::Find(LogId log, int64_t position) {
  auto found = entries_.upper_bound({log, position});
  if (found == entries_.begin()) return nullptr;
  --found;
  if (found->first.first != log || found->second.segment.end <= position) return nullptr;
  uses_.splice(uses_.end(), uses_, found->second.use);
  return &found->second.segment;
}

void EventCache::Insert(LogId log, int64_t after, Segment segment) {
  const Key key(log, after);
  if (const auto old = entries_.find(key); old != entries_.end()) Erase(old);
  bytes_ += segment.chunk->memory_bytes();
  entries_.emplace(key, Entry{std::move(segment), uses_.insert(uses_.end(), key)});
  while (bytes_ > max_bytes_) Erase(entries_.find(uses_.front()));
}

void EventCache::ExtendSegment(LogId log, int64_t after, int64_t end) {
  const auto next = entries_.lower_bound({log, after});
  if (next == entries_.begin()) return;
  auto& [key, entry] = *std::prev(next);
  if (key.first == log && entry.segment.end == after) entry.segment.end = end;
}

void EventCache::EraseLog(LogId log) {
  auto entry = entries_.lower_bound({log, 0});
  while (entry != entries_.end() && entry->first.first == log) entry = Erase(entry);
}

EventCache::Entries::iterator EventCache::Erase(Entries::iterator entry) {
  bytes_ -= entry->second.segment.chunk->memory_bytes();
  uses_.erase(entry->second.use);
  return entries_.erase(entry);
}

}  // namespace aftercare::engine
