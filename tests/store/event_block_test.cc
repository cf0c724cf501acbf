// How blocks of events are kept: compressed where that makes them smaller.
#include "scheduler/store/event_block.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

record::v1::EventBlock Block(int events) {
  record::v1::EventBlock block;
  for (int i = 1; i <= events; ++i) {
    *block.add_events() = PackEvent("a", i, "ann", MakeEvent("a", absl::StrCat("e", i)));
  }
  return block;
}

TEST(EventBlock, IsReadAsItWasWritten) {
  for (const int events : {0, 1, 3, 10, kMaxEventsInBlock}) {
    const record::v1::EventBlock block = Block(events);
    record::v1::EventBlock read;
    EXPECT_THAT(DecodeBlock(EncodeBlock(block), read), IsOk());
    EXPECT_EQ(read.ShortDebugString(), block.ShortDebugString());
  }
}

TEST(EventBlock, OfManyEventsIsAFractionOfTheirBytes) {
  const record::v1::EventBlock block = Block(kMaxEventsInBlock);
  EXPECT_LT(EncodeBlock(block).size() * 4, block.SerializeAsString().size());
}

TEST(EventBlock, OfAnEarlierVersionIsNotCompressed) {
  const record::v1::EventBlock block = Block(kMaxEventsInBlock);
  record::v1::EventBlock read;
  EXPECT_THAT(DecodeBlock(block.SerializeAsString(), read), IsOk());
  EXPECT_EQ(read.ShortDebugString(), block.ShortDebugString());
}

TEST(EventBlock, ThatIsDamagedIsAnErrorWhereverItIsDamaged) {
  const std::string bytes = EncodeBlock(Block(kMaxEventsInBlock));
  record::v1::EventBlock read;
  for (size_t size = 4; size < bytes.size(); ++size) {
    EXPECT_THAT(DecodeBlock(bytes.substr(0, size), read), Fails(absl::StatusCode::kDataLoss)) << size;
  }
  // A frame that claims to hold more than any block does.
  std::string claims("\x28\xB5\x2F\xFD\xE0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 13);
  EXPECT_THAT(DecodeBlock(claims, read), Fails(absl::StatusCode::kDataLoss));
  EXPECT_THAT(DecodeBlock("no block", read), Fails(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace aftercare::store
