// What is known of the addresses that patients write from: which are stopped, and which a doubtful reply holds. An
// address belongs to whoever is enrolled with it, now or later. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_ADDRESSES_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_ADDRESSES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Sets stopped_points and held_points of `row` by what is known of its addresses. Fails only if the store does.
absl::Status LoadPointStates(EngineContext& engine, store::ReadTransaction& tx, const v1::Clinic& clinic,
                             store::EnrollmentRow* row);

// An address in one clinic.
struct Address {
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  std::string address;
};

// Changes what is known of an address by `change`, and then each enrollment that has the address: what is due and may
// no longer go to it goes to the patient's next permitted contact point, or ends SUPPRESSED / OPTED_OUT; what was held
// and is not held any more is offered to gateways. Leases that must end are revoked. Logs the changed enrollments, and
// a changed consent for each patient whose address is stopped or started. `decision` is what was decided
// about the channel, with its source: it is added to the history of every patient who has the address. Nothing if
// nobody decided anything. A doubtful reply that holds no address any
// more, since a stop, a start, a recorded consent or a newer reply made it clear, no longer waits for a decision. `now`
// is the time on the clinic's clock. Fails only if the store does.
absl::Status ChangeAddress(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic,
                           const Address& address, absl::FunctionRef<void(store::AddressRow&)> change,
                           const std::optional<v1::ConsentDecision>& decision, absl::Time now);

// Returns how a patient decided who wrote a reply, which is recorded at `now`. `reply` is its id; empty if the clinic
// does not keep the reply.
v1::ConsentSource SourceOfReply(const store::WriteTransaction& tx, absl::string_view clinic, absl::string_view reply,
                                absl::Time now);

// Ends what a doubtful reply holds: the addresses are stopped if it is decided that the patient wants to stop, and
// otherwise messages may go to them again.
absl::Status SettleAddresses(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic,
                             const store::ReplyRow& reply, bool stops, absl::Time now);

// Stops an address, or lets messages go to it again. Also releases what a doubtful reply holds. `source` says how that
// was decided.
absl::Status StopAddress(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic,
                         const Address& address, bool stopped, const v1::ConsentSource& source, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_ADDRESSES_H_
