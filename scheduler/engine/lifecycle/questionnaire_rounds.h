// The rounds of questionnaires: which reminders asked the questions in turn, and what score the answers make. Functions
// are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_QUESTIONNAIRE_ROUNDS_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_QUESTIONNAIRE_ROUNDS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/answers/questionnaires.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// A round of a questionnaire in which each question has an answer.
struct CompleteRound {
  std::string questionnaire;                         // Its id.
  std::vector<const store::ReminderRow*> reminders;  // Those that asked, in the order of the questions.
  absl::Time answer_time;                            // When the last of them was answered.
  plan::RoundScore score;
};

// Returns the complete rounds among `rows`, the earliest first; of those answered at one time, the one that was due
// earlier first. The order of the rows makes no difference. The result points to the rows.
//
// A round begins with a reminder of the first question. It goes on with the reminder that the answer set off, as the
// enrollment's history records it. The questionnaire, and so the score, is that of the pathway revision which asked the
// last question; each question must stand in the same place in the revision that asked it.
std::vector<CompleteRound> CompleteRoundsOf(const EnrollmentContext& context,
                                            absl::Span<const store::ReminderRow> rows);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_QUESTIONNAIRE_ROUNDS_H_
