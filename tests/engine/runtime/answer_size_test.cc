#include "scheduler/engine/runtime/answer_size.h"

#include <gtest/gtest.h>

#include "aftercare/v1/reminder.pb.h"

namespace aftercare::engine {
namespace {

v1::Reminder OfSize(size_t bytes) {
  v1::Reminder reminder;
  reminder.set_text(std::string(bytes, 'x'));
  return reminder;
}

TEST(PageBudgetTest, APageHoldsAsManyItemsAsTheRequestAllows) {
  PageBudget budget(2);
  EXPECT_TRUE(budget.Take(OfSize(1)));
  EXPECT_TRUE(budget.Take(OfSize(1)));
  EXPECT_FALSE(budget.Take(OfSize(1)));
}

TEST(PageBudgetTest, APageEndsBeforeTheItemThatWouldMakeItTooLarge) {
  PageBudget budget(100);
  EXPECT_TRUE(budget.Take(OfSize(2 << 20)));
  EXPECT_FALSE(budget.Take(OfSize(1 << 20)));
}

TEST(PageBudgetTest, WhatStandsBesideTheItemsCounts) {
  PageBudget budget(100, 2 << 20);
  EXPECT_TRUE(budget.Take(OfSize(1 << 10)));
  EXPECT_FALSE(budget.Take(OfSize(1 << 20)));
}

TEST(PageBudgetTest, ALargeItemStandsOnAPageOfItsOwn) {
  PageBudget budget(100);
  EXPECT_TRUE(budget.Take(OfSize(kMaxPageBytes + 1))) << "otherwise a list would never come to its end";
  EXPECT_FALSE(budget.Take(OfSize(1)));
}

TEST(CheckRepeatedTextTest, ATextThatIsTooLongToBeRepeatedIsRefused) {
  plan::FieldErrors errors;
  CheckRepeatedText("names[0]", std::string(1024, 'x'), &errors);
  EXPECT_TRUE(errors.empty());
  CheckRepeatedText("names[1]", std::string(1025, 'x'), &errors);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].field, "names[1]");
}

}  // namespace
}  // namespace aftercare::engine
