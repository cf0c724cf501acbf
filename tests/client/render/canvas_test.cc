#include "services/client/render/canvas.h"

#include "gtest/gtest.h"

namespace aftercare::client {
namespace {

TEST(CanvasTest, WhatIsWrittenStandsInItsColumn) {
  Canvas canvas(10);
  canvas.Write(2, "ab", Ink::kPlain);
  canvas.Put(6, "●", Ink::kPlain);
  EXPECT_EQ(canvas.Render(false), "  ab  ●");
}

TEST(CanvasTest, WhatDoesNotFitIsDropped) {
  Canvas canvas(4);
  canvas.Put(-1, "x", Ink::kPlain);
  canvas.Put(4, "x", Ink::kPlain);
  canvas.Write(2, "abc", Ink::kPlain);
  canvas.Write(-6, "山山山", Ink::kPlain);
  EXPECT_EQ(canvas.Render(false), "  ab");
}

TEST(CanvasTest, AWideCharacterTakesTwoColumns) {
  Canvas canvas(5);
  canvas.Write(0, "山a", Ink::kPlain);
  EXPECT_EQ(canvas.Render(false), "山a");
  EXPECT_FALSE(canvas.IsBlank(1, 1));
  Canvas narrow(1);
  narrow.Write(0, "山", Ink::kPlain);
  EXPECT_EQ(narrow.Render(false), "");
}

TEST(CanvasTest, LabelsKeepApart) {
  Canvas canvas(12);
  EXPECT_TRUE(canvas.WriteApart(0, "Apr", Ink::kPlain));
  EXPECT_FALSE(canvas.WriteApart(2, "May", Ink::kPlain));
  EXPECT_FALSE(canvas.WriteApart(3, "May", Ink::kPlain));
  EXPECT_TRUE(canvas.WriteApart(4, "May", Ink::kPlain));
  EXPECT_FALSE(canvas.WriteApart(10, "Jun", Ink::kPlain));
  EXPECT_EQ(canvas.Render(false), "Apr May");
}

TEST(CanvasTest, NeighboursOfOneColourSharePaint) {
  Canvas canvas(4);
  canvas.Write(0, "ab", Ink::kRed);
  canvas.Write(2, "c", Ink::kPlain);
  EXPECT_EQ(canvas.Render(true), Paint(Ink::kRed, "ab", true) + "c");
}

}  // namespace
}  // namespace aftercare::client
