// Enrollments::Update.
#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/engine/enrollments/change_facts.h"
#include "scheduler/engine/enrollments/enrollments.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/text_validation.h"

namespace aftercare::engine {
namespace {

constexpr absl::string_view kMaskable[] = {"*",       "first_name",     "last_name", "pathway_revision", "procedure_date",
                                           "time_zone", "locale",       "factors",   "contact_points",   "consent",
                                           "contact_hours"};

// What a request asks to change.
class Wanted {
 public:
  explicit Wanted(const v1::UpdateEnrollmentRequest& request) : request_(request), data_(request.enrollment()) {}

  void CheckMask(plan::FieldErrors* errors) const {
    int index = 0;
    for (const std::string& path : request_.update_mask().paths()) {
      if (std::find(std::begin(kMaskable), std::end(kMaskable), path) == std::end(kMaskable)) {
        errors->push_back({absl::StrCat("update_mask.paths[", index, "]"),
                           absl::StrCat("must be one of: ", absl::StrJoin(kMaskable, ", "))});
      }
      ++index;
    }
  }

  // Adds what may not be changed.
  void CheckFixed(const v1::Enrollment& stored, plan::FieldErrors* errors) const {
    if (!data_.patient().empty() && data_.patient() != stored.patient()) {
      errors->push_back({"enrollment.patient", "cannot be changed; end this enrollment and enrol the other patient"});
    }
    if (!data_.pathway().empty() && data_.pathway() != stored.pathway()) {
      errors->push_back({"enrollment.pathway", "cannot be changed; end this enrollment and enrol on the other pathway"});
    }
    if (data_.pathway_revision() < 0) errors->push_back({"enrollment.pathway_revision", "must not be negative"});
  }

  bool Revision() const { return Names("pathway_revision", data_.pathway_revision() != 0); }

  // `newest` is the pathway's newest revision, `default_locale` that of the revision it is to be.
  void Merge(const v1::Clinic& clinic, int32_t newest, v1::Enrollment* stored) const {
    if (Names("first_name", !data_.first_name().empty())) stored->set_first_name(data_.first_name());
    if (Names("last_name", !data_.last_name().empty())) stored->set_last_name(data_.last_name());
    if (Revision()) stored->set_pathway_revision(data_.pathway_revision() > 0 ? data_.pathway_revision() : newest);
    if (Names("procedure_date", !data_.procedure_date().empty())) stored->set_procedure_date(data_.procedure_date());
    if (Names("time_zone", !data_.time_zone().empty())) {
      stored->set_time_zone(data_.time_zone().empty() ? clinic.time_zone() : data_.time_zone());
    }
    if (Names("locale", !data_.locale().empty())) stored->set_locale(data_.locale());
    if (Names("factors", !data_.factors().empty())) *stored->mutable_factors() = data_.factors();
    if (Names("contact_points", !data_.contact_points().empty())) {
      *stored->mutable_contact_points() = data_.contact_points();
    }
    if (Names("consent", data_.consent() != v1::CONSENT_UNSPECIFIED)) stored->set_consent(data_.consent());
    if (Names("contact_hours", data_.has_contact_hours())) {
      stored->clear_contact_hours();
      if (data_.has_contact_hours()) *stored->mutable_contact_hours() = data_.contact_hours();
    }
  }

 private:
  bool Names(absl::string_view path, bool is_set) const {
    const auto& paths = request_.update_mask().paths();
    if (paths.empty()) return is_set;
    return std::any_of(paths.begin(), paths.end(),
                       [path](const std::string& named) { return named == path || named == "*"; });
  }

  const v1::UpdateEnrollmentRequest& request_;
  const v1::Enrollment& data_;
};

struct Prepared {
  EnrollmentContext before;
  std::optional<Reanchoring> change;
  absl::Time now;
};

// `write` is null where nothing is to be stored.
absl::StatusOr<Prepared> Prepare(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                                 const EnrollmentName& name, const v1::UpdateEnrollmentRequest& request,
                                 plan::FieldErrors errors) {
  auto clinic = RequireClinic(tx, name.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, name.clinic, name.enrollment);
  if (!context.ok()) return context.status();
  Prepared prepared{*std::move(context), std::nullopt, engine.Now(*clinic)};
  const store::EnrollmentRow& row = prepared.before.row;
  absl::Status status = CheckEtag(request.enrollment().etag(), row.version, request.enrollment().name());
  if (!status.ok()) return status;
  if (status = CheckNotEnded(row); !status.ok()) return status;
  // What came due up to this instant did so by the facts of before, even if the sweep has not got to it yet.
  if (write != nullptr) status = FireEnrollment(*write, &prepared.before, prepared.now).status();
  if (!status.ok()) return status;

  const Wanted wanted(request);
  wanted.CheckFixed(row.data, &errors);
  int32_t newest = row.data.pathway_revision();
  if (wanted.Revision() && request.enrollment().pathway_revision() <= 0) {
    auto found = tx.NewestRevision(name.clinic, ParsePathwayName(row.data.pathway())->pathway);
    if (!found.ok()) return found.status();
    newest = *found;
  }
  v1::Enrollment data = row.data;
  wanted.Merge(clinic->data, newest, &data);
  if (data.locale().empty()) data.set_locale(prepared.before.pathway->source().default_locale());
  auto change = ComputeFactsChange(engine, tx, prepared.before, std::move(data), std::move(errors), prepared.now);
  if (!change.ok()) return change.status();
  prepared.change = *std::move(change);
  return prepared;
}

void Answer(const Prepared& prepared, v1::UpdateEnrollmentResponse* response) {
  *response->mutable_enrollment() =
      EnrollmentToProto(prepared.change ? prepared.change->after.row : prepared.before.row);
  response->mutable_diff();
  if (prepared.change) *response->mutable_diff() = prepared.change->diff;
}

}  // namespace

void Enrollments::Update(const Caller& caller, const v1::UpdateEnrollmentRequest& request,
                         v1::UpdateEnrollmentResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParseEnrollmentName(request.enrollment().name());
  if (!name) errors.push_back({"enrollment.name", "must be clinics/{clinic}/enrollments/{enrollment}"});
  Wanted(request).CheckMask(&errors);
  CheckRequestId(request.request_id(), &errors);
  if (!name) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  if (request.validate_only() || !errors.empty()) {
    engine_.Read(
        [this, name = *name, errors, &request, response](store::ReadTransaction& tx) -> absl::Status {
          auto prepared = Prepare(engine_, tx, nullptr, name, request, errors);
          if (!prepared.ok()) return prepared.status();
          Answer(*prepared, response);
          return absl::OkStatus();
        },
        std::move(done));
    return;
  }
  auto wake = std::make_shared<absl::Time>(absl::InfiniteFuture());
  engine_.Mutate(
      request, name->clinic, request.request_id(), response,
      [this, name = *name, &request, response, wake](store::WriteTransaction& tx) -> absl::Status {
        *wake = absl::InfiniteFuture();
        auto prepared = Prepare(engine_, tx, &tx, name, request, {});
        if (!prepared.ok()) return prepared.status();
        if (prepared->change) {
          absl::Status status = request.allow_drop() ? absl::OkStatus() : CheckNothingDropped(*prepared->change);
          if (status.ok()) status = ApplyFactsChange(tx, prepared->before, &*prepared->change, prepared->now);
          if (!status.ok()) return status;
          *wake = WakeTimeOf(prepared->change->after.row);
        }
        Answer(*prepared, response);
        return absl::OkStatus();
      },
      [this, wake, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(*wake);
        done(std::move(status));
      });
}

}  // namespace aftercare::engine
