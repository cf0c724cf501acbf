#include "tests/history/text_mutations.h"

#include "tests/history/index.h"
#include "tests/history/mutation_helpers.h"

namespace aftercare::history {
namespace {

// Returns the last lease of the patient Ana, who was enrolled long before it.
Observation* LeaseForAna(History* history) {
  return FindLast(history->mutable_observations(), [](const Observation& call) {
    return call.has_lease() && EnrollmentOf(call.lease().reminder()) == "clinics/riverside/enrollments/ana";
  });
}

}  // namespace

bool SayAnOldName(History* history) {
  const Observation* lease = LeaseForAna(history);
  if (lease == nullptr) return false;
  Observation renamed;
  renamed.set_outcome(OUTCOME_DONE);
  renamed.set_asked(lease->asked() - 1);
  renamed.set_answered(lease->asked() - 1);
  renamed.mutable_change()->set_kind(Change::KIND_UPDATE);
  renamed.mutable_change()->set_name("clinics/riverside/enrollments/ana");
  renamed.mutable_change()->set_request_id("renamed");
  renamed.mutable_change()->set_first_name("Renamed");
  *history->add_observations() = renamed;
  return true;
}

bool SayAName(History* history) {
  Observation* lease = LeaseForAna(history);
  if (lease == nullptr) return false;
  lease->mutable_lease()->set_text("Hello Stranger");
  return true;
}

}  // namespace aftercare::history
