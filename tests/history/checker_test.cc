// That the checker finds nothing in a good history, and each kind of fault in a bad one.
#include "tests/history/checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "tests/history/example_history.h"
#include "tests/history/mutations.h"
#include "tests/history/recorder.h"

namespace aftercare::history {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CheckerTest, AGoodHistoryHasNoFaults) { EXPECT_THAT(Check(ExampleHistory()), IsEmpty()); }

class CheckerFindsTest : public ::testing::TestWithParam<Mutation> {};

TEST_P(CheckerFindsTest, TheFault) {
  History history = ExampleHistory();
  ASSERT_TRUE(GetParam().apply(&history));
  EXPECT_THAT(Check(history), Contains(HasSubstr(GetParam().expected)));
}

INSTANTIATE_TEST_SUITE_P(Every, CheckerFindsTest, ::testing::ValuesIn(AllMutations()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(RecorderTest, AHistoryIsReadAsItWasWritten) {
  const History history = ExampleHistory();
  const std::string path = ::testing::TempDir() + "aftercare-story.txt";
  ASSERT_TRUE(Save(history, path));
  const auto read = Load(path);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*read, history));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace aftercare::history
