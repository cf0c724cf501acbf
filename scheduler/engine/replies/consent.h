// Records what patients decide about messages: about a channel, a category, or health information in them.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_CONSENT_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_CONSENT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/lifecycle/consent_history.h"
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

  void Set(const CallPtr& call, const v1::SetConsentRequest& request, v1::SetConsentResponse* response, Done done);
  void List(const CallPtr& call, const v1::ListConsentDecisionsRequest& request,
            v1::ListConsentDecisionsResponse* response, Done done);

 private:
  EngineContext& engine_;
};

// What a patient has decided about messages.
struct PresentConsents {
  int64_t opted_out = 0;       // the channels that the patient has opted out of, as bits (1 << channel)
  ConsentDecisions decisions;  // see PresentDecisions
};

// Records a decision of a patient with a scope and a stamped source, for all of the patient's enrollments in the
// clinic. Logs it if the patient decides otherwise than before. `now` is the time on the clinic's clock. Returns what
// the patient has decided then.
//
// A refusal takes effect at once. Each message that is due or leased on a refused channel goes to the patient's next
// permitted contact point; if there is none, it ends SUPPRESSED / OPTED_OUT. Messages of a refused category end
// SUPPRESSED / CATEGORY_REFUSED. A message that was leased with health information is called back, and another one
// without it is due. Leases of such messages end. A consent takes effect for messages that come due from now on, one to
// health information for those that are leased from now on.
//
// Fails only if the store does. Thread safe.
absl::StatusOr<PresentConsents> RecordConsent(EngineContext& engine, store::WriteTransaction& tx,
                                               const store::ClinicRow& clinic, const std::string& patient,
                                               const v1::ConsentDecision& decision, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_CONSENT_H_
