#include "scheduler/plan/input/text_validation.h"

#include <gtest/gtest.h>

#include <string>

namespace aftercare::plan {
namespace {

TEST(WordsTest, CleanTextIsUtf8WithoutControlCharacters) {
  EXPECT_TRUE(IsCleanText("", false));
  EXPECT_TRUE(IsCleanText("Buenos d\u00edas, \u7530\u4e2d \U0001F600", false));
  EXPECT_FALSE(IsCleanText("bell\x07", true));
  EXPECT_FALSE(IsCleanText("tab\t", true));
  EXPECT_FALSE(IsCleanText("\x7f", true));
  EXPECT_FALSE(IsCleanText("\u0085", true));  // A C1 control, next line.
  EXPECT_FALSE(IsCleanText(absl::string_view("a\0b", 3), true));
}

TEST(WordsTest, ALineFeedIsCleanOnlyWhereAllowed) {
  EXPECT_TRUE(IsCleanText("two\nlines", true));
  EXPECT_FALSE(IsCleanText("two\nlines", false));
  EXPECT_FALSE(IsCleanText("two\r\nlines", true));
}

TEST(WordsTest, MalformedUtf8IsNotClean) {
  for (const absl::string_view bad : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                      "\xF0\x80\x80\x80", "\xE2\x82", "\xFF", "\xC3(", "\xF5\x80\x80\x80"}) {
    EXPECT_FALSE(IsCleanText(bad, true)) << testing::PrintToString(std::string(bad));
  }
  EXPECT_TRUE(IsCleanText("\xF4\x8F\xBF\xBF\xED\x9F\xBF\xEE\x80\x80\xE0\xA0\x80\xF0\x90\x80\x80", false));
}

TEST(WordsTest, CharactersAreCodePoints) {
  EXPECT_EQ(CountCharacters(""), 0u);
  EXPECT_EQ(CountCharacters("d\u00eda"), 3u);
  EXPECT_EQ(CountCharacters("\U0001F600"), 1u);
}

TEST(WordsTest, BlankMeansNothingToSee) {
  EXPECT_TRUE(IsBlank(""));
  EXPECT_TRUE(IsBlank(" \n "));
  EXPECT_FALSE(IsBlank(" a "));
}

TEST(WordsTest, WhatNobodySeesIsBlank) {
  for (const char* blank :
       {"\u00A0", "\u00AD", "\u034F", "\u061C", "\u115F\u1160", "\u180E", "\u2003", "\u200B", "\u200C", "\u200D",
        "\u202E", "\u2060", "\u2800", "\u3000", "\u3164", "\uFE0F", "\uFEFF", "\uFFA0", "\U000E0020",
        " \u200B\n\u2060 "}) {
    EXPECT_TRUE(IsBlank(blank)) << blank;
  }
  for (const char* seen :
       {"a\u200B", "\u200D.", "\u00E9", "\u4E2D", "\u0915", "\U0001F600", "-", "\uFFFD", "\xFF", "\xE2\x80"}) {
    EXPECT_FALSE(IsBlank(seen)) << seen;
  }
}

TEST(WordsTest, PathwayIdsAreShortAndLowerCaseAndBeginWithALetter) {
  EXPECT_TRUE(IsPathwayId("ice-am_2"));
  EXPECT_TRUE(IsPathwayId(std::string(40, 'a')));
  for (const std::string& bad : {std::string(), std::string("2x"), std::string("-x"), std::string("Ice"),
                                 std::string("a.b"), std::string("a b"), std::string(41, 'a')}) {
    EXPECT_FALSE(IsPathwayId(bad)) << bad;
  }
  EXPECT_TRUE(IsFactorValue("65-and-over"));
  EXPECT_FALSE(IsFactorValue(""));
}

TEST(WordsTest, LocalesAreLanguageScriptRegion) {
  for (const char* good : {"en", "es-MX", "ES-mx", "zh-Hant", "zh-Hant-TW", "es-419", "fil", "fil-Latn-PH"}) {
    EXPECT_TRUE(IsValidLocale(good)) << good;
  }
  for (const char* bad : {"", "e", "english", "en_US", "en-", "-en", "en-US-x", "en-Latn-Latn", "en-1234", "en-US-Latn",
                          "e1", "es-41", "en--US", "C", "en.UTF-8"}) {
    EXPECT_FALSE(IsValidLocale(bad)) << bad;
  }
}

TEST(WordsTest, LocalesAreNormalizedToTheirCustomaryCase) {
  EXPECT_EQ(NormalizeLocale("EN"), "en");
  EXPECT_EQ(NormalizeLocale("es-mx"), "es-MX");
  EXPECT_EQ(NormalizeLocale("ZH-hANT-tw"), "zh-Hant-TW");
  EXPECT_EQ(NormalizeLocale("es-419"), "es-419");
}

TEST(WordsTest, LocalesFallBackBySubtag) {
  EXPECT_EQ(ParentLocale("zh-Hant-TW"), "zh-Hant");
  EXPECT_EQ(ParentLocale("zh-Hant"), "zh");
  EXPECT_EQ(ParentLocale("zh"), "");
  EXPECT_EQ(LanguageOf("zh-Hant-TW"), "zh");
  EXPECT_EQ(LanguageOf("es"), "es");
}

}  // namespace
}  // namespace aftercare::plan
