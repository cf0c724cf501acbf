// Appends the events that are about a clinic itself and about its pathways to the clinic's log. They name no patient.
// Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINIC_EVENTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINIC_EVENTS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftercare/v1/event.pb.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Logs a change of a clinic. `type` is CLINIC_UPDATED or CLINIC_CLOCK_MOVED, `row` the clinic after the change, `now`
// the time of its clock.
absl::Status LogClinic(store::WriteTransaction& tx, const store::ClinicRow& row, v1::EventType type, absl::Time now);

// Logs a new revision of a pathway. `now` is the time of the clinic's clock.
absl::Status LogPathway(store::WriteTransaction& tx, const store::PathwayRow& row, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_CLINIC_EVENTS_H_
