// How what a patient writes is stored, understood and acted on.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Stores and logs what a patient wrote to `clinic`, and does what it says in the same mutation: completes the reminder
// that it answers, or records a wish to stop or to start. Returns the reply as stored. The request must have been
// checked. NOT_FOUND /
// UNKNOWN_SENDER or REMINDER_NOT_FOUND; FAILED_PRECONDITION / NOT_OF_SENDER. Thread safe.
absl::StatusOr<v1::Reply> RecordReply(EngineContext& engine, store::WriteTransaction& tx,
                                      const v1::RecordReplyRequest& request, store::ClinicRow clinic);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_
