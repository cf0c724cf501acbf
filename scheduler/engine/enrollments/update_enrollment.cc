#include "scheduler/engine/enrollments/update_enrollment.h"

#include <optional>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/enrollments/change_facts.h"
#include "scheduler/engine/enrollments/running_enrollment.h"
#include "scheduler/engine/lifecycle/consent_history.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/update_mask.h"
#include "scheduler/plan/input/phone_numbers.h"

namespace aftercare::engine {
namespace {

constexpr absl::string_view kUpdatableFields[] = {"first_name", "last_name", "pathway_revision", "procedure_date",
                                                  "time_zone",  "locale",    "factors",          "contact_points",
                                                  "consent",    "consent_source",  "contact_hours"};

// What a request asks to change.
class EnrollmentPatch {
 public:
  explicit EnrollmentPatch(const v1::UpdateEnrollmentRequest& request)
      : mask_(request.update_mask()), data_(request.enrollment()) {}

  void CheckMask(plan::FieldErrors* errors) const { CheckUpdateMask(mask_, kUpdatableFields, errors); }

  // Adds the fields that differ from the stored ones though they cannot be changed.
  void CheckFixedFields(const v1::Enrollment& stored, plan::FieldErrors* errors) const {
    if (!data_.patient().empty() && data_.patient() != stored.patient()) {
      errors->push_back({"enrollment.patient", "cannot be changed; end this enrollment and enrol the other patient"});
    }
    if (!data_.pathway().empty() && data_.pathway() != stored.pathway()) {
      errors->push_back(
          {"enrollment.pathway", "cannot be changed; end this enrollment and enrol on the other pathway"});
    }
    if (data_.pathway_revision() < 0) errors->push_back({"enrollment.pathway_revision", "must not be negative"});
  }

  bool SetsRevision() const { return Sets("pathway_revision", data_.pathway_revision() != 0); }
  // Returns whether the request asks for the newest revision, without a number.
  bool WantsNewestRevision() const { return SetsRevision() && data_.pathway_revision() <= 0; }

  // Changes `enrollment`. `newest_revision` is the pathway's, where WantsNewestRevision.
  void ApplyTo(const v1::Clinic& clinic, int32_t newest_revision, v1::Enrollment* enrollment) const {
    if (Sets("first_name", !data_.first_name().empty())) enrollment->set_first_name(data_.first_name());
    if (Sets("last_name", !data_.last_name().empty())) enrollment->set_last_name(data_.last_name());
    if (SetsRevision()) {
      enrollment->set_pathway_revision(WantsNewestRevision() ? newest_revision : data_.pathway_revision());
    }
    if (Sets("procedure_date", !data_.procedure_date().empty())) {
      enrollment->set_procedure_date(data_.procedure_date());
    }
    if (Sets("time_zone", !data_.time_zone().empty())) {
      enrollment->set_time_zone(data_.time_zone().empty() ? clinic.time_zone() : data_.time_zone());
    }
    if (Sets("locale", !data_.locale().empty())) enrollment->set_locale(data_.locale());
    if (Sets("factors", !data_.factors().empty())) *enrollment->mutable_factors() = data_.factors();
    if (Sets("contact_points", !data_.contact_points().empty())) {
      *enrollment->mutable_contact_points() = data_.contact_points();
      plan::NormalizeContactPoints(clinic, enrollment);
    }
    ApplyConsentTo(enrollment);
    if (Sets("contact_hours", data_.has_contact_hours())) {
      enrollment->clear_contact_hours();
      if (data_.has_contact_hours()) *enrollment->mutable_contact_hours() = data_.contact_hours();
    }
  }

 private:
  // A source belongs to one decision: another consent does not keep it.
  void ApplyConsentTo(v1::Enrollment* enrollment) const {
    const v1::Consent before = enrollment->consent();
    if (Sets("consent", data_.consent() != v1::CONSENT_UNSPECIFIED)) enrollment->set_consent(data_.consent());
    v1::ConsentSource source;
    if (Sets("consent_source", data_.has_consent_source())) {
      source.set_method(data_.consent_source().method());
      source.set_wording(data_.consent_source().wording());
    } else if (enrollment->consent() == before) {
      return;
    }
    const v1::ConsentSource& stored = enrollment->consent_source();
    const bool is_same = enrollment->consent() == before && source.method() == stored.method() &&
                         source.wording() == stored.wording();
    if (!is_same) *enrollment->mutable_consent_source() = std::move(source);
  }

  bool Sets(absl::string_view field, bool is_set) const { return IsUpdated(mask_, field, is_set); }

