#include "scheduler/plan/input/scores.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"

namespace aftercare::plan {
namespace {

TEST(ReadScoreTest, AWholeNumberFromZeroToTenIsAScore) {
  for (int score = 0; score <= 10; ++score) {
    EXPECT_EQ(ReadScore(absl::StrCat(score)), score);
    EXPECT_EQ(ReadScore(absl::StrCat(" ", score, ".\n")), score);
    for (const char* out_of : {"/10", " out of 10", " de 10", " sur 10", " sobre 10", " / 10 !"}) {
      EXPECT_EQ(ReadScore(absl::StrCat(score, out_of)), score) << out_of;
    }
    for (const char* before : {"about ", "a ", "maybe ", "it's a ", "pain is ", "My pain is ", "I'd say ", "un ",
                               "como un ",
                               "environ ", "Pain: ", "pain - ", "(", "#"}) {
      EXPECT_EQ(ReadScore(absl::StrCat(before, score)), score) << before;
    }
  }
  EXPECT_EQ(ReadScore("7 \xF0\x9F\x98\x80"), 7);          // A smile.
  EXPECT_EQ(ReadScore("7\xEF\xB8\x8F\xE2\x83\xA3"), 7);  // A seven on a key.
  EXPECT_EQ(ReadScore("\xC2\xA0"
                      "7"),
            7);
  EXPECT_EQ(ReadScore("7, thanks"), 7);
  EXPECT_EQ(ReadScore("hola, un 7 por favor"), 7);
}

TEST(ReadScoreTest, NumbersAreWordsToo) {
  const char* kWords[][3] = {{"zero", "cero", "zéro"}, {"one", "uno", "un"},        {"two", "dos", "deux"},
                             {"three", "tres", "trois"}, {"four", "cuatro", "quatre"}, {"five", "cinco", "cinq"},
                             {"six", "seis", "six"},     {"seven", "siete", "sept"}, {"eight", "ocho", "huit"},
                             {"nine", "nueve", "neuf"},  {"ten", "diez", "dix"}};
  for (int score = 0; score <= 10; ++score) {
    for (const char* word : kWords[score]) EXPECT_EQ(ReadScore(word), score) << word;
  }
  EXPECT_EQ(ReadScore("Un siete."), 7);
  EXPECT_EQ(ReadScore("seven out of ten"), 7);
  EXPECT_EQ(ReadScore("siete de diez"), 7);
  EXPECT_EQ(ReadScore("peut-être sept"), std::nullopt);  // A hyphen is part of its word.
}

TEST(ReadScoreTest, DigitsOfOtherScriptsCount) {
  EXPECT_EQ(ReadScore("７"), 7);
  EXPECT_EQ(ReadScore("٧"), 7);
  EXPECT_EQ(ReadScore("۷"), 7);
  EXPECT_EQ(ReadScore("७"), 7);
  EXPECT_EQ(ReadScore("١٠"), 10);
  EXPECT_EQ(ReadScore("٧/١٠"), 7);
  EXPECT_EQ(ReadScore("１７"), std::nullopt);
}

TEST(ReadScoreTest, EverythingElseIsNone) {
  for (const char* text :
       {"",    " ",   "11",  "-1",   "-7",  "\xE2\x88\x92" "7", "+7",   ".7",       "7.5",      "7,5",  "1 0",    "1 2",
        "7/5", "7/100", "/10", "07", "7-8", "7 8", "7a",  "a7",  "70",    "100",      "10/10/10", "7/1 0", "½",
            "7½",
        "7 or 8", "17", "7 days", "between 6 and 7", "6 to 7", "7%", "7°", "about", "pain", "a", "10 minutes",
        "7 hours ago", "no 7", "not 7", "7 o 8", "7 ou 8", "7 pills", "week 7", "- 7", "7+", "siete dias", "1st"}) {
    EXPECT_EQ(ReadScore(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace aftercare::plan
