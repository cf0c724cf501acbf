// The care teams of a clinic, as requests set them. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_CARE_TEAMS_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_CARE_TEAMS_H_

#include "aftercare/v1/clinic.pb.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::engine {

// Writes the teams' addresses as they are stored, with the clinic's region, and clears what the service sets.
void NormalizeCareTeams(v1::Clinic* clinic);

// Adds an error for each bad field of the clinic's teams, with its path from the clinic. The teams must be normalized.
void CheckCareTeams(const v1::Clinic& clinic, plan::FieldErrors* errors);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_CARE_TEAMS_H_