  const google::protobuf::FieldMask& mask_;
  const v1::Enrollment& data_;
};

// Returns the enrollment's data with the request's changes.
absl::StatusOr<v1::Enrollment> PatchedData(store::ReadTransaction& tx, const RunningEnrollment& enrollment,
                                           const EnrollmentPatch& patch) {
  const store::EnrollmentRow& row = enrollment.context.row;
  int32_t newest_revision = 0;
  if (patch.WantsNewestRevision()) {
    auto newest = tx.NewestRevision(row.clinic, ParsePathwayName(row.data.pathway())->pathway);
    if (!newest.ok()) return newest.status();
    newest_revision = *newest;
  }
  v1::Enrollment data = row.data;
  patch.ApplyTo(enrollment.clinic.data, newest_revision, &data);
  if (data.locale().empty()) data.set_locale(enrollment.context.pathway->source().default_locale());
  return data;
}

// Stamps the source of the enrollment's consent if that is decided anew, and adds the decision to the patient's history
// if there is a `write`.
absl::Status StampAndRecordConsent(store::WriteTransaction* write, const store::EnrollmentRow& before, absl::Time now,
                           v1::Enrollment* data) {
  const bool is_new = data->consent() != before.data.consent() ||
                      !google::protobuf::util::MessageDifferencer::Equals(data->consent_source(),
                                                                          before.data.consent_source());
  if (!is_new || write == nullptr) return absl::OkStatus();
  StampSource(*write, now, data->mutable_consent_source());
  return AppendDecision(*write, before.clinic, before.data.patient(), ConsentOf(*data), before.enrollment).status();
}

// Makes the change, or only works it out if there is no `write`. `errors` has those found so far.
absl::Status Update(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                    const EnrollmentName& name, const v1::UpdateEnrollmentRequest& request, plan::FieldErrors errors,
                    v1::UpdateEnrollmentResponse* response) {
  auto enrollment = RequireRunningEnrollment(engine, tx, name, request.enrollment().etag());
  if (!enrollment.ok()) return enrollment.status();
  EnrollmentContext& before = enrollment->context;
  const absl::Time now = enrollment->now;
  if (write != nullptr) {
    // What is due by now comes due by the old facts, even if the sweep has not got to it yet.
    if (auto fired = FireEnrollment(*write, &before, now); !fired.ok()) return fired.status();
  }
  const EnrollmentPatch patch(request);
  patch.CheckFixedFields(before.row.data, &errors);
  auto data = PatchedData(tx, *enrollment, patch);
  if (!data.ok()) return data.status();
  if (absl::Status status = StampAndRecordConsent(write, before.row, now, &*data); !status.ok()) return status;
  auto change = ComputeFactsChange(engine, tx, before, *std::move(data), std::move(errors), now, request.keep_sent());
  if (!change.ok()) return change.status();
  response->mutable_diff();
  if (!change->has_value()) {
    *response->mutable_enrollment() = EnrollmentToProto(before.row);
    return absl::OkStatus();
  }
  Reanchoring& reanchoring = **change;
  if (write != nullptr) {
    absl::Status status = request.allow_drop() ? absl::OkStatus() : CheckNothingDropped(reanchoring);
    if (status.ok()) status = ApplyFactsChange(*write, before, &reanchoring, now);
    if (!status.ok()) return status;
  }
  *response->mutable_enrollment() = EnrollmentToProto(reanchoring.after.row);
  *response->mutable_diff() = std::move(reanchoring.diff);
  return absl::OkStatus();
}

}  // namespace

void UpdateEnrollment(EngineContext& engine, const CallPtr& call, const v1::UpdateEnrollmentRequest& request,
                      v1::UpdateEnrollmentResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParseEnrollmentName(request.enrollment().name());
  if (!name) errors.push_back({"enrollment.name", "must be clinics/{clinic}/enrollments/{enrollment}"});
  EnrollmentPatch(request).CheckMask(&errors);
  CheckRequestId(request.request_id(), &errors);
  if (!name) return done(InvalidFields(errors));
  // A request with errors goes on without storing anything, so that all its errors are reported together.
  const bool validate_only = request.validate_only() || !errors.empty();
  call->MutateUnlessValidating(
      validate_only, request, name->clinic, request.request_id(), response,
      [&engine, name = *name, errors, &request, response](store::ReadTransaction& tx, store::WriteTransaction* write) {
        return Update(engine, tx, write, name, request, errors, response);
      },
      std::move(done));
}

}  // namespace aftercare::engine
