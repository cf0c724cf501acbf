// The phases of a pathway as one patient goes through them.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_TIMELINE_PHASES_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_TIMELINE_PHASES_H_

#include "absl/time/civil_time.h"
#include "aftercare/v1/pathway_service.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::engine {

// Adds each phase of the pathway with its dates for a patient with that procedure date. Thread safe.
void AddPhases(const plan::CompiledPathway& pathway, absl::CivilDay procedure_date,
               google::protobuf::RepeatedPtrField<v1::TimelinePhase>* phases);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_TIMELINE_PHASES_H_
