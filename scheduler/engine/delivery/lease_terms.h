// What a gateway asks for when it leases: from which clinic, which reminders, and for how long. Functions are thread
// safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_TERMS_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_TERMS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/reminder.pb.h"
#include "google/protobuf/duration.pb.h"
#include "scheduler/engine/events/filter.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::engine {

// Not thread safe: the filter remembers what it has worked out.
struct LeaseTerms {
  // What Call authorizes the lease for.
  absl::string_view scope() const { return clinic.empty() ? kAllClinics : absl::string_view(clinic); }

  std::string clinic;  // empty: all clinics without a test clock
  Filter filter;
  std::vector<v1::Channel> channels;  // that the filter matches
  absl::Duration duration;
};

// Reads the terms of a request, and adds an error for each bad field to `errors`. `duration` is null if the request
// does not set it.
LeaseTerms ReadLeaseTerms(const std::string& parent, const v1::ReminderFilter& filter,
                          const google::protobuf::Duration* duration, plan::FieldErrors* errors);

// Returns a lease_duration, or 60 s if it is null. Adds an error if it is not from 1 s to 1 h.
absl::Duration ReadLeaseDuration(const google::protobuf::Duration* duration, plan::FieldErrors* errors);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_TERMS_H_
