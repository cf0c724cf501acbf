// The steps of a Simulation that change plans.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/simulation.h"

namespace aftercare::engine {
namespace {

std::string Numbers(const v1::PlanDiff& diff) {
  return absl::StrCat(diff.moved_count(), " moved, ", diff.added_count(), " added, ", diff.dropped_count(),
                      " dropped, ", diff.already_sent_count(), " sent");
}
std::string Numbers(const Model::Diff& diff) {
  return absl::StrCat(diff.moved, " moved, ", diff.added, " added, ", diff.dropped, " dropped, ", diff.sent, " sent");
}

}  // namespace

template <typename Response>
std::string Simulation::Told(const std::string& step, const absl::StatusOr<Response>& response,
                             const std::string& model, const Model::Diff& diff) {
  const std::string told = Told(step, ErrorOf(response.status()), model);
  return response.ok() ? Told(step, Numbers(response->diff()), Numbers(diff)) : told;
}

std::string Simulation::Pause(Random& random) {
  const std::string id = ChooseEnrollment(random).value();
  const std::string engine = ErrorOf(world_.Pause(EnrollmentNameOf(clinic_, id)));
  return Told(absl::StrCat("PauseEnrollment ", id), engine, model_->Pause(id));
}

std::string Simulation::Resume(Random& random) {
  std::string id = ChooseEnrollment(random).value();
  for (const auto& [other, patient] : model_->patients()) {
    if (patient.state == v1::ENROLLMENT_STATE_PAUSED && !random.OneIn(4)) id = other;
  }
  const std::string engine = ErrorOf(world_.Resume(EnrollmentNameOf(clinic_, id)));
  return Told(absl::StrCat("ResumeEnrollment ", id), engine, model_->Resume(id));
}

std::string Simulation::Update(Random& random) {
  const std::string id = ChooseEnrollment(random).value();
  v1::UpdateEnrollmentRequest request;
  v1::Enrollment data = model_->patients().at(id).data;
  const auto change = [&](const char* path, int one_in) {
    const bool chosen = random.OneIn(one_in);
    if (chosen) request.mutable_update_mask()->add_paths(path);
    return chosen;
  };
  if (change("procedure_date", 3)) data.set_procedure_date(RandomProcedureDate(random));
  if (change("time_zone", 5)) data.set_time_zone(RandomZone(random));
  if (change("factors", 4)) SetRandomFactors(random, &data);
  if (change("contact_points", 5)) SetRandomContactPoints(random, &data);
  if (change("consent", 6)) data.set_consent(random.OneIn(3) ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
  if (change("contact_hours", 5)) {
    data.clear_contact_hours();
    if (random.OneIn(2)) *data.mutable_contact_hours() = RandomHours(random);
  }
  if (request.update_mask().paths().empty() || random.OneIn(6)) {
    request.mutable_update_mask()->add_paths("pathway_revision");
    data.set_pathway_revision(1 + random.Upto(model_->newest_revision() - 1));
  }
  *request.mutable_enrollment() = data;
  request.mutable_enrollment()->set_name(EnrollmentNameOf(clinic_, id));
  request.set_allow_drop(random.OneIn(2));
  request.set_validate_only(random.OneIn(5));
  const auto response = world_.Call(&Engine::enrollments, &Enrollments::Update, request);

  Model::Diff diff;
  Model tried = *model_;
  const std::string model = (request.validate_only() ? tried : *model_)
                                .Update(id, data, request.allow_drop() || request.validate_only(), &diff);
  return Told(absl::StrCat("UpdateEnrollment ", request.ShortDebugString()), response, model, diff);
}

std::string Simulation::Migrate(Random& random) {
  v1::MigrateEnrollmentsRequest request;
  request.set_pathway(PathwayNameOf(clinic_, "knee"));
  request.set_revision(random.OneIn(2) ? 0 : 1 + random.Upto(model_->newest_revision() - 1));
  request.set_allow_drop(random.OneIn(2));
  const auto response = world_.Call(&Engine::enrollments, &Enrollments::Migrate, request);
  Model::Diff diff;
  const int revision = request.revision() == 0 ? model_->newest_revision() : request.revision();
  const std::string model = model_->Migrate(revision, request.allow_drop(), &diff);
  return Told(absl::StrCat("MigrateEnrollments ", request.ShortDebugString()), response, model, diff);
}

std::string Simulation::MoveItem(Random& random) {
  const auto chosen = ChooseItem(random);
  if (!chosen) return "nothing to move";
  const absl::Time due =
      absl::FromUnixSeconds((absl::ToUnixSeconds(std::max(model_->now(), ChooseInstant(random))) / 60 + 1) * 60);
  const std::string engine = ErrorOf(world_.Move(chosen->name, due));
  return Told(absl::StrCat("MoveReminder ", chosen->name, " to ", absl::FormatTime(due, absl::UTCTimeZone())), engine,
              model_->MoveItem(chosen->enrollment, chosen->key, due));
}

std::string Simulation::CancelItem(Random& random) {
  const auto chosen = ChooseItem(random);
  if (!chosen) return "nothing to cancel";
  const std::string engine = ErrorOf(world_.Cancel(chosen->name));
  return Told(absl::StrCat("CancelReminder ", chosen->name), engine,
              model_->CancelItem(chosen->enrollment, chosen->key));
}

// Mostly restores a reminder that was moved or cancelled, if there is one.
std::string Simulation::RestoreItem(Random& random) {
  auto chosen = ChooseItem(random);
  if (!chosen) return "nothing to restore";
  for (const Line& line : LinesOf({})) {
    const bool adjusted = line.item->moved || line.item->reason == v1::REMINDER_REASON_CANCELLED_BY_CLINIC;
    if (adjusted && random.OneIn(2)) chosen = {line.patient->id, {line.item->rule, line.item->number}, line.name};
  }
  const std::string engine = ErrorOf(world_.Restore(chosen->name));
  return Told(absl::StrCat("RestoreReminder ", chosen->name), engine,
              model_->RestoreItem(chosen->enrollment, chosen->key));
}

std::string Simulation::ScheduleVisit(Random& random) {
  const std::string id = ChooseEnrollment(random).value();
  v1::ScheduleVisitRequest request;
  request.set_name(absl::StrCat(EnrollmentNameOf(clinic_, id), "/visits/check"));
  request.set_allow_outside_window(true);
  request.set_allow_closed_day(true);
  const int64_t minute = absl::ToUnixSeconds(model_->now()) / 60 + 30 * random.Upto(500);
  const absl::Time start = absl::FromUnixSeconds(60 * minute);
  plan::SetTimestamp(start, request.mutable_start_time());
  const auto response = world_.Call(&Engine::visits, &Visits::Schedule, request);
  Model::Diff diff;
  const std::string model = model_->ScheduleVisit(id, "check", start, &diff);
  return Told(absl::StrCat("ScheduleVisit ", id, " at ", absl::FormatTime(start, absl::UTCTimeZone())), response, model,
              diff);
}

std::string Simulation::RecordOutcome(Random& random) {
  const std::string id = ChooseEnrollment(random).value();
  v1::RecordVisitOutcomeRequest request;
  request.set_name(absl::StrCat(EnrollmentNameOf(clinic_, id), "/visits/check"));
  request.set_outcome(random.Of<v1::VisitState>(
      {v1::VISIT_STATE_ATTENDED, v1::VISIT_STATE_MISSED, v1::VISIT_STATE_MISSED, v1::VISIT_STATE_CANCELLED}));
  const auto response = world_.Call(&Engine::visits, &Visits::RecordOutcome, request);
  Model::Diff diff;
  const std::string model = model_->RecordOutcome(id, "check", request.outcome(), &diff);
  return Told(absl::StrCat("RecordVisitOutcome ", id, " ", v1::VisitState_Name(request.outcome())), response, model,
              diff);
}

}  // namespace aftercare::engine
