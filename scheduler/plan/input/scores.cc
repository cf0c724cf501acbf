#include "scheduler/plan/input/scores.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "scheduler/plan/input/courtesy.h"
#include "scheduler/plan/input/reply_text.h"
#include "scheduler/plan/input/text_normalizer.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxScore = 1000;
constexpr size_t kMaxDigits = 4;
constexpr int kMaxWord = 10;  // The largest number that may be a word.

// By number, in English, Spanish and French.
constexpr absl::string_view kNumberWords[kMaxWord + 1] = {
    "zero cero", "one uno un", "two dos deux", "three tres trois", "four cuatro quatre", "five cinco cinq",
    "six seis", "seven siete sept", "eight ocho huit", "nine nueve neuf", "ten diez dix"};

constexpr absl::string_view kBefore[] = {
    "about", "around", "maybe", "perhaps", "probably", "like", "roughly", "approximately", "approx", "only", "just",
    "still",
    "a", "an", "its", "it", "is", "was", "at", "my", "the", "pain", "score", "level", "number", "today", "now", "i",
    "id", "would",
    "say", "im", "am", "are", "says", "give", "rate", "as", "answer", "currently", "right", "think", "of", "que",
    "un", "una", "como", "mas", "o", "menos", "quizas", "quiza", "tal", "vez", "es", "esta", "dolor", "mi", "el",
    "diria", "yo",
    "unos", "nivel", "hoy", "ahora", "casi", "aproximadamente", "creo", "tengo", "estoy", "en", "de", "numero",
    "environ", "peut", "etre", "peutetre", "cest", "ce", "est", "douleur", "ma", "la", "le", "je", "dirais",
    "niveau", "a", "peu",
    "pres", "presque", "suis", "actuellement", "aujourdhui", "plutot", "disons", "note"};

constexpr absl::string_view kBehind[] = {"now", "today", "right", "hoy", "ahora", "maintenant", "aujourdhui", "pain",
                                         "points",
                                         "maybe", "i", "think", "creo", "quizas", "puntos", "dolor", "currently",
                                         "at", "the",
                                         "moment", "for", "so", "far", "about", "environ"};

// What stands between a number and the number that it is out of.
constexpr absl::string_view kOutOf[] = {"/", "out of", "outta", "of", "over", "on", "de",
                                        "sobre", "sur", "por", "out of a possible"};

template <size_t size>
bool IsAmong(const absl::string_view (&words)[size], absl::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Marks that mean nothing around a number. Others, such as signs, points and per cent, are part of a word.
bool IsFreeMark(uint32_t c) {
  constexpr absl::string_view kFree = "!?;:=()[]{}\"#*~_";
  if (c < 0x80) return absl::StrContains(kFree, static_cast<char>(c));
  const bool is_dash = c == 0x2212 || (c >= 0x2010 && c <= 0x2015);
  const bool is_sign = is_dash || (c >= 0xAB && c <= 0xB1) || c == 0xD7 || c == 0xF7;
  return IsMark(c) && !is_sign;
}

bool IsApostrophe(uint32_t c) { return c == '\'' || c == 0x2019; }

// The words of a text, numbers in ASCII. A point or a comma at the end of a word is left out, as is a lone hyphen
// between words.
std::vector<std::string> WordsOf(absl::string_view text) {
  std::string spaced;
  while (!text.empty()) {
    const absl::string_view before = text;
    const uint32_t c = TakeCharacter(&text);
    if (c == kNoCharacter) return {};
    if (IsApostrophe(c)) continue;
    if (DigitValue(c) >= 0) {
      spaced.push_back(static_cast<char>('0' + DigitValue(c)));
    } else if (c == '/' || c == 0x2044) {
      spaced += " / ";
    } else if (IsSpace(c) || IsFreeMark(c)) {
      spaced.push_back(' ');
    } else {
      spaced.append(before.data(), before.size() - text.size());
    }
  }
  std::vector<std::string> words;
  for (absl::string_view word : absl::StrSplit(spaced, ' ', absl::SkipEmpty())) {
    while (absl::ConsumeSuffix(&word, ".") || absl::ConsumeSuffix(&word, ",")) continue;
    if (word.empty() || (word == "-" && !words.empty())) continue;
    words.emplace_back(word);
  }
  return words;
}

// The word in lower case without accents. A word with marks stays as it is, so that it is no number.
std::string Plain(const std::string& word) {
  for (absl::string_view rest = word; !rest.empty();) {
    if (IsMark(TakeCharacter(&rest))) return word;
  }
  return PlainWord(Fold(word));
}

// Reads a word as a number from 0 to kMaxWord.
std::optional<int> SmallNumberOf(absl::string_view word) {
  for (int number = 0; number <= kMaxWord; ++number) {
    if (word == std::to_string(number)) return number;
    for (const absl::string_view name : absl::StrSplit(kNumberWords[number], ' ')) {
      if (word == name || (word == "zéro" && number == 0)) return number;
    }
  }
  return std::nullopt;
}

// Reads a word as a number from 0 to kMaxScore. A number in digits does not begin with a 0.
std::optional<int> NumberOf(absl::string_view word) {
  if (const std::optional<int> small = SmallNumberOf(word)) return small;
  int number = 0;
  const bool is_number = word.size() <= kMaxDigits && !absl::StartsWith(word, "0") &&
                         std::all_of(word.begin(), word.end(), absl::ascii_isdigit) && absl::SimpleAtoi(word, &number);
  return is_number && number <= kMaxScore ? std::optional(number) : std::nullopt;
}

// Removes `out of 10` from the beginning, and returns the 10. Returns nothing if the words begin otherwise.
std::optional<int> TakeOutOf(absl::Span<const std::string>* words) {
  for (const absl::string_view phrase : kOutOf) {
    const std::vector<absl::string_view> parts = absl::StrSplit(phrase, ' ');
    if (words->size() <= parts.size() || !std::equal(parts.begin(), parts.end(), words->begin())) continue;
    const std::optional<int> number = NumberOf((*words)[parts.size()]);
    if (!number) continue;
    words->remove_prefix(parts.size() + 1);
    return number;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> ReadNumberWord(absl::string_view word) { return SmallNumberOf(word); }

std::optional<WrittenScore> ReadScore(absl::string_view text) {
  std::vector<std::string> kept = WordsOf(text);
  for (std::string& word : kept) word = Plain(word);
  kept = WithoutCourtesy(std::move(kept));
  absl::Span<const std::string> words = kept;
  // `un` and `a` are articles if a number follows.
  while (words.size() > 1 && IsAmong(kBefore, words[0]) && !(NumberOf(words[0]) && !NumberOf(words[1]))) {
    words.remove_prefix(1);
  }
  const std::optional<int> number = words.empty() ? std::nullopt : NumberOf(words[0]);
  if (!number) return std::nullopt;
  words.remove_prefix(1);
  const WrittenScore score = {*number, TakeOutOf(&words)};
  const bool rest_means_nothing =
      std::all_of(words.begin(), words.end(), [](const std::string& word) { return IsAmong(kBehind, word); });
  return rest_means_nothing ? std::optional(score) : std::nullopt;
}

}  // namespace aftercare::plan
