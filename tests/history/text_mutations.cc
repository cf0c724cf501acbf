#include "tests/history/text_mutations.h"

#include <algorithm>

#include "tests/history/index.h"
#include "tests/history/mutation_helpers.h"

namespace aftercare::history {
namespace {

// Returns whether the name that a lease says was given, and acknowledged, well before the lease.
bool SaysAKnownName(const History& history, const Observation& lease) {
  return std::any_of(history.observations().begin(), history.observations().end(), [&](const Observation& call) {
    return Done(call) && call.change().name() == EnrollmentOf(lease.lease().reminder()) &&
           !call.change().first_name().empty() && lease.lease().text() == "Hello " + call.change().first_name() &&
           call.answered() < lease.asked() - 1;
  });
}

}  // namespace

bool SayAnOldName(History* history) {
  const Observation* lease = FindLast(history->mutable_observations(), [&](const Observation& call) {
    return call.has_lease() && SaysAKnownName(*history, call);
  });
  if (lease == nullptr) return false;
  Observation renamed;
  renamed.set_outcome(OUTCOME_DONE);
  renamed.set_asked(lease->asked() - 1);
  renamed.set_answered(lease->asked() - 1);
  renamed.mutable_change()->set_kind(Change::KIND_UPDATE);
  renamed.mutable_change()->set_name(EnrollmentOf(lease->lease().reminder()));
  renamed.mutable_change()->set_request_id("renamed");
  renamed.mutable_change()->set_first_name("Renamed");
  *history->add_observations() = renamed;
  return true;
}

bool SayAName(History* history) {
  Observation* lease = LastLease(history);
  if (lease == nullptr) return false;
  lease->mutable_lease()->set_text("Hello Stranger");
  return true;
}

}  // namespace aftercare::history
