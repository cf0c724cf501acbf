// Finds out what a reply means, and which message it answers.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_UNDERSTAND_REPLY_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_UNDERSTAND_REPLY_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/reply_service.pb.h"
#include "scheduler/engine/replies/senders.h"
#include "scheduler/engine/replies/sent_messages.h"
#include "scheduler/plan/input/replies.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// What a reply means.
struct UnderstoodReply {
  v1::Reply reply;  // as it is to be stored
  plan::ReplySense sense = plan::ReplySense::kOther;  // never kStopUnlessAsked
  std::optional<SentMessage> answered;                // the message it answers
};

// Understands what was written at `time` by one of `senders`. `reminder` is the name of the reminder that the reply is
// known to answer, or empty. NOT_FOUND / REMINDER_NOT_FOUND if that does not exist; FAILED_PRECONDITION / NOT_OF_SENDER
// if it belongs to nobody of the senders and the reply is no stop or start word.
absl::StatusOr<UnderstoodReply> UnderstandReply(store::ReadTransaction& tx, const store::ClinicRow& clinic,
                                                const Senders& senders, absl::string_view text,
                                                const std::string& reminder, absl::Time time);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_UNDERSTAND_REPLY_H_
