#include "scheduler/engine/delivery/lease_id.h"

#include <gtest/gtest.h>

namespace aftercare::engine {
namespace {

const Tokens kTokens("0123456789abcdef");

TEST(LeaseIdTest, ParseAnswersWhatTheIdWasMadeOf) {
  const LeaseId made{{"north", "e-1", "ice_am", 12}, 3};
  const auto parsed = ParseLeaseId(kTokens, MakeLeaseId(kTokens, made));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->key, made.key);
  EXPECT_EQ(parsed->attempt, 3);
}

TEST(LeaseIdTest, TwoLeasesOfOneReminderHaveDifferentIds) {
  const store::ReminderKey key{"north", "e-1", "ice", 1};
  EXPECT_NE(MakeLeaseId(kTokens, {key, 1}), MakeLeaseId(kTokens, {key, 2}));
}

TEST(LeaseIdTest, WhatThisDatabaseDidNotMakeIsNoLeaseId) {
  const LeaseId lease{{"north", "e-1", "ice", 1}, 1};
  EXPECT_FALSE(ParseLeaseId(kTokens, ""));
  EXPECT_FALSE(ParseLeaseId(kTokens, "north/e-1/ice/1/1"));
  EXPECT_FALSE(ParseLeaseId(kTokens, MakeLeaseId(Tokens("another secret.."), lease)));
  EXPECT_FALSE(ParseLeaseId(kTokens, kTokens.Seal("page", "north/e-1/ice/1/1")));
}

TEST(LeaseIdTest, SealedTextOfAnotherFormIsNoLeaseId) {
  for (const char* payload : {"", "north/e-1/ice/1", "north/e-1/ice/1/1/1", "north/e-1/ice/x/1", "north/e-1/ice/1/"}) {
    EXPECT_FALSE(ParseLeaseId(kTokens, kTokens.Seal("lease", payload))) << payload;
  }
}

}  // namespace
}  // namespace aftercare::engine
