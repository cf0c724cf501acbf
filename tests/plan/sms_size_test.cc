#include "scheduler/plan/sms_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string Times(int n, const std::string& text) {
  std::string out;
  while (n-- > 0) out += text;
  return out;
}

int PartsOf(const std::string& text) { return SmsSizeOf(text).parts; }

TEST(SmsSizeTest, OnePartHas160PlacesAndEachOfSeveral153) {
  EXPECT_EQ(PartsOf(""), 1);
  EXPECT_EQ(PartsOf(Times(160, "a")), 1);
  EXPECT_EQ(PartsOf(Times(161, "a")), 2);
  EXPECT_EQ(PartsOf(Times(306, "a")), 2);
  EXPECT_EQ(PartsOf(Times(307, "a")), 3);
  EXPECT_EQ(SmsSizeOf(Times(161, "a")).places, 161);
}

TEST(SmsSizeTest, SomeLettersOfSpanishAreInGsm7AndSomeHalveThePart) {
  const std::string gsm7 = "\u00BFQu\u00E9 a\u00F1o? \u00A1Ping\u00FCino! @\u00A3$_\n";
  EXPECT_THAT(SmsSizeOf(gsm7).not_gsm7, IsEmpty());
  EXPECT_THAT(SmsSizeOf("Cl\u00EDnica S\u00E3o, cl\u00EDnica").not_gsm7, ElementsAre("\u00ED", "\u00E3"));
  EXPECT_EQ(PartsOf(Times(70, "\u00ED")), 1);
  EXPECT_EQ(PartsOf(Times(71, "\u00ED")), 2);
  EXPECT_EQ(PartsOf(Times(134, "\u00ED")), 2);
  EXPECT_EQ(PartsOf(Times(135, "\u00ED")), 3);
}

TEST(SmsSizeTest, WhatNeedsAnEscapeTakesTwoPlacesAndIsNotDivided) {
  EXPECT_EQ(SmsSizeOf("\u20AC[]{}~^|\\").places, 18);
  EXPECT_EQ(PartsOf(Times(80, "[")), 1);
  EXPECT_EQ(PartsOf(Times(81, "[")), 2);
  EXPECT_EQ(PartsOf(absl::StrCat(Times(152, "a"), "[", Times(152, "a"))), 3);  // 306 places, the escape at an end.
}

TEST(SmsSizeTest, AnEmojiTakesTwoPlacesOfUcs2) {
  EXPECT_EQ(PartsOf(Times(35, "\U0001F600")), 1);
  EXPECT_EQ(PartsOf(Times(36, "\U0001F600")), 2);
  EXPECT_THAT(SmsSizeOf("`\u2019").not_gsm7, ElementsAre("`", "\u2019"));
}

}  // namespace
}  // namespace aftercare::plan
