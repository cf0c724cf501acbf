#include "scheduler/plan/input/choices.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "scheduler/plan/input/reply_text.h"

namespace aftercare::plan {
namespace {

// Returns choices with labels as a compiled rule has them. The labels of one choice are separated by `/`.
std::vector<std::vector<std::string>> Choices(const std::vector<std::string>& labels) {
  std::vector<std::vector<std::string>> choices;
  for (const std::string& of_choice : labels) {
    std::vector<std::string>& folded = choices.emplace_back();
    for (const absl::string_view label : absl::StrSplit(of_choice, '/')) {
      folded.push_back(absl::StrJoin(BareWords(label), " "));
    }
  }
  return choices;
}

// Returns the number of the choice, or 0 for none.
int Read(const std::string& text, const std::vector<std::string>& labels) {
  return ChoiceReply(text).In(Choices(labels)).value_or(0);
}

const std::vector<std::string>& Swelling() {
  static const auto* const labels = new std::vector<std::string>{
      "Better/Mejor/Mieux", "The same/Igual/Pareil", "Worse/Peor/Pire", "Doesn't apply/No es así/N'est pas"};
  return *labels;
}

TEST(ChoicesTest, ANumberOfTheQuestionIsAChoice) {
  for (const char* text : {"2", " 2 ", "2.", "2)", "(2)", "#2", "2!", "２", "٢", "2️⃣", "two", "Dos", "deux", "option 2",
                           "Answer: 2", "opción 2", "choix 2", "réponse 2", "I choose 2", "it's 2", "número 2",
                           "2 please", "hi, 2, thank you", "2 I think", "2 gracias"}) {
    EXPECT_EQ(Read(text, Swelling()), 2) << text;
  }
  EXPECT_EQ(Read("4", Swelling()), 4);
}

TEST(ChoicesTest, ANumberBeyondTheChoicesIsNone) {
  for (const char* text : {"0", "5", "10", "22", "zero", "ten"}) EXPECT_EQ(Read(text, Swelling()), 0) << text;
}

TEST(ChoicesTest, ANumberThatMeansSomethingElseIsNone) {
  for (const char* text : {"-2", "+2", "2%", "2/10", "2 out of 10", "2-3", "1 or 2", "2 days", "$2", "2.5", "<2", "2½",
                           "2nd", "pain 2 of 10", "my knee is 2", "not 2", "1 2", "2 €"}) {
    EXPECT_EQ(Read(text, Swelling()), 0) << text;
  }
}

TEST(ChoicesTest, ALabelOfAnyLanguageIsAChoiceWhateverCaseAccentsAndMarksItHas) {
  for (const char* text : {"the same", "The Same.", "THE  SAME!!", "igual", "¡Igual!", "pareil 🙂", "the-same",
                           "the same, thanks", "Hola, igual, gracias", "the samé"}) {
    EXPECT_EQ(Read(text, Swelling()), 2) << text;
  }
  for (const char* text : {"doesn't apply", "Doesnt apply", "doesn’t apply", "no es asi", "No es así", "n'est pas"}) {
    EXPECT_EQ(Read(text, Swelling()), 4) << text;
  }
  EXPECT_EQ(Read("cafe", {"Thé", "Café"}), 2);
  EXPECT_EQ(Read("NAO", {"Sim", "Não"}), 2);
  EXPECT_EQ(Read("ЛУЧШЕ", {"Хуже", "Лучше"}), 2);
}

TEST(ChoicesTest, MoreWordsThanTheLabelAreNoAnswer) {
  for (const char* text : {"", "!", "same", "the same as yesterday", "not better", "better or worse", "better worse",
                           "it got better", "samethe"}) {
    EXPECT_EQ(Read(text, Swelling()), 0) << text;
  }
}

TEST(ChoicesTest, ANumberWithItsOwnLabelIsThatChoiceAndWithAnotherNone) {
  for (const char* text : {"3 worse", "3. Worse", "3) peor", "worse (3)", "worse - 3", "option 3: worse"}) {
    EXPECT_EQ(Read(text, Swelling()), 3) << text;
  }
  for (const char* text : {"3 better", "better 3", "2 worse"}) EXPECT_EQ(Read(text, Swelling()), 0) << text;
}

TEST(ChoicesTest, ALabelCountsBeforeANumberThatItReadsAs) {
  EXPECT_EQ(Read("one", {"Two", "One"}), 2);
  EXPECT_EQ(Read("2 times", {"3 times", "2 times"}), 2);
  EXPECT_EQ(Read("2", {"3 times", "2 times"}), 2);
  EXPECT_EQ(Read("1", {"3 times", "2 times"}), 1);
}

TEST(ChoicesTest, WordsOfCourtesyMayBePartOfALabel) {
  EXPECT_EQ(Read("no thanks", {"Yes please", "No thanks"}), 2);
  EXPECT_EQ(Read("No, thank you", {"Yes please", "No thanks"}), 2);
  EXPECT_EQ(Read("no", {"Yes please", "No thanks"}), 2);
  EXPECT_EQ(Read("no thanks", {"No", "No thanks"}), 2);
  EXPECT_EQ(Read("no", {"No", "No thanks"}), 1);
  EXPECT_EQ(Read("thanks", {"Hello", "Thanks"}), 2);
}

TEST(ChoicesTest, AQuestionWithoutChoicesHasNoAnswer) {
  EXPECT_EQ(Read("1", {}), 0);
  EXPECT_EQ(Read("", {}), 0);
}

TEST(ChoicesTest, ALongTextIsReadInLittleTime) {
  std::string text;
  for (int i = 0; i < 1300; ++i) absl::StrAppend(&text, "no ");
  EXPECT_EQ(Read(text, Swelling()), 0);
}

}  // namespace
}  // namespace aftercare::plan
