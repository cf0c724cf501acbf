#include "scheduler/engine/delivery/stream_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine/testing.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> BadFieldsOf(const std::string& message) {
  return BadFields(CheckMessage(FromText<v1::StreamRemindersRequest>(message), /*configured=*/true));
}

TEST(CheckMessageTest, AMessageHasOneToAThousandItems) {
  v1::StreamRemindersRequest message;
  for (int i = 0; i < 1000; ++i) message.mutable_extensions()->add_lease_ids("x");
  EXPECT_TRUE(CheckMessage(message, /*configured=*/true).ok());
  message.mutable_extensions()->add_lease_ids("x");
  EXPECT_THAT(BadFields(CheckMessage(message, /*configured=*/true)), ElementsAre("extensions.lease_ids"));
  EXPECT_THAT(BadFieldsOf("extensions {}"), ElementsAre("extensions.lease_ids"));
  EXPECT_THAT(BadFieldsOf("reports {}"), ElementsAre("reports.reports"));
  EXPECT_THAT(BadFieldsOf(""), ElementsAre("request"));
}

// `count` leases of 50 KB each, the result of a report, and the end of the last lease.
v1::StreamRemindersResponse Output(int count) {
  v1::StreamRemindersResponse output;
  for (int i = 0; i < count; ++i) {
    output.add_leases()->set_lease_id(absl::StrCat(i));
    output.mutable_leases(i)->set_text(std::string(50'000, 'x'));
  }
  output.add_results()->set_lease_id("reported");
  output.add_ended_leases()->set_lease_id(absl::StrCat(count - 1));
  return output;
}

TEST(TakeMessageTest, WhatFitsIsOneMessage) {
  v1::StreamRemindersResponse output = Output(10);
  v1::StreamRemindersResponse message;
  TakeMessage(&output, &message);
  EXPECT_EQ(message.SerializeAsString(), Output(10).SerializeAsString());
  EXPECT_TRUE(IsEmpty(output));
}

TEST(TakeMessageTest, WhatDoesNotFitFollowsInFurtherMessagesInOrder) {
  const v1::StreamRemindersResponse all = Output(200);
  v1::StreamRemindersResponse output = all;
  v1::StreamRemindersResponse together;
  int messages = 0;
  while (!IsEmpty(output)) {
    v1::StreamRemindersResponse message;
    TakeMessage(&output, &message);
    EXPECT_LT(message.ByteSizeLong(), size_t{4} << 20);
    EXPECT_EQ(message.ended_leases().empty(), !output.leases().empty()) << "no lease ends before it is there";
    together.MergeFrom(message);
    ASSERT_LT(++messages, 10);
  }
  EXPECT_EQ(messages, 4);
  EXPECT_EQ(together.SerializeAsString(), all.SerializeAsString());
}

}  // namespace
}  // namespace aftercare::engine
