// How a patient follows the care plan: what was asked and answered, and the scores.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_GET_ADHERENCE_H_
#define AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_GET_ADHERENCE_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftercare/v1/adherence.pb.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Fills `adherence`, which must be empty, for an enrollment in any state. `now` is the present time by the clinic's
// clock. Returns the error of the read, if it fails. Thread safe.
//
// It is counted from the enrollment's rows as they are. So a bounce, or an answer that corrects an earlier one, counts
// at once, also for the days before.
absl::Status ReadAdherence(store::ReadTransaction& tx, const EnrollmentContext& context, absl::Time now,
                           v1::Adherence* adherence);

// Returns what ReadAdherence reads. Thread safe. `request` and `response` must live until `done` is called. The errors
// are those that enrollment_service.proto documents.
void GetAdherence(EngineContext& engine, const CallPtr& call, const v1::GetAdherenceRequest& request,
                  v1::GetAdherenceResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_GET_ADHERENCE_H_
