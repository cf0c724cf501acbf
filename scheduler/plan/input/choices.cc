#include "scheduler/plan/input/choices.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "scheduler/plan/input/courtesy.h"
#include "scheduler/plan/input/reply_text.h"
#include "scheduler/plan/input/scores.h"
#include "scheduler/plan/input/text_normalizer.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

using Labels = absl::Span<const std::vector<std::string>>;
using Words = absl::Span<const std::string>;

// Words that may stand before the number of a choice, in English, Spanish and French.
constexpr absl::string_view kBefore[] = {
    "option", "choice", "answer", "number", "nr", "num", "its", "it", "is", "i", "say", "id", "would", "choose",
    "pick", "my", "the", "a", "maybe", "probably", "think", "opcion", "respuesta", "numero", "la", "el", "mi", "es",
    "elijo", "escojo", "diria", "creo", "que", "quizas", "choix", "reponse", "le", "ma", "mon", "cest", "ce", "est",
    "je", "choisis", "dirais", "plutot"};

// Words that may stand behind it.
constexpr absl::string_view kBehind[] = {"today", "now", "i", "think", "maybe", "hoy", "ahora", "creo", "quizas",
                                         "aujourdhui", "maintenant"};

template <size_t size>
bool IsAmong(const absl::string_view (&words)[size], absl::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Returns whether a sign before or after a number makes it mean something else than the number of a choice.
bool HasSign(absl::string_view text) {
  constexpr absl::string_view kSigns = "%+<>$";
  const auto is_hyphen = [](uint32_t c) { return c == '-' || c == 0x2212 || (c >= 0x2010 && c <= 0x2015); };
  uint32_t before = ' ', last = ' ';
  while (!text.empty()) {
    const uint32_t c = TakeCharacter(&text);
    if (c == kNoCharacter) return false;
    if (c < 0x80 && kSigns.find(static_cast<char>(c)) != absl::string_view::npos) return true;
    if (c == 0xB0 || c == 0xB1 || c == 0xBC || c == 0xBD || c == 0xBE || c == 0x20AC) return true;
    if (DigitValue(c) >= 0 && is_hyphen(last) && (IsSpace(before) || before == ':')) return true;
    before = last;
    last = c;
  }
  return false;
}

// Returns the number of the one choice with a label for which `is_meant` holds; nothing if there are none or several.
template <typename Predicate>
std::optional<int> OnlyChoice(Labels choices, Predicate is_meant) {
  std::optional<int> only;
  for (size_t i = 0; i < choices.size(); ++i) {
    if (!std::any_of(choices[i].begin(), choices[i].end(), is_meant)) continue;
    if (only) return std::nullopt;
    only = static_cast<int>(i) + 1;
  }
  return only;
}

std::string WithoutCourtesyIn(const std::string& label) {
  return absl::StrJoin(WithoutCourtesy(absl::StrSplit(label, ' ')), " ");
}

// Returns whether words behind or before a number say no more than the number itself.
bool SaysTheSame(Words words, Labels choices, int number) {
  if (std::all_of(words.begin(), words.end(), [](const std::string& word) { return IsAmong(kBehind, word); })) {
    return true;
  }
  const std::vector<std::string>& labels = choices[number - 1];
  return std::find(labels.begin(), labels.end(), absl::StrJoin(words, " ")) != labels.end();
}

std::optional<int> NumberIn(Words words, Labels choices) {
  const auto fits = [&](std::optional<int> number) {
    return number && *number >= 1 && *number <= static_cast<int>(choices.size());
  };
  if (words.empty()) return std::nullopt;
  // `worse (2)`.
  const std::optional<int> last = ReadNumberWord(words.back());
  if (words.size() > 1 && fits(last) && SaysTheSame(words.first(words.size() - 1), choices, *last)) return last;
  while (words.size() > 1 && IsAmong(kBefore, words[0])) words.remove_prefix(1);
  const std::optional<int> first = ReadNumberWord(words.front());
  if (!fits(first) || !SaysTheSame(words.subspan(1), choices, *first)) return std::nullopt;
  return first;
}

}  // namespace

ChoiceReply::ChoiceReply(absl::string_view text) : has_sign_(HasSign(text)) {
  words_ = BareWords(text);
  whole_ = absl::StrJoin(words_, " ");
  words_ = WithoutCourtesy(std::move(words_));
}

std::optional<int> ChoiceReply::In(absl::Span<const std::vector<std::string>> choices) const {
  const std::string words = absl::StrJoin(words_, " ");
  for (const std::string* said : {&whole_, &words}) {
    const auto labelled = OnlyChoice(choices, [&](const std::string& label) { return label == *said; });
    if (labelled) return labelled;
  }
  const auto polite = OnlyChoice(choices, [&](const std::string& label) { return WithoutCourtesyIn(label) == words; });
  if (polite) return polite;
  return has_sign_ ? std::nullopt : NumberIn(words_, choices);
}

}  // namespace aftercare::plan
