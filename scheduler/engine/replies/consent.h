// Records on which channels a patient wants messages.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_CONSENT_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_CONSENT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// The use cases of consent. Thread safe. Each method calls `done` exactly once, at its end. The request and the
// response must live until then. The errors are those that enrollment_service.proto documents.
class Consents {
 public:
  // `engine` must outlive this object and every call that was started.
  explicit Consents(EngineContext& engine) : engine_(engine) {}

  void Set(const CallPtr& call, const v1::SetConsentRequest& request,
                  v1::SetConsentResponse* response, Done done);

 private:
  EngineContext& engine_;
};

// Records and logs whether a patient wants messages on a channel, for all of the patient's enrollments in the clinic.
// Does nothing if the patient's choice for the channel does not change. `now` is the time on the clinic's clock.
//
// CONSENT_REFUSED takes effect at once. Each message that is due or leased on the channel goes to the patient's next
// permitted contact point. If there is none, the message ends SUPPRESSED / OPTED_OUT. A lease of such a message ends.
// CONSENT_GRANTED takes effect for messages that come due from now on.
//
// Returns all channels that the patient has now opted out of, as bits (1 << channel). Fails only if the store does.
// Thread safe.
absl::StatusOr<int64_t> ApplyConsent(EngineContext& engine, store::WriteTransaction& tx, absl::string_view clinic,
                                     absl::string_view patient, v1::Channel channel, v1::Consent consent,
                                     absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_CONSENT_H_
