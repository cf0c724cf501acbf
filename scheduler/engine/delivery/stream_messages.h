// Checks, reads and fills the messages of StreamReminders. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_STREAM_MESSAGES_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_STREAM_MESSAGES_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/lease_terms.h"

namespace aftercare::engine {

// Returns OK if a gateway may send this message now. `configured` tells if an earlier message has configured the
// stream. Checks neither the fields of a configuration, nor single reports, nor extensions.
absl::Status CheckMessage(const v1::StreamRemindersRequest& message, bool configured);

// Returns the terms of a stream, or INVALID_ARGUMENT with each bad field. Checks max_outstanding too.
absl::StatusOr<LeaseTerms> ReadConfiguration(const v1::StreamConfiguration& configuration);

// Moves everything in `output` to `message`, or as much as one message may hold. `message` must be empty. Leases are
// moved before the ends of leases, so that the gateway never hears of the end of a lease before it has the lease.
void TakeMessage(v1::StreamRemindersResponse* output, v1::StreamRemindersResponse* message);

// Returns true if `response` tells the gateway nothing.
bool IsEmpty(const v1::StreamRemindersResponse& response);

// Returns true if the result of a report shows that the gateway no longer holds the lease: the report was accepted, or
// the reminder is not LEASED any more. False does not show that the lease is still held: it may have expired, or
// another gateway may hold the reminder.
bool EndsLease(const v1::DeliveryResult& result);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_STREAM_MESSAGES_H_
