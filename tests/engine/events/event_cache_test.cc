#include "scheduler/engine/events/event_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <vector>

namespace aftercare::engine {
namespace {

using ::testing::IsNull;
using ::testing::NotNull;

constexpr EventCache::LogId kLog = 7;
constexpr size_t kUnlimited = size_t{1} << 30;

// A chunk of events with these sequence numbers.
std::shared_ptr<const EventChunk> Chunk(std::initializer_list<int64_t> seqs) {
  static const Tokens kTokens("0123456789abcdef");
  std::vector<store::EventRow> rows;
  for (const int64_t seq : seqs) {
    rows.emplace_back();
    rows.back().seq = seq;
  }
  return std::make_shared<const EventChunk>(kTokens, "box", std::move(rows));
}

TEST(EventCacheTest, AnEmptyCacheHoldsNothing) {
  EventCache cache(kUnlimited);
  EXPECT_THAT(cache.Find(kLog, 0), IsNull());
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(EventCacheTest, ASegmentIsFoundFromEveryPositionBeforeItsEnd) {
  EventCache cache(kUnlimited);
  const auto chunk = Chunk({11, 15});
  cache.Insert(kLog, 10, {chunk, 15});
  EXPECT_THAT(cache.Find(kLog, 9), IsNull());
  for (const int64_t position : {10, 11, 14}) {
    ASSERT_THAT(cache.Find(kLog, position), NotNull()) << position;
    EXPECT_EQ(cache.Find(kLog, position)->chunk, chunk) << position;
  }
  EXPECT_THAT(cache.Find(kLog, 15), IsNull());
}

TEST(EventCacheTest, AReaderGoesFromSegmentToSegment) {
  EventCache cache(kUnlimited);
  cache.Insert(kLog, 15, {Chunk({16, 20}), 20});
  cache.Insert(kLog, 10, {Chunk({11, 15}), 15});
  cache.Insert(kLog, 20, {Chunk({21}), 21});
  int64_t position = 10;
  std::vector<int64_t> ends;
  while (const EventCache::Segment* segment = cache.Find(kLog, position)) {
    position = segment->end;
    ends.push_back(position);
  }
  EXPECT_THAT(ends, ::testing::ElementsAre(15, 20, 21));
}

TEST(EventCacheTest, LogsAreKeptApart) {
  EventCache cache(kUnlimited);
  cache.Insert(kLog, 10, {Chunk({11, 15}), 15});
  EXPECT_THAT(cache.Find(kLog - 1, 12), IsNull());
  EXPECT_THAT(cache.Find(kLog + 1, 12), IsNull());
  cache.ExtendSegment(kLog + 1, 15, 20);
  EXPECT_THAT(cache.Find(kLog, 15), IsNull());
}

TEST(EventCacheTest, ANewSegmentReplacesTheOneFromTheSamePosition) {
  EventCache cache(kUnlimited);
  cache.Insert(kLog, 10, {Chunk({11}), 11});
  const auto longer = Chunk({11, 12, 13});
  cache.Insert(kLog, 10, {longer, 13});
  ASSERT_THAT(cache.Find(kLog, 10), NotNull());
  EXPECT_EQ(cache.Find(kLog, 10)->chunk, longer);
  EXPECT_EQ(cache.bytes(), longer->memory_bytes());
}

TEST(EventCacheTest, AnExtendedSegmentEndsBehindThePositionsWithoutEvents) {
  EventCache cache(kUnlimited);
  cache.Insert(kLog, 10, {Chunk({11, 15}), 15});
  cache.ExtendSegment(kLog, 15, 40);
  ASSERT_THAT(cache.Find(kLog, 39), NotNull());
  EXPECT_EQ(cache.Find(kLog, 15)->end, 40);
  cache.ExtendSegment(kLog, 40, 50);
  EXPECT_EQ(cache.Find(kLog, 15)->end, 50);
}

TEST(EventCacheTest, ASegmentThatEndsElsewhereIsNotExtended) {
  EventCache cache(kUnlimited);
  cache.ExtendSegment(kLog, 15, 40);
  EXPECT_THAT(cache.Find(kLog, 15), IsNull());
  cache.Insert(kLog, 10, {Chunk({11, 15}), 15});
  cache.ExtendSegment(kLog, 14, 40);
  cache.ExtendSegment(kLog, 16, 40);
  cache.ExtendSegment(kLog, 10, 40);
  EXPECT_EQ(cache.Find(kLog, 10)->end, 15);
}

TEST(EventCacheTest, ALogIsErasedAndOthersStay) {
  EventCache cache(kUnlimited);
  const auto other = Chunk({1});
  cache.Insert(kLog - 1, 0, {other, 1});
  cache.Insert(kLog, 0, {Chunk({1}), 1});
  cache.Insert(kLog, 10, {Chunk({11, 15}), 15});
  cache.Insert(kLog + 1, 0, {other, 1});
  cache.EraseLog(kLog);
  EXPECT_THAT(cache.Find(kLog, 0), IsNull());
  EXPECT_THAT(cache.Find(kLog, 10), IsNull());
  EXPECT_THAT(cache.Find(kLog - 1, 0), NotNull());
  EXPECT_THAT(cache.Find(kLog + 1, 0), NotNull());
  EXPECT_EQ(cache.bytes(), 2 * other->memory_bytes());
}

TEST(EventCacheTest, WhatWasNotUsedForLongestIsEvicted) {
  const size_t size = Chunk({1})->memory_bytes();
  EventCache cache(3 * size);
  for (const int64_t after : {0, 1, 2}) cache.Insert(kLog, after, {Chunk({after + 1}), after + 1});
  EXPECT_EQ(cache.bytes(), 3 * size);
  cache.Find(kLog, 0);
  cache.Insert(kLog + 1, 0, {Chunk({1}), 1});
  EXPECT_THAT(cache.Find(kLog, 1), IsNull());
  EXPECT_THAT(cache.Find(kLog, 0), NotNull());
  EXPECT_THAT(cache.Find(kLog, 2), NotNull());
  EXPECT_THAT(cache.Find(kLog + 1, 0), NotNull());
  EXPECT_EQ(cache.bytes(), 3 * size);
}

TEST(EventCacheTest, WhatDoesNotFitIsNotKept) {
  EventCache cache(Chunk({1})->memory_bytes() - 1);
  cache.Insert(kLog, 0, {Chunk({1}), 1});
  EXPECT_THAT(cache.Find(kLog, 0), IsNull());
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(EventCacheTest, ReadersKeepWhatIsEvicted) {
  const std::shared_ptr<const EventChunk> held = Chunk({1});
  EventCache cache(held->memory_bytes());
  cache.Insert(kLog, 0, {held, 1});
  cache.Insert(kLog, 1, {Chunk({2}), 2});
  EXPECT_THAT(cache.Find(kLog, 0), IsNull());
  EXPECT_EQ(held->last_seq(), 1);
}

}  // namespace
}  // namespace aftercare::engine
