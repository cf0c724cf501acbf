#include "scheduler/engine/lifecycle/resource_view.h"

#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {

v1::Clinic ClinicToProto(const store::ClinicRow& row) {
  v1::Clinic clinic = row.data;
  clinic.set_name(ClinicNameOf(row.clinic));
  clinic.set_etag(EtagOf(row.version));
  return clinic;
}

v1::Pathway PathwayToProto(const store::PathwayRow& row) {
  v1::Pathway pathway = row.data;
  pathway.set_name(PathwayNameOf(row.clinic, row.pathway));
  pathway.set_revision(row.revision);
  plan::SetTimestamp(row.create_time, pathway.mutable_revision_create_time());
  pathway.set_etag(EtagOf(row.revision));
  return pathway;
}

v1::Enrollment EnrollmentToProto(const store::EnrollmentRow& row) {
  v1::Enrollment enrollment = row.data;
  enrollment.set_name(EnrollmentNameOf(row.clinic, row.enrollment));
  enrollment.set_state(row.state);
  enrollment.set_etag(EtagOf(row.version));
  AddChannels(row.opted_out, enrollment.mutable_opted_out_channels());
  for (int i = 0; i < enrollment.contact_points_size(); ++i) {
    v1::ContactPoint& point = *enrollment.mutable_contact_points(i);
    if ((row.held_points >> i & 1) != 0) point.set_state(v1::CONTACT_POINT_STATE_HELD);
    if ((row.stopped_points >> i & 1) != 0) point.set_state(v1::CONTACT_POINT_STATE_STOPPED);
  }
  return enrollment;
}

void AddChannels(int64_t bits, google::protobuf::RepeatedField<int>* channels) {
  for (int channel = v1::Channel_MIN; channel <= v1::Channel_MAX; ++channel) {
    if ((bits >> channel & 1) != 0) channels->Add(channel);
  }
}

}  // namespace aftercare::engine
