#include "scheduler/engine/enrollments/enroll.h"

#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/consent_history.h"
#include "scheduler/engine/lifecycle/plan_outline.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/planning/ending.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/replies/addresses.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/input/phone_numbers.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

uint64_t RandomBits() {
  thread_local absl::BitGen generator;
  return absl::Uniform<uint64_t>(generator);
}

// Sets pathway_revision to the newest one if it is not set.
absl::Status ResolveRevision(store::ReadTransaction& tx, const PathwayName& name, v1::Enrollment* enrollment) {
  if (enrollment->pathway_revision() > 0) return absl::OkStatus();
  auto newest = tx.NewestRevision(name.clinic, name.pathway);
  if (!newest.ok()) return newest.status();
  if (*newest == 0) return ResourceNotFound("PATHWAY_NOT_FOUND", enrollment->pathway());
  enrollment->set_pathway_revision(*newest);
  return absl::OkStatus();
}

// Returns whether the clinic and the pathway can be looked up in the store.
bool CheckRequest(const v1::CreateEnrollmentRequest& request, plan::FieldErrors* errors) {
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors->push_back({"parent", "must be clinics/{clinic}"});
  if (!request.enrollment_id().empty() && !IsEnrollmentId(request.enrollment_id())) {
    errors->push_back({"enrollment_id", "must be 1 to 40 lower-case letters, digits or '-'"});
  }
  CheckRequestId(request.request_id(), errors);
  const auto pathway = ParsePathwayName(request.enrollment().pathway());
  const bool pathway_ok = pathway && (!clinic || pathway->clinic == *clinic);
  if (!pathway_ok) errors->push_back({"enrollment.pathway", "must be {parent}/pathways/{pathway}"});
  const bool revision_ok = request.enrollment().pathway_revision() >= 0;
  if (!revision_ok) errors->push_back({"enrollment.pathway_revision", "must not be negative"});
  return clinic && pathway_ok && revision_ok;
}

// Returns every error of a request whose pathway cannot be looked up. `errors` has those found so far.
absl::Status ErrorsWithoutPathway(const v1::CreateEnrollmentRequest& request, plan::FieldErrors errors) {
  v1::Enrollment enrollment = request.enrollment();
  // An empty zone stands for the clinic's, which is a valid one.
  if (enrollment.time_zone().empty()) enrollment.set_time_zone("UTC");
  plan::FieldErrors found;
  plan::CheckEnrollment(enrollment, &found);
  AddPrefixed("enrollment", found, &errors);
  return InvalidFields(errors);
}

// Returns the context of a new enrollment, but for its facts and next_due.
absl::StatusOr<EnrollmentContext> NewEnrollment(EngineContext& engine, store::ReadTransaction& tx,
                                                const v1::CreateEnrollmentRequest& request,
                                                const store::ClinicRow& clinic, absl::Time now) {
  const PathwayName name = *ParsePathwayName(request.enrollment().pathway());
  EnrollmentContext context;
  context.row.clinic = clinic.clinic;
  context.row.enrollment =
      request.enrollment_id().empty() ? MakeTimeOrderedId(engine.clock().Now(), RandomBits()) : request.enrollment_id();
  context.row.clock = ClockOf(clinic);
  v1::Enrollment& data = context.row.data;
  data = request.enrollment();
  ClearOutputFields(&data);
  if (data.time_zone().empty()) data.set_time_zone(clinic.data.time_zone());
  plan::SetTimestamp(now, data.mutable_enroll_time());
  if (absl::Status status = ResolveRevision(tx, name, &data); !status.ok()) return status;
  auto pathway = engine.definitions().Pathway(tx, clinic.clinic, name.pathway, data.pathway_revision());
  if (!pathway.ok()) return pathway.status();
  context.pathway = *std::move(pathway);
  if (data.locale().empty()) data.set_locale(context.pathway->source().default_locale());
  auto opted_out = tx.OptedOut(clinic.clinic, data.patient());
  if (!opted_out.ok()) return opted_out.status();
  context.row.opted_out = *opted_out;
  auto consents = tx.GetConsentHistory(clinic.clinic, data.patient());
  if (!consents.ok()) return consents.status();
  *data.mutable_consent_decisions() = PresentDecisions(*consents);
  plan::NormalizeContactPoints(clinic.data, &data);
  if (absl::Status status = LoadPointStates(engine, tx, clinic.data, &context.row); !status.ok()) return status;
  context.row.plan_fingerprint = context.plan_fingerprint = engine.PlanFingerprintOf(clinic.calendar_fingerprint);
  return context;
}

absl::Status PatientDeceased(const std::string& enrollment) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "PATIENT_DECEASED",
                   absl::StrCat("the patient is recorded as deceased by ", enrollment,
                                "; if that is wrong, end that enrollment again with the right reason, and then enrol"),
                   {{"enrollment", enrollment}});
}

