// On which channels patients want messages.
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

// The use cases of consent. Thread safe. Each method ends with one call of `done`, until which its request and response
// must live; errors are those the API names.
class Consents {
 public:
  // `engine` must outlive this and every call under way.
  explicit Consents(EngineContext& engine) : engine_(engine) {}

  void SetChannel(const CallPtr& call, const v1::SetChannelConsentRequest& request,
                  v1::SetChannelConsentResponse* response, Done done);

 private:
  EngineContext& engine_;
};

// Records and logs whether a patient wants messages on a channel, for all of the patient's enrollments. Does nothing if
// that is recorded already.
//
// If consent is refused, messages that are due or leased on that channel go to the next contact point that the patient
// permits, at once, or end SUPPRESSED / OPTED_OUT; leases of them end. If it is granted, messages that come due from
// now on may go there.
//
// Returns the channels that the patient has opted out of, as bits (1 << channel). Thread safe.
absl::StatusOr<int64_t> ApplyConsent(EngineContext& engine, store::WriteTransaction& tx, absl::string_view clinic,
                                     absl::string_view patient, v1::Channel channel, v1::Consent consent,
                                     absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_CONSENT_H_
