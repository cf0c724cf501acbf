#include "scheduler/engine/delivery/lease_terms.h"

#include <utility>

#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kDefaultLease = absl::Seconds(60);
constexpr absl::Duration kShortestLease = absl::Seconds(1);
constexpr absl::Duration kLongestLease = absl::Hours(1);

}  // namespace

LeaseTerms ReadLeaseTerms(const std::string& parent, const v1::ReminderFilter& filter,
                          const google::protobuf::Duration* duration, plan::FieldErrors* errors) {
  std::string clinic;
  if (parent != "clinics/-") {
    clinic = ParseClinicName(parent).value_or("");
    if (clinic.empty()) errors->push_back({"parent", "must be clinics/{clinic} or clinics/-"});
  }
  Filter read = Filter::Make(filter, clinic, errors);
  if (filter.states_size() > 0) errors->push_back({"filter.states", "must not be set; what is due is leased"});
  std::vector<v1::Channel> channels;
  for (const v1::Channel channel : {v1::CHANNEL_SMS, v1::CHANNEL_EMAIL, v1::CHANNEL_WEBHOOK}) {
    if (read.MatchesChannel(channel)) channels.push_back(channel);
  }
  return {std::move(clinic), std::move(read), std::move(channels), ReadLeaseDuration(duration, errors)};
}

absl::Duration ReadLeaseDuration(const google::protobuf::Duration* duration, plan::FieldErrors* errors) {
  if (duration == nullptr) return kDefaultLease;
  const absl::Duration read = absl::Seconds(duration->seconds()) + absl::Nanoseconds(duration->nanos());
  if (read >= kShortestLease && read <= kLongestLease) return read;
  errors->push_back({"lease_duration", "must be from 1 second to 1 hour"});
  return kDefaultLease;
}

}  // namespace aftercare::engine
