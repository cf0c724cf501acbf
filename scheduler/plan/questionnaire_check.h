// Checks of a pathway's questionnaires. Used by CheckPathway only. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_QUESTIONNAIRE_CHECK_H_
#define AFTERCARE_SCHEDULER_PLAN_QUESTIONNAIRE_CHECK_H_

#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// Reads the ids of the questionnaires into `parts`. Adds an error for every faulty one.
void TakeQuestionnaireIds(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors);

// Reads the questionnaires into `parts`, whose rules and reactions must be complete. Adds an error for every faulty
// field, with its path from the pathway.
void CheckQuestionnaires(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_QUESTIONNAIRE_CHECK_H_
