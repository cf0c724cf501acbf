// Conditions on what a patient answered (v1::ObservedCondition). Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_ANSWERS_OBSERVED_H_
#define AFTERCARE_SCHEDULER_PLAN_ANSWERS_OBSERVED_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "aftercare/v1/observed.pb.h"
#include "scheduler/plan/answers/adherence.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// An answer to a rule of the present pathway.
struct PastAnswer {
  int rule = 0;     // Index of the rule that asked.
  absl::Time time;  // When it came.
  int value = 0;    // A score, the number of a choice, or 1 for done and 0 for not done.
};

// What is known about a patient when a reminder comes due.
struct Observed {
  std::vector<AskingMessage> messages;  // In any order.
  absl::CivilDay last_day;              // Adherence counts to the end of this day.
  std::vector<PastAnswer> answers;      // In any order.
};

// Decides the conditions of the rule with an index, in their order.
std::vector<v1::Observation> Observe(const CompiledPathway& pathway, int rule, const Observed& observed);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_ANSWERS_OBSERVED_H_
