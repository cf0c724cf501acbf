// Observers that are told when each RPC begins and ends, for metrics and the request log.
#ifndef AFTERCARE_SERVICES_SERVER_CALL_OBSERVER_H_
#define AFTERCARE_SERVICES_SERVER_CALL_OBSERVER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace aftercare::server {

// An RPC that has ended. The views are valid during OnEnded only.
struct EndedCall {
  absl::string_view method;                       // `aftercare.v1.ClinicService/GetClinic`
  absl::StatusCode code = absl::StatusCode::kOk;  // as the client sees it
  absl::string_view reason;                       // of the error, such as CLINIC_NOT_FOUND; empty if OK
  absl::Duration duration;                        // from the call's arrival to its end
  absl::string_view principal;                    // who called
  absl::string_view clinic;                       // id of the clinic that the call was about; empty for none or several
  absl::string_view trace_id;                     // of the caller's `traceparent`; empty if there was none
  int64_t messages_received = 0;
  int64_t messages_sent = 0;
  int64_t request_bytes = 0;   // of all messages received, serialized
  int64_t response_bytes = 0;  // of all messages sent, serialized
};

// Is told of each RPC. Implementations must be thread safe, must not block, and must outlive the server.
class CallObserver {
 public:
  virtual ~CallObserver() = default;

  // An RPC of this method has begun. Every RPC that begins also ends.
  virtual void OnStarted(absl::string_view method) = 0;
  // An RPC has ended. Called once for each RPC.
  virtual void OnEnded(const EndedCall& call) = 0;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_CALL_OBSERVER_H_
