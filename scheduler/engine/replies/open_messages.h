// Messages that are due or leased, after it changed where, or about what, a patient may be written to.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_OPEN_MESSAGES_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_OPEN_MESSAGES_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Directs each open message of an enrollment whose contact point may not be written to any more at the patient's next
// permitted contact point. If there is none, the message ends SUPPRESSED / OPTED_OUT. A message of a
// category that the patient refused ends SUPPRESSED / CATEGORY_REFUSED. Takes a message away from
// gateways while its contact point is held, and offers it to them again when it is not. A lease of such a message ends.
// Fails only if the store does. Thread safe.
absl::Status RedirectOpenMessages(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_OPEN_MESSAGES_H_
