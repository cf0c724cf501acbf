#include "scheduler/engine/clinics/clinic_events.h"

#include <utility>

#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {

absl::Status LogClinic(store::WriteTransaction& tx, const store::ClinicRow& row, v1::EventType type, absl::Time now) {
  v1::Event event;
  plan::SetTimestamp(now, event.mutable_event_time());
  event.set_type(type);
  event.mutable_clinic()->set_name(ClinicNameOf(row.clinic));
  event.mutable_clinic()->set_etag(ClinicToProto(row).etag());
  return tx.AppendEvent(row.clinic, std::move(event));
}

absl::Status LogPathway(store::WriteTransaction& tx, const store::PathwayRow& row, absl::Time now) {
  v1::Event event;
  plan::SetTimestamp(now, event.mutable_event_time());
  event.set_type(v1::EVENT_TYPE_PATHWAY_REVISED);
  event.mutable_pathway()->set_name(PathwayNameOf(row.clinic, row.pathway));
  event.mutable_pathway()->set_revision(row.revision);
  return tx.AppendEvent(row.clinic, std::move(event));
}

}  // namespace aftercare::engine
