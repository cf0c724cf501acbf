// The phases of a pathway, with their dates for one patient.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_TIMELINE_PHASES_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_TIMELINE_PHASES_H_

#include "absl/time/civil_time.h"
#include "aftercare/v1/pathway_service.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::engine {

// Adds to `phases` each phase of the pathway, with its first and last date for a patient who has the procedure on
// `procedure_date`. Thread safe.
void AddPhases(const plan::CompiledPathway& pathway, absl::CivilDay procedure_date,
               google::protobuf::RepeatedPtrField<v1::TimelinePhase>* phases);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_TIMELINE_PHASES_H_
