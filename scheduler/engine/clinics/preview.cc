#include "scheduler/engine/clinics/preview.h"

#include <memory>
#include <optional>
#include <utility>

#include "scheduler/engine/clinics/timeline_phases.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/explain.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// Returns the pathway of the request; null if it is a new one with errors, which are added to `errors`.
absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> PathwayOf(EngineContext& engine,
                                                                       store::ReadTransaction& tx,
                                                                       const v1::PreviewPlanRequest& request,
                                                                       plan::FieldErrors* errors) {
  if (request.has_pathway()) {
    plan::FieldErrors found;
    auto compiled = plan::CompiledPathway::Compile(request.pathway(), &found);
    AddPrefixed("pathway", found, errors);
    return compiled;
  }
  const auto name = ParsePathwayName(request.pathway_name());
  auto newest = tx.NewestRevision(name->clinic, name->pathway);
  if (!newest.ok()) return newest.status();
  if (*newest == 0) return ResourceNotFound("PATHWAY_NOT_FOUND", request.pathway_name());
  return engine.definitions().Pathway(tx, name->clinic, name->pathway, *newest);
}

// Returns the request's patient, with defaults for what is not set.
v1::Enrollment ImaginedEnrollment(const v1::PreviewPlanRequest& request, const v1::Clinic& clinic) {
  v1::Enrollment enrollment = request.enrollment();
  if (enrollment.patient().empty()) enrollment.set_patient("preview");
  if (enrollment.first_name().empty()) enrollment.set_first_name("Alex");
  if (enrollment.time_zone().empty()) enrollment.set_time_zone(clinic.time_zone());
  if (enrollment.consent() == v1::CONSENT_UNSPECIFIED) enrollment.set_consent(v1::CONSENT_GRANTED);
  enrollment.clear_enroll_time();
  if (request.has_enroll_time()) *enrollment.mutable_enroll_time() = request.enroll_time();
  return enrollment;
}

// Fills in the response.
void AddTimeline(const plan::CompiledPathway& pathway, const plan::PatientFacts& facts,
                 const v1::Enrollment& enrollment, const v1::Clinic& clinic, v1::PreviewPlanResponse* response) {
  AddPhases(pathway, facts.procedure_date, response->mutable_phases());
  plan::Plan plan(pathway, facts);
  plan::Occurrence occurrence;
  while (plan.Next(&occurrence)) {
    v1::Reminder* reminder = response->add_reminders();
    plan::Describe(pathway, facts, occurrence, facts.enroll_time, reminder);
    reminder->set_patient(enrollment.patient());
    if (reminder->audience() == v1::AUDIENCE_PATIENT && !enrollment.contact_points().empty()) {
      reminder->set_channel(enrollment.contact_points(0).channel());
    }
    reminder->set_text(
        plan::RenderText(pathway, facts, enrollment, {clinic.display_name(), clinic.phone()}, occurrence));
    plan::AddSteps(pathway, facts, plan, occurrence.rule, occurrence.number, false, reminder);
  }
}

}  // namespace

void PreviewPlan(EngineContext& engine, const Caller& caller, const v1::PreviewPlanRequest& request,
                 v1::PreviewPlanResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (request.source_case() == v1::PreviewPlanRequest::SOURCE_NOT_SET) {
    errors.push_back({"source", "must be a pathway or a pathway_name"});
  } else if (request.has_pathway_name()) {
    const auto name = ParsePathwayName(request.pathway_name());
    if (!name || (clinic && name->clinic != *clinic)) {
      errors.push_back({"pathway_name", "must be {parent}/pathways/{pathway}"});
    }
  }
  if (request.has_enroll_time() && !plan::IsInstant(request.enroll_time())) {
    errors.push_back({"enroll_time", "must be an instant from 1970 to 9999"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);

  engine.Read(
      [&engine, clinic = *clinic, &request, response](store::ReadTransaction& tx) -> absl::Status {
        auto row = RequireClinic(tx, clinic);
        if (!row.ok()) return row.status();
        plan::FieldErrors errors;
        auto pathway = PathwayOf(engine, tx, request, &errors);
        if (!pathway.ok()) return pathway.status();
        const v1::Enrollment enrollment = ImaginedEnrollment(request, row->data);
        auto calendar = engine.definitions().Calendar(tx, clinic, row->calendar_fingerprint);
        if (!calendar.ok()) return calendar.status();
        plan::FieldErrors found;
        std::optional<plan::PatientFacts> facts;
        if (*pathway == nullptr) {
          plan::CheckEnrollment(enrollment, &found);
        } else {
          facts = plan::FactsOf(enrollment, **pathway, &found,
                                {*std::move(calendar), plan::SpreadSeed(clinic, enrollment.patient())});
        }
        AddPrefixed("enrollment", found, &errors);
        if (!errors.empty()) return InvalidFields(errors);
        if (!request.has_enroll_time()) {
          facts->enroll_time = facts->zone.At(absl::CivilSecond(facts->procedure_date)).pre;
        }
        AddTimeline(**pathway, *facts, enrollment, row->data, response);
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
