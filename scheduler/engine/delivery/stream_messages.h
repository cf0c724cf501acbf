// The messages of StreamReminders: what is accepted, and what they mean. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_STREAM_MESSAGES_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_STREAM_MESSAGES_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/lease_terms.h"

namespace aftercare::engine {

// Returns OK if a gateway may send this message, given that it has configured the stream or not. Does not check the
// configuration itself, nor single reports.
absl::Status CheckMessage(const v1::StreamRemindersRequest& message, bool configured);

// Returns the terms of a stream, or an error that names each bad field.
absl::StatusOr<LeaseTerms> ReadConfiguration(const v1::StreamConfiguration& configuration);

// Moves what is in `output` to `message`, which is empty: all of it, or as much as one message may hold. Leases go
// before the ends of leases, so that no lease ends before the gateway has it.
void TakeMessage(v1::StreamRemindersResponse* output, v1::StreamRemindersResponse* message);

// Returns true if there is nothing in a response.
bool IsEmpty(const v1::StreamRemindersResponse& response);

// Returns true if the gateway does not hold the lease any more after its report. A receipt for a reminder that was not
// reported SENT is refused, and leaves the lease with the gateway.
bool EndsLease(const v1::DeliveryResult& result);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_STREAM_MESSAGES_H_
