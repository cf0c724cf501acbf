// Records one reply of a patient: finds out what it means, stores it, and acts on it.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/reply_service.pb.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Stores and logs a reply that a patient wrote to `clinic`, and acts on it in the same mutation. An answer completes
// the reminder that it answers. A stop word or start word changes the consent of every patient who has the address. Any
// other reply is only stored. Returns the stored reply. The caller must have checked the fields of the request. Thread
// safe.
//
// NOT_FOUND / UNKNOWN_SENDER if no patient has the address; NOT_FOUND / REMINDER_NOT_FOUND if the request names a
// reminder that does not exist; FAILED_PRECONDITION / NOT_OF_SENDER if that reminder belongs to another patient.
absl::StatusOr<v1::Reply> RecordReply(EngineContext& engine, store::WriteTransaction& tx,
                                      const v1::RecordReplyRequest& request, store::ClinicRow clinic);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_
