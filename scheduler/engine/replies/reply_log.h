// What the event log tells of replies and consent, and the changes of a stored reply. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_REPLY_LOG_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_REPLY_LOG_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/event.pb.h"
#include "aftercare/v1/reply.pb.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Logs what a patient decided about a channel, a category or health information, without how.
absl::Status LogConsent(store::WriteTransaction& tx, absl::string_view clinic, absl::string_view patient,
                        const v1::ConsentDecision& decision, absl::Time now);

// Logs a reply as it is now, without its text and address.
absl::Status LogReply(store::WriteTransaction& tx, const store::ReplyRow& row, v1::EventType type, absl::Time now);

// Replaces a stored reply, and logs it.
absl::Status ChangeReply(store::WriteTransaction& tx, const store::ReplyRow& row, v1::EventType type, absl::Time now);

// Records that a doubtful reply need not be decided any more. Does nothing if it waits for no decision.
absl::Status SettleReply(store::WriteTransaction& tx, absl::string_view clinic, absl::string_view reply,
                         absl::Time now);

// Returns a stored reply as users see it: with its name, and with its address only while it waits to be assigned.
v1::Reply ReplyToProto(const store::ReplyRow& row);

// Reads a reply by its resource name. NOT_FOUND / REPLY_NOT_FOUND if it does not exist. The name must be well formed.
absl::StatusOr<store::ReplyRow> RequireReply(store::ReadTransaction& tx, absl::string_view clinic,
                                             absl::string_view reply);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_REPLY_LOG_H_
