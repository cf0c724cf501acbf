// On which channels patients want messages.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_CONSENT_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_CONSENT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Thread safe. Requests and responses must live until `done`; errors are those the API names.
class Consents {
 public:
  explicit Consents(EngineContext& engine) : engine_(engine) {}

  void SetChannel(const Caller& caller, const v1::SetChannelConsentRequest& request,
                  v1::SetChannelConsentResponse* response, Done done);

 private:
  EngineContext& engine_;
};

// Records whether a patient wants messages on a channel, in all of the patient's enrollments. Where not, what is due or
// leased to go there goes to the next contact point the patient permits, at once, or ends SUPPRESSED / OPTED_OUT; a
// lease of it is over. Where so, what comes due from now on may go there. Logged; nothing happens where it was so
// before. Answers the channels the patient has opted out of, as bits (1 << channel).
absl::StatusOr<int64_t> ApplyConsent(EngineContext& engine, store::WriteTransaction& tx, absl::string_view clinic,
                                     absl::string_view patient, v1::Channel channel, v1::Consent consent,
                                     absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_CONSENT_H_
