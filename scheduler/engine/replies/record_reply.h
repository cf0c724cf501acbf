#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Stores what a patient wrote to `clinic` and does what it says, in this mutation; logs both. The request has been
// checked. Answers the reply as stored; `wake` becomes when the sweeper must look, where it must. NOT_FOUND /
// UNKNOWN_SENDER or REMINDER_NOT_FOUND, FAILED_PRECONDITION / NOT_OF_SENDER.
absl::StatusOr<v1::Reply> RecordReply(EngineContext& engine, store::WriteTransaction& tx,
                                      const v1::RecordReplyRequest& request, store::ClinicRow clinic, absl::Time* wake);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_
