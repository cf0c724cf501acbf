// Puts what patients write into the words that the tables of wishes know. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_WISH_THOUGHTS_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_WISH_THOUGHTS_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "scheduler/plan/input/reply_text.h"
#include "scheduler/plan/input/word_patterns.h"

namespace aftercare::plan {

// Whether a thought begins at a word: not, perhaps (behind a conjunction), or surely (behind a mark or `please`).
enum class Beginning { kNone, kPerhaps, kSure };

// A clause after rewording (wish_words.h): courtesy, conjunctions and what asks are left out.
struct WishClause {
  std::vector<KnownWord> words;
  std::vector<Beginning> begins;  // For each word: whether a thought begins there.
  bool asks = false;         // There was a word such as `please`.
  bool is_question = false;
};

// The words and patterns of wishes.
const WordPatterns& WishGrammar();

// Rewords a clause. `stp` is short for `s'il te plaît` or a misspelt `stop`; the caller says which. Returns true in
// `has_stp` if there is one; leaves it otherwise.
WishClause RewordClause(const ReplyClause& clause, bool stp_is_stop, bool* has_stp);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_WISH_THOUGHTS_H_
