#include "scheduler/plan/input/scores.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"

namespace aftercare::plan {
namespace {

// What a text says as an answer to a question for a score from 0 to 10.
std::optional<int> Score(absl::string_view text) {
  const std::optional<WrittenScore> score = ReadScore(text);
  return score && score->IsWithin(0, 10) ? std::optional(score->number) : std::nullopt;
}

// `72`, or `72 of 100`, or `none`.
std::string Read(absl::string_view text) {
  const std::optional<WrittenScore> score = ReadScore(text);
  if (!score) return "none";
  return absl::StrCat(score->number, score->out_of ? absl::StrCat(" of ", *score->out_of) : "");
}

TEST(ReadScoreTest, AWholeNumberFromZeroToTenIsAScore) {
  for (int score = 0; score <= 10; ++score) {
    EXPECT_EQ(Score(absl::StrCat(score)), score);
    EXPECT_EQ(Score(absl::StrCat(" ", score, ".\n")), score);
    for (const char* out_of : {"/10", " out of 10", " de 10", " sur 10", " sobre 10", " / 10 !"}) {
      EXPECT_EQ(Score(absl::StrCat(score, out_of)), score) << out_of;
    }
    for (const char* before : {"about ", "a ", "maybe ", "it's a ", "pain is ", "My pain is ", "I'd say ", "un ",
                               "como un ",
                               "environ ", "Pain: ", "pain - ", "(", "#"}) {
      EXPECT_EQ(Score(absl::StrCat(before, score)), score) << before;
    }
  }
  EXPECT_EQ(Score("7 \xF0\x9F\x98\x80"), 7);          // A smile.
  EXPECT_EQ(Score("7\xEF\xB8\x8F\xE2\x83\xA3"), 7);  // A seven on a key.
  EXPECT_EQ(Score("\xC2\xA0"
                      "7"),
            7);
  EXPECT_EQ(Score("7, thanks"), 7);
  EXPECT_EQ(Score("hola, un 7 por favor"), 7);
}

TEST(ReadScoreTest, NumbersAreWordsToo) {
  const char* kWords[][3] = {{"zero", "cero", "zéro"}, {"one", "uno", "un"},        {"two", "dos", "deux"},
                             {"three", "tres", "trois"}, {"four", "cuatro", "quatre"}, {"five", "cinco", "cinq"},
                             {"six", "seis", "six"},     {"seven", "siete", "sept"}, {"eight", "ocho", "huit"},
                             {"nine", "nueve", "neuf"},  {"ten", "diez", "dix"}};
  for (int score = 0; score <= 10; ++score) {
    for (const char* word : kWords[score]) EXPECT_EQ(Score(word), score) << word;
  }
  EXPECT_EQ(Score("Un siete."), 7);
  EXPECT_EQ(Score("seven out of ten"), 7);
  EXPECT_EQ(Score("siete de diez"), 7);
  EXPECT_EQ(Score("peut-être sept"), std::nullopt);  // A hyphen is part of its word.
}

TEST(ReadScoreTest, DigitsOfOtherScriptsCount) {
  EXPECT_EQ(Score("７"), 7);
  EXPECT_EQ(Score("٧"), 7);
  EXPECT_EQ(Score("۷"), 7);
  EXPECT_EQ(Score("७"), 7);
  EXPECT_EQ(Score("١٠"), 10);
  EXPECT_EQ(Score("٧/١٠"), 7);
  EXPECT_EQ(Score("１７"), std::nullopt);
}

TEST(ReadScoreTest, EverythingElseIsNone) {
  for (const char* text :
       {"",    " ",   "11",  "-1",   "-7",  "\xE2\x88\x92" "7", "+7",   ".7",       "7.5",      "7,5",  "1 0",    "1 2",
        "7/5", "7/100", "/10", "07", "7-8", "7 8", "7a",  "a7",  "70",    "100",      "10/10/10", "7/1 0", "½",
            "7½",
        "7 or 8", "17", "7 days", "between 6 and 7", "6 to 7", "7%", "7°", "about", "pain", "a", "10 minutes",
        "7 hours ago", "no 7", "not 7", "7 o 8", "7 ou 8", "7 pills", "week 7", "- 7", "7+", "siete dias", "1st"}) {
    EXPECT_EQ(Score(text), std::nullopt) << text;
  }
}

TEST(ReadScoreTest, NumbersUpToAThousandAreReadInDigits) {
  EXPECT_EQ(Read("72"), "72");
  EXPECT_EQ(Read("about 100."), "100");
  EXPECT_EQ(Read("1000"), "1000");
  EXPECT_EQ(Read("72/100"), "72 of 100");
  EXPECT_EQ(Read("72 out of 100"), "72 of 100");
  EXPECT_EQ(Read("72 sur 100"), "72 of 100");
  EXPECT_EQ(Read("tres de cinco"), "3 of 5");
  EXPECT_EQ(Read("٧٢"), "72");
  EXPECT_EQ(Read("my pain is 12 today"), "12");
  for (const char* text : {"1001", "10000", "99999999999999999999", "072", "72.5", "-72", "72%", "1,000", "1 000",
                           "72/100/100", "72 days", "seventy", "eleven", "once", "0x10"}) {
    EXPECT_EQ(Read(text), "none") << text;
  }
}

TEST(ReadScoreTest, AScoreIsWithinARangeIfItsNumberIsAndWhatItIsOutOfIsTheEnd) {
  const auto is_within = [](absl::string_view text, int min, int max) { return ReadScore(text)->IsWithin(min, max); };
  EXPECT_TRUE(is_within("0", 0, 100));
  EXPECT_TRUE(is_within("100", 0, 100));
  EXPECT_FALSE(is_within("101", 0, 100));
  EXPECT_TRUE(is_within("72/100", 0, 100));
  EXPECT_FALSE(is_within("7/10", 0, 100)) << "that is another scale";
  EXPECT_FALSE(is_within("4/5", 0, 4));
  EXPECT_TRUE(is_within("4/5", 1, 5));
  EXPECT_FALSE(is_within("0/5", 1, 5));
  EXPECT_TRUE(is_within("1", 1, 5));
  EXPECT_FALSE(is_within("0", 1, 5));
}

}  // namespace
}  // namespace aftercare::plan
