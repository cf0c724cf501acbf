#include "scheduler/plan/input/courtesy.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "scheduler/plan/input/reply_text.h"

namespace aftercare::plan {
namespace {

// Without accents, as PlainWord leaves them.
constexpr absl::string_view kCourtesies[] = {
    "please", "pls", "plz", "plss", "plzz", "plese", "pleas", "thanks", "thank you", "thank u", "thankyou",
    "many thanks",
    "thanks so much", "thanks a lot", "thank you so much", "thank you very much", "thx", "thnx", "tks", "ty",
    "cheers", "hi",
    "hello", "hey", "dear", "sir", "madam", "maam", "sorry", "good morning", "good afternoon", "good evening",
    "por favor",
    "porfavor", "porfa", "porfis", "x favor", "xfa", "gracias", "muchas gracias", "mil gracias", "hola", "buenos dias",
    "buenas tardes", "buenas noches", "buenas", "saludos", "senor", "senora", "doctor", "doctora", "sil vous plait",
    "sil te plait", "svp", "stp", "merci", "merci beaucoup", "merci bien", "bonjour", "bonsoir", "salut", "madame",
    "monsieur"};

using Phrase = std::vector<absl::string_view>;

const std::vector<Phrase>& Courtesies() {
  static const auto* const courtesies = [] {
    auto* phrases = new std::vector<Phrase>;
    for (const absl::string_view courtesy : kCourtesies) phrases->push_back(absl::StrSplit(courtesy, ' '));
    return phrases;
  }();
  return *courtesies;
}

// Removes one courtesy before or after other words. Returns whether there was one.
bool TakeCourtesy(absl::Span<const std::string>* words) {
  for (const Phrase& courtesy : Courtesies()) {
    if (courtesy.size() >= words->size()) continue;
    const auto matches = [&](absl::Span<const std::string> part) {
      return std::equal(courtesy.begin(), courtesy.end(), part.begin(), part.end());
    };
    const size_t rest = words->size() - courtesy.size();
    if (matches(words->first(courtesy.size()))) {
      words->remove_prefix(courtesy.size());
      return true;
    }
    if (matches(words->last(courtesy.size()))) {
      words->remove_suffix(words->size() - rest);
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> WithoutCourtesy(std::vector<std::string> words) {
  std::vector<std::string> plain;
  for (const std::string& word : words) plain.push_back(PlainWord(word));
  absl::Span<const std::string> kept = plain;
  while (TakeCourtesy(&kept)) continue;
  const size_t skipped = kept.data() - plain.data();
  return std::vector<std::string>(words.begin() + skipped, words.begin() + skipped + kept.size());
}

}  // namespace aftercare::plan
