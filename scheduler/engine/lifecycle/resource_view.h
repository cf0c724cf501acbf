// Clinics, pathways and enrollments as users see them. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_RESOURCE_VIEW_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_RESOURCE_VIEW_H_

#include <cstdint>

#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "google/protobuf/repeated_field.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

v1::Clinic ClinicToProto(const store::ClinicRow& row);
v1::Pathway PathwayToProto(const store::PathwayRow& row);
v1::Enrollment EnrollmentToProto(const store::EnrollmentRow& row);

// Appends to `channels` those whose bit (1 << channel) is set in `bits`.
void AddChannels(int64_t bits, google::protobuf::RepeatedField<int>* channels);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_RESOURCE_VIEW_H_
