// The words that stop_wishes.cc knows, in English, Spanish and French. All are without accents, as PlainWord
// (reply_text.h) writes them. Constant, so thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_WISH_WORDS_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_WISH_WORDS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "scheduler/plan/input/word_patterns.h"

namespace aftercare::plan {

// Words that are read as other words: spellings, contractions, and phrases that mean the same. An empty `meant` stands
// for words that do not count, such as courtesy. `&` stands for a conjunction: a new thought begins behind it. `+`
// stands for a word that asks, such as `please`; `,` for a comma.
struct Rewording {
  absl::string_view written;
  absl::string_view meant;
};
absl::Span<const Rewording> Rewordings();

absl::Span<const WordClass> WishWordClasses();

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_WISH_WORDS_H_
