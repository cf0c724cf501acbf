// Promises of a pathway that can be checked without dates: its texts, reactions, questionnaires and visits.
#ifndef AFTERCARE_SCHEDULER_PLAN_YEAR_FILE_CHECK_H_
#define AFTERCARE_SCHEDULER_PLAN_YEAR_FILE_CHECK_H_

#include "scheduler/plan/cohort.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/year/broken_promises.h"
#include "scheduler/plan/year/patient_kinds.h"

namespace aftercare::plan {

// Notes the broken promises kQuestionnaire, kReaction, kVisitAskedFor, kVisitReminder, kText, kApplies and kOccurs.
// `walked` are the rules whose occurrences were looked for, and `occurring` those that have some. The patients have no
// procedure date. Pure and thread safe, for different `broken`.
void CheckFile(const CompiledPathway& pathway, const PatientKinds& kinds, const RuleSet& walked,
               const RuleSet& occurring, BrokenPromises* broken);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_YEAR_FILE_CHECK_H_
