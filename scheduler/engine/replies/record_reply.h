// Records replies of patients, and acts on what they mean.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_

#include <vector>

#include "absl/status/status.h"
#include "aftercare/v1/reply_service.pb.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Understands a reply that was written to a number of `clinics`, the first of which keeps what unknown senders write,
// and sets the response. If `write`, which is then the same transaction as `tx`, is not null, stores and logs the reply
// and acts on it in the same mutation: an answer completes the reminder that it answers; a wish to stop or start
// changes what is known of the address, in every clinic. The caller must have checked the fields of the request. Thread
// safe.
//
// NOT_FOUND / REMINDER_NOT_FOUND and FAILED_PRECONDITION / NOT_OF_SENDER as UnderstandReply.
absl::Status RecordReply(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                         const v1::RecordReplyRequest& request, const std::vector<store::ClinicRow>& clinics,
                         v1::RecordReplyResponse* response);

// Says which enrollment a reply belongs to that waits for it, and acts on the reply as of when it came. Sets the
// response. NOT_FOUND / REPLY_NOT_FOUND or ENROLLMENT_NOT_FOUND; FAILED_PRECONDITION / REPLY_NOT_TO_ASSIGN. Thread
// safe.
absl::Status AssignReply(EngineContext& engine, store::WriteTransaction& tx, const v1::AssignReplyRequest& request,
                         v1::AssignReplyResponse* response);

// Records what was decided about a doubtful reply, and ends or releases what it holds. Sets the response. NOT_FOUND /
// REPLY_NOT_FOUND; FAILED_PRECONDITION / REPLY_NOT_TO_DECIDE. Thread safe.
absl::Status DecideReply(EngineContext& engine, store::WriteTransaction& tx, const v1::DecideReplyRequest& request,
                         v1::DecideReplyResponse* response);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_RECORD_REPLY_H_
