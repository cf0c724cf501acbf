// Which rules react to the scores of questionnaires (v1::Reaction.questionnaire). Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_SCORE_REACTIONS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_SCORE_REACTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// The rules that react to the score of one round of a questionnaire.
struct ScoreReactions {
  // Id of the reminder that asked the first question. It stands for the round in the records of what reacted to it, so
  // that a correction of any of the answers finds them.
  std::string reminder;

  std::vector<int> rules;  // By index in the present pathway, ascending.
};

// Returns what reacts to the rounds that the answer of `row` completes, or corrects. There is an entry for each
// complete round with this answer, also if nothing reacts to it. There is none if no rule of the present pathway reacts
// to the questionnaire's score. Fails only if the store does.
absl::StatusOr<std::vector<ScoreReactions>> ReactionsToRounds(store::ReadTransaction& tx,
                                                              const EnrollmentContext& context,
                                                              const store::ReminderRow& row);

// Returns whether a record of a rule, which reacts to the score of a questionnaire, is about one of these rounds, but
// nothing of the rule reacts to that any more.
bool IsOutdated(const std::vector<ScoreReactions>& rounds, const std::string& reminder, int rule);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_SCORE_REACTIONS_H_
