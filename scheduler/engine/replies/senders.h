// Finds the patients who may have written from an address.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_SENDERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_SENDERS_H_

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/replies/sent_messages.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Who may have written from an address.
struct Senders {
  std::vector<std::string> keys;               // AddressKeysOf the address
  std::set<std::string> patients;              // who have the address now
  std::vector<EnrollmentContext> enrollments;  // all of these patients, and of those who had the address
  std::vector<SentMessage> sent;               // what was sent to them within kAnswerTime, the newest first

  // Returns whether a message went to the address.
  bool WentHere(const SentMessage& message) const {
    return std::find(keys.begin(), keys.end(), message.address_key) != keys.end();
  }
};

// Returns who may have written from the address by `now`: the patients who have the address, and those who were sent
// something to it within kAnswerTime before they had another. Fails only if the store does. Thread safe.
absl::StatusOr<Senders> FindSenders(EngineContext& engine, store::ReadTransaction& tx, const store::ClinicRow& clinic,
                                    v1::Channel channel, absl::string_view address, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_SENDERS_H_
