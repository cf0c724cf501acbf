#include "scheduler/engine/clinics/timeline_phases.h"

#include "scheduler/plan/civil.h"
#include "scheduler/plan/facts.h"

namespace aftercare::engine {

void AddPhases(const plan::CompiledPathway& pathway, absl::CivilDay procedure_date,
               google::protobuf::RepeatedPtrField<v1::TimelinePhase>* phases) {
  for (int i = 0; i < pathway.phase_count(); ++i) {
    const plan::DateRange dates = plan::PhaseDates(pathway, i, procedure_date);
    v1::TimelinePhase* phase = phases->Add();
    phase->set_phase(pathway.phase_source(i).id());
    phase->set_display_name(pathway.phase_source(i).display_name());
    phase->set_first_date(plan::FormatDate(dates.first));
    phase->set_last_date(plan::FormatDate(dates.last));
  }
}

}  // namespace aftercare::engine