absl::Status PatientEnrolled(const std::string& enrollment) {
  return MakeError(absl::StatusCode::kAlreadyExists, "PATIENT_ENROLLED",
                   absl::StrCat("the patient has a running enrollment on this pathway, ", enrollment,
                                "; change or end that one, or set allow_concurrent if the patient needs both"),
                   {{"enrollment", enrollment}});
}

}  // namespace

absl::StatusOr<CheckedEnroll> CheckEnroll(const v1::CreateEnrollmentRequest& request) {
  CheckedEnroll checked;
  if (!CheckRequest(request, &checked.errors)) return ErrorsWithoutPathway(request, std::move(checked.errors));
  checked.clinic = *ParseClinicName(request.parent());
  return checked;
}

absl::StatusOr<EnrollmentContext> PrepareEnroll(EngineContext& engine, store::ReadTransaction& tx,
                                                const v1::CreateEnrollmentRequest& request,
                                                const CheckedEnroll& checked) {
  auto clinic = RequireClinic(tx, checked.clinic);
  if (!clinic.ok()) return clinic.status();
  const absl::Time now = engine.Now(*clinic);
  auto context = NewEnrollment(engine, tx, request, *clinic, now);
  if (!context.ok()) return context.status();
  auto calendar = engine.definitions().Calendar(tx, checked.clinic, clinic->calendar_fingerprint);
  if (!calendar.ok()) return calendar.status();
  plan::FieldErrors errors = checked.errors;
  plan::FieldErrors found;
  auto facts = plan::FactsOf(context->row.data, *context->pathway, &found,
                             {*std::move(calendar), plan::SpreadSeed(checked.clinic, context->row.enrollment)});
  AddPrefixed("enrollment", found, &errors);
  if (!errors.empty()) return InvalidFields(errors);
  context->facts = *std::move(facts);
  if (EndsAt(*context) <= now) return InvalidField("enrollment.procedure_date", std::string(kEndsBeforeNow));
  plan::Plan plan(*context->pathway, context->facts);
  plan.Seek(now);
  plan::Occurrence first;
  if (plan.Next(&first)) context->row.next_due = first.due;
  ComeDueAtEnd(*context, &context->row.next_due);
  return context;
}

absl::Status CheckPatient(store::ReadTransaction& tx, const store::EnrollmentRow& row, bool allow_concurrent) {
  const auto others = tx.EnrollmentOutlinesOf(row.clinic, row.data.patient());
  if (!others.ok()) return others.status();
  for (const store::EnrollmentOutline& other : *others) {
    const bool deceased = other.end_reason == v1::END_REASON_DECEASED;
    if (deceased) return PatientDeceased(EnrollmentNameOf(row.clinic, other.enrollment));
  }
  if (allow_concurrent || others->empty()) return absl::OkStatus();
  const std::string pathway = ParsePathwayName(row.data.pathway())->pathway;
  for (const store::EnrollmentOutline& other : *others) {
    const bool running = other.state != v1::ENROLLMENT_STATE_ENDED;
    if (running && other.pathway == pathway) return PatientEnrolled(EnrollmentNameOf(row.clinic, other.enrollment));
  }
  return absl::OkStatus();
}

absl::Status StoreEnrolled(store::WriteTransaction& tx, EnrollmentContext* context) {
  const absl::Time now = plan::ToTime(context->row.data.enroll_time());
  StampSource(tx, now, context->row.data.mutable_consent_source());
  absl::Status status = AppendFirstConsent(tx, context->row);
  if (status.ok()) status = SetOutline(tx, context);
  if (status.ok()) status = tx.InsertEnrollment(context->row);
  if (status.code() == absl::StatusCode::kAlreadyExists) return EnrollmentExists(context->row);
  if (!status.ok()) return status;
  status = LogEnrollment(tx, context->row, v1::EVENT_TYPE_ENROLLMENT_CREATED, now);
  if (!status.ok()) return status;
  return FireEnrollment(tx, context, now).status();
}

absl::Status EnrollmentExists(const store::EnrollmentRow& row) {
  return MakeError(absl::StatusCode::kAlreadyExists, "ENROLLMENT_EXISTS",
                   absl::StrCat(EnrollmentNameOf(row.clinic, row.enrollment), " exists already"));
}

void ClearOutputFields(v1::Enrollment* enrollment) {
  enrollment->clear_name();
  enrollment->clear_state();
  enrollment->clear_end_reason();
  enrollment->clear_enroll_time();
  enrollment->clear_end_time();
  enrollment->clear_pause_time();
  enrollment->clear_etag();
  enrollment->clear_opted_out_channels();
  enrollment->clear_consent_decisions();
  v1::ConsentSource& source = *enrollment->mutable_consent_source();
  source.clear_actor();
  source.clear_record_time();
  if (source.ByteSizeLong() == 0) enrollment->clear_consent_source();
  for (v1::ContactPoint& point : *enrollment->mutable_contact_points()) point.clear_state();
}

}  // namespace aftercare::engine
