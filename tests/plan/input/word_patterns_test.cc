#include "scheduler/plan/input/word_patterns.h"

#include <gmock/gmock.h>

#include "absl/strings/str_split.h"
#include "scheduler/plan/input/reply_text.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr WordClass kClasses[] = {
    {"MESSAGE", "text message messages"}, {"DET", "the my all"}, {"THING", "MESSAGE DET"}, {"BODY", "knee pain*"},
    {"MISSPELT", "messages"}};
constexpr WordPattern kPatterns[] = {
    {1, "stop DET* MESSAGE"}, {1, "stop THING*"}, {2, "end|quit it?"}, {3, "stop $"}, {4, "not _"}, {5, "no? DET* painkiller|x"}};

size_t Match(int kind, const std::string& text) {
  static const auto* const patterns = new WordPatterns(kClasses, kPatterns);
  std::vector<KnownWord> words;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) words.push_back(patterns->Find(std::string(word)));
  return patterns->LongestMatch(kind, words);
}

TEST(WordPatternsTest, TheLongestPatternCounts) {
  EXPECT_EQ(Match(1, "stop"), 1);
  EXPECT_EQ(Match(1, "stop all the messages knee"), 4);
  EXPECT_EQ(Match(1, "the messages"), 0);
  EXPECT_EQ(Match(2, "quit it"), 2);
  EXPECT_EQ(Match(2, "quit that"), 1);
  EXPECT_EQ(Match(6, "stop"), 0);
}

TEST(WordPatternsTest, ADollarStandsForTheEnd) {
  EXPECT_EQ(Match(3, "stop"), 1);
  EXPECT_EQ(Match(3, "stop text"), 0);
}

TEST(WordPatternsTest, AnUnderscoreStandsForAWordThatNoTableNames) {
  EXPECT_EQ(Match(4, "not maria"), 2);
  EXPECT_EQ(Match(4, "not message"), 0);
  EXPECT_EQ(Match(4, "not painful"), 0);
}

TEST(WordPatternsTest, APatternMayBeginWithAnyOfItsOptionalElements) {
  EXPECT_EQ(Match(5, "no the x"), 3);
  EXPECT_EQ(Match(5, "my x"), 2);
  EXPECT_EQ(Match(5, "x"), 1);
  EXPECT_EQ(Match(5, "no the"), 0);
}

TEST(WordPatternsTest, AWordOfAPatternKeepsTheClassesOfItsBeginning) {
  const WordPatterns patterns(kClasses, kPatterns);
  EXPECT_EQ(patterns.Find("painkiller").classes, patterns.ClassesOf("BODY"));
  EXPECT_EQ(patterns.Find("painless").classes, patterns.ClassesOf("BODY"));
  EXPECT_EQ(patterns.Find("x").classes, 0);
}

TEST(WordPatternsTest, ALongWordMayHaveOneLetterWrong) {
  for (const char* text : {"stop mesages", "stop messsages", "stop mesasges", "stop messagez", "stop messagees"}) {
    EXPECT_EQ(Match(1, text), 2) << text;
  }
  for (const char* text : {"stop mesags", "stop essages", "stop texd"}) EXPECT_EQ(Match(1, text), 1) << text;
}

TEST(WordPatternsTest, NoMoreWordsCountThanTheLongest) {
  std::string text = "stop";
  for (int i = 0; i < 1000; ++i) text += " all";
  EXPECT_EQ(Match(1, text), WordPatterns::kLongest);
}

TEST(WordPatternsDeathTest, AFaultInATableEndsTheProgram) {
  const WordPattern unknown[] = {{1, "NOSUCH"}};
  EXPECT_DEATH(WordPatterns(kClasses, unknown), "NOSUCH");
}

std::vector<std::vector<std::string>> Split(const std::string& text) {
  std::vector<std::vector<std::string>> clauses;
  for (const ReplyClause& clause : SplitClauses(text)) clauses.push_back(clause.words);
  return clauses;
}

TEST(SplitClausesTest, MarksPartClausesAndApostrophesDoNot) {
  EXPECT_THAT(Split("I'm done. STOP, please!"),
              ElementsAre(ElementsAre("im", "done"), ElementsAre("stop"), ElementsAre("please")));
  EXPECT_THAT(Split("ne m’envoyez plus"), ElementsAre(ElementsAre("ne", "me", "envoyez", "plus")));
  EXPECT_THAT(Split("opt-out - non-stop"), ElementsAre(ElementsAre("opt", "out"), ElementsAre("nonstop")));
  EXPECT_THAT(Split("\xF0\x9F\x9B\x91 stop \xF0\x9F\x9B\x91"), ElementsAre(ElementsAre("stop")));
  EXPECT_THAT(Split("wrong # & ７"), ElementsAre(ElementsAre("wrong", "number", "and", "7")));
  EXPECT_THAT(Split("?!... \n"), IsEmpty());
  EXPECT_THAT(Split("a\xFF b"), ElementsAre(ElementsAre("a")));
}

TEST(SplitClausesTest, AQuestionMarkEndsAQuestion) {
  const std::vector<ReplyClause> clauses = SplitClauses("stop? ok. really?! no!?");
  ASSERT_EQ(clauses.size(), 4);
  EXPECT_TRUE(clauses[0].is_question);
  EXPECT_FALSE(clauses[1].is_question);
  EXPECT_TRUE(clauses[2].is_question);
  EXPECT_TRUE(clauses[3].is_question);
}

TEST(PlainWordTest, AccentsAndRepeatedLettersDoNotCount) {
  EXPECT_EQ(PlainWord("envíen"), "envien");
  EXPECT_EQ(PlainWord("arrêtez"), "arretez");
  EXPECT_EQ(PlainWord("stoooop"), "stop");
  EXPECT_EQ(PlainWord("hello"), "hello");
  EXPECT_EQ(PlainWord("paré"), "paré");
  EXPECT_EQ(PlainWord("contactée"), "contactée");
  EXPECT_EQ(PlainWord("é"), "e");
}

}  // namespace
}  // namespace aftercare::plan
