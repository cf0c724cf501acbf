// Splits what patients write into clauses and plain words. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_REPLY_TEXT_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_REPLY_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace aftercare::plan {

// A part of a text between marks such as a comma, a full stop or the end of a line.
struct ReplyClause {
  // The words as PlainWord writes them, without apostrophes. French `m'envoyez` is two words, `me envoyez`.
  std::vector<std::string> words;
  bool is_question = false;  // A question mark ends the clause.
};

// Returns the clauses of a text that have words. `text` must be valid UTF-8; what follows a faulty byte is left out.
std::vector<ReplyClause> SplitClauses(absl::string_view text);

// Returns all words of a text, whatever marks stand between them, without any accent. `text` must be valid UTF-8; what
// follows a faulty byte is left out.
std::vector<std::string> BareWords(absl::string_view text);

// Returns a folded word (text_normalizer.h) without accents, because many people leave them out. An `é` at the end
// stays: `pare` asks to stop, `paré` says that somebody stopped. A letter three times or more in a row becomes one.
std::string PlainWord(absl::string_view folded);

// Returns the value of a decimal digit: ASCII, fullwidth, Arabic-Indic, extended Arabic-Indic or Devanagari. Returns -1
// for any other character.
int DigitValue(uint32_t character);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_REPLY_TEXT_H_
