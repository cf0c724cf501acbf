#include "services/client/common/terminal.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;

TEST(TerminalTest, WidthCountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth("niño"), 4);
  EXPECT_EQ(DisplayWidth("山田"), 4);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);  // An e with a combining accent.
  EXPECT_EQ(DisplayWidth(""), 0);
}

TEST(TerminalTest, ControlCharactersCannotSteerTheTerminal) {
  EXPECT_EQ(Cut("a\033[31mb", 20), "a?[31mb");
  EXPECT_EQ(Cut("a\nb\tc", 20), "a b c");
  EXPECT_EQ(Cut("a\u009bb", 20), "a?b");
}

TEST(TerminalTest, BrokenTextIsNotReadBeyondItsEnd) {
  EXPECT_EQ(DisplayWidth("\xE5\xB1"), CharacterWidth("\xE5\xB1"));
  EXPECT_EQ(SplitCharacters("a\xFF").size(), 2u);
}

TEST(TerminalTest, WhatIsCutSaysSo) {
  EXPECT_EQ(Cut("recovery", 8), "recovery");
  EXPECT_EQ(Cut("recovery", 5), "reco…");
  EXPECT_EQ(Cut("山田太郎", 4), "山…");  // A wide character is not halved.
  EXPECT_EQ(Cut("recovery", 0), "");
  EXPECT_EQ(Fit("ice", 5), "ice  ");
}

TEST(TerminalTest, TextIsBrokenAtBlanks) {
  EXPECT_THAT(Wrap("put ice on the knee", 8), ElementsAre("put ice", "on the", "knee"));
  EXPECT_THAT(Wrap("unbreakable", 5), ElementsAre("unbr…"));
  EXPECT_THAT(Wrap("", 5), ElementsAre(""));
}

TEST(TerminalTest, PaintIsOnlyForColour) {
  EXPECT_EQ(Paint(Ink::kRed, "x", false), "x");
  EXPECT_EQ(Paint(Ink::kPlain, "x", true), "x");
  EXPECT_EQ(Paint(Ink::kRed, "", true), "");
  EXPECT_EQ(Paint(Ink::kRed, "x", true), "\033[1;31mx\033[0m");
}

}  // namespace
}  // namespace aftercare::client
