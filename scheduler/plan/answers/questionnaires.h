// Scores of questionnaires. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_ANSWERS_QUESTIONNAIRES_H_
#define AFTERCARE_SCHEDULER_PLAN_ANSWERS_QUESTIONNAIRES_H_

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// The result of one round of a questionnaire.
struct RoundScore {
  int sum = 0;
  double score = 0;  // From a linear formula, rounded to six decimals.
};

// Scores a round. `answers` are the answers to the questions, in their order: scores, or numbers of choices. Returns
// nothing if there are fewer or more answers than questions, or if one of them is none of the question's: an earlier
// revision of the pathway asked otherwise.
std::optional<RoundScore> ScoreRound(const CompiledPathway& pathway, int questionnaire, absl::Span<const int> answers);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_ANSWERS_QUESTIONNAIRES_H_
