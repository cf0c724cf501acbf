#include "scheduler/engine/enrollments/enroll.h"

#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

uint64_t Randomness() {
  thread_local absl::BitGen generator;
  return absl::Uniform<uint64_t>(generator);
}

// The revision to enrol on, in enrollment.pathway_revision.
absl::Status ResolveRevision(store::ReadTransaction& tx, const PathwayName& name, v1::Enrollment* enrollment) {
  if (enrollment->pathway_revision() > 0) return absl::OkStatus();
  auto newest = tx.NewestRevision(name.clinic, name.pathway);
  if (!newest.ok()) return newest.status();
  if (*newest == 0) return ResourceNotFound("PATHWAY_NOT_FOUND", enrollment->pathway());
  enrollment->set_pathway_revision(*newest);
  return absl::OkStatus();
}

// Checks what can be told without the store. True if the rest can be looked up.
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

// All that is wrong with a request whose pathway cannot be looked up.
absl::Status FaultsWithoutPathway(const v1::CreateEnrollmentRequest& request, plan::FieldErrors errors) {
  v1::Enrollment enrollment = request.enrollment();
  if (enrollment.time_zone().empty()) enrollment.set_time_zone("UTC");  // the clinic's, which is a good one
  plan::FieldErrors found;
  plan::CheckEnrollment(enrollment, &found);
  AddPrefixed("enrollment", found, &errors);
  return InvalidFields(errors);
}

}  // namespace

absl::StatusOr<CheckedEnroll> CheckEnroll(const v1::CreateEnrollmentRequest& request) {
  CheckedEnroll checked;
  if (!CheckRequest(request, &checked.errors)) return FaultsWithoutPathway(request, std::move(checked.errors));
  checked.clinic = *ParseClinicName(request.parent());
  return checked;
}

absl::StatusOr<EnrollmentContext> PrepareEnroll(EngineContext& engine, store::ReadTransaction& tx,
                                                const v1::CreateEnrollmentRequest& request,
                                                const CheckedEnroll& checked) {
  auto owner = RequireClinic(tx, checked.clinic);
  if (!owner.ok()) return owner.status();
  const absl::Time now = engine.Now(*owner);
  const PathwayName name = *ParsePathwayName(request.enrollment().pathway());

  EnrollmentContext context;
  context.row.clinic = checked.clinic;
  context.row.enrollment =
      request.enrollment_id().empty() ? MakeTimeOrderedId(engine.clock().Now(), Randomness()) : request.enrollment_id();
  context.row.clock = ClockOf(*owner);
  v1::Enrollment& data = context.row.data;
  data = request.enrollment();
  ClearOutputFields(&data);
  if (data.time_zone().empty()) data.set_time_zone(owner->data.time_zone());
  plan::SetTimestamp(now, data.mutable_enroll_time());
  if (absl::Status status = ResolveRevision(tx, name, &data); !status.ok()) return status;
  auto pathway = engine.definitions().Pathway(tx, checked.clinic, name.pathway, data.pathway_revision());
  if (!pathway.ok()) return pathway.status();
  context.pathway = *std::move(pathway);
  if (data.locale().empty()) data.set_locale(context.pathway->source().default_locale());

  auto opted_out = tx.OptedOut(checked.clinic, data.patient());
  if (!opted_out.ok()) return opted_out.status();
  context.row.opted_out = *opted_out;
  context.row.plan_fingerprint = context.plan_fingerprint = engine.PlanFingerprintOf(owner->calendar_fingerprint);
  auto calendar = engine.definitions().Calendar(tx, checked.clinic, owner->calendar_fingerprint);
  if (!calendar.ok()) return calendar.status();
  plan::FieldErrors errors = checked.errors;
  plan::FieldErrors found;
  auto patient = plan::FactsOf(data, *context.pathway, &found,
                               {*std::move(calendar), plan::SpreadSeed(checked.clinic, context.row.enrollment)});
  AddPrefixed("enrollment", found, &errors);
  if (!errors.empty()) return InvalidFields(errors);
  context.facts = *patient;
  plan::Plan plan(*context.pathway, context.facts);
  plan.Seek(now);
  plan::Occurrence first;
  if (plan.Next(&first)) context.row.next_due = first.due;
  return context;
}

absl::StatusOr<absl::Time> StoreEnrolled(store::WriteTransaction& tx, EnrollmentContext* context) {
  absl::Status status = tx.InsertEnrollment(context->row);
  if (status.code() == absl::StatusCode::kAlreadyExists) return EnrollmentExists(context->row);
  if (!status.ok()) return status;
  const absl::Time now = plan::ToTime(context->row.data.enroll_time());
  status = LogEnrollment(tx, context->row, v1::EVENT_TYPE_ENROLLMENT_CREATED, now);
  if (!status.ok()) return status;
  auto fired = FireEnrollment(tx, context, now);
  if (!fired.ok()) return fired.status();
  if (!context->row.clock.empty()) return absl::InfiniteFuture();
  if (*fired > 0) return now;  // their windows close, perhaps before anything else comes due
  return context->row.next_due.value_or(absl::InfiniteFuture());
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
}

}  // namespace aftercare::engine
