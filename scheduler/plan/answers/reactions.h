// Which rules of a pathway react to an answer. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_ANSWERS_REACTIONS_H_
#define AFTERCARE_SCHEDULER_PLAN_ANSWERS_REACTIONS_H_

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// What a patient answered to one rule.
struct GivenAnswer {
  int rule = 0;               // Index of the rule that asked.
  std::optional<bool> done;   // To ANSWER_KIND_DONE.
  std::optional<int> score;   // To ANSWER_KIND_SCORE.
  std::optional<int> choice;  // To ANSWER_KIND_CHOICE: the number, from 1.
};

// Returns the rules that react to an answer, by index, ascending. Leaves out those that react to words, and those that
// react to the score of a questionnaire. An answer without a value, such as a question for a score that the clinic
// completed, sets nothing off.
std::vector<int> ReactionsTo(const CompiledPathway& pathway, const GivenAnswer& answer);

// Returns the rules that react to a score of a questionnaire, by index, ascending. `questionnaire` is an index too.
std::vector<int> ReactionsToScore(const CompiledPathway& pathway, int questionnaire, double score);

// Returns the rules that react to a missing answer to `rule`, by index, ascending.
std::vector<int> ReactionsToSilence(const CompiledPathway& pathway, int rule);

// Returns the word lists that a text has words of, by index, ascending. `text` must be valid UTF-8.
std::vector<int> WordListsIn(const CompiledPathway& pathway, absl::string_view text);

// Returns the rules that react to words of these lists, by index, ascending. `answered` is the rule whose message the
// text answers, or -1 if it answers none.
std::vector<int> ReactionsToWords(const CompiledPathway& pathway, const std::vector<int>& lists, int answered);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_ANSWERS_REACTIONS_H_
