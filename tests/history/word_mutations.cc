#include "tests/history/word_mutations.h"

#include <string>

#include "tests/history/index.h"
#include "tests/history/mutation_helpers.h"

namespace aftercare::history {

bool LoseConsent(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_CONSENT);
  if (call == nullptr) return false;
  v1::Enrollment* enrollment = FindLast(history->mutable_enrollments(), [&](const v1::Enrollment& each) {
    return each.name() == call->change().name();
  });
  enrollment->clear_opted_out_channels();
  if (call->change().consent() == v1::CONSENT_GRANTED) enrollment->add_opted_out_channels(call->change().channel());
  return true;
}

// A lease for the channel, after the patient opted out of it, and with nobody who might have opted in again.
bool OfferUnwanted(History* history) {
  const Observation* lease = LastLease(history);
  if (lease == nullptr) return false;
  Observation refusal = *lease;
  refusal.set_asked(1);
  refusal.set_answered(2);
  Change* change = refusal.mutable_change();
  change->set_kind(Change::KIND_CONSENT);
  change->set_name(EnrollmentOf(lease->lease().reminder()));
  change->set_request_id("another");
  change->set_channel(lease->lease().contact_point().channel());
  change->set_consent(v1::CONSENT_REFUSED);
  for (Observation& call : *history->mutable_observations()) {
    const bool is_theirs =
        call.change().kind() == Change::KIND_CONSENT && call.change().name() == refusal.change().name();
    if (is_theirs) call.mutable_change()->set_consent(v1::CONSENT_REFUSED);
  }
  *history->add_observations() = refusal;
  return true;
}

// A lease to a number that said stop, written in another clinic, with no start word since.
bool OfferToStopped(History* history) {
  Observation* lease = LastLease(history);
  if (lease == nullptr) return false;
  lease->mutable_lease()->mutable_contact_point()->set_channel(v1::CHANNEL_SMS);
  const std::string enrollment = EnrollmentOf(lease->lease().reminder());
  const std::string number = Index(*history).numbers[enrollment];
  Observation stop = *lease;
  stop.set_asked(1);
  stop.set_answered(2);
  Change* change = stop.mutable_change();
  change->set_kind(Change::KIND_WORD);
  change->set_name(number);
  change->set_request_id("another");
  change->set_consent(v1::CONSENT_REFUSED);
  change->add_clinics("clinics/elsewhere");
  change->add_clinics(ClinicOf(enrollment));
  for (Observation& call : *history->mutable_observations()) {
    const bool is_theirs = call.change().name() == number || call.change().name() == enrollment;
    const bool starts = is_theirs && call.change().consent() == v1::CONSENT_GRANTED;
    if (starts) call.mutable_change()->set_consent(v1::CONSENT_REFUSED);
  }
  *history->add_observations() = stop;
  return true;
}

// The last word from a number is forgotten.
bool LoseWord(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_WORD);
  if (call == nullptr) return false;
  const Index index(*history);
  v1::Enrollment* enrollment = FindLast(history->mutable_enrollments(), [&](const v1::Enrollment& each) {
    const auto number = index.numbers.find(each.name());
    return number != index.numbers.end() && number->second == call->change().name() &&
           call->change().clinics(0) == ClinicOf(each.name());
  });
  if (enrollment == nullptr) return false;
  enrollment->clear_contact_points();
  v1::ContactPoint* point = enrollment->add_contact_points();
  point->set_channel(v1::CHANNEL_SMS);
  const bool stops = call->change().consent() == v1::CONSENT_REFUSED;
  point->set_state(stops ? v1::CONTACT_POINT_STATE_UNSPECIFIED : v1::CONTACT_POINT_STATE_STOPPED);
  return true;
}

}  // namespace aftercare::history
