// The steps of a Simulation that change plans.
#include <algorithm>
#include <map>
#include <set>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/simulation.h"

namespace aftercare::engine {
namespace {

using ChangeKind = v1::PlanChangeKind;

std::map<ChangeKind, int64_t> CountsOf(const v1::PlanDiff& diff) {
  return {{v1::PLAN_CHANGE_KIND_MOVED, diff.moved_count()},
          {v1::PLAN_CHANGE_KIND_ADDED, diff.added_count()},
          {v1::PLAN_CHANGE_KIND_DROPPED, diff.dropped_count()},
          {v1::PLAN_CHANGE_KIND_ALREADY_SENT, diff.already_sent_count()},
          {v1::PLAN_CHANGE_KIND_ALSO_TODAY, diff.also_today_count()},
          {v1::PLAN_CHANGE_KIND_SENT_AGAIN, diff.sent_again_count()},
          {v1::PLAN_CHANGE_KIND_NOT_CALLED_OFF, diff.not_called_off_count()},
          {v1::PLAN_CHANGE_KIND_NOT_MOVED_BY_HAND, diff.not_moved_by_hand_count()},
          {v1::PLAN_CHANGE_KIND_SUPPRESSED, diff.suppressed_count()},
          {v1::PLAN_CHANGE_KIND_NEVER_TOLD, diff.never_told_count()}};
}

std::string Numbers(const v1::PlanDiff& diff) {
  std::vector<std::string> numbers;
  for (const auto& [kind, count] : CountsOf(diff)) {
    if (count > 0) numbers.push_back(absl::StrCat(count, " ", v1::PlanChangeKind_Name(kind).substr(17)));
  }
  return absl::StrJoin(numbers, ", ");
}

// Whether a reminder of this kind is sent or done after the change.
bool IsPending(ChangeKind kind) {
  return kind == v1::PLAN_CHANGE_KIND_MOVED || kind == v1::PLAN_CHANGE_KIND_ADDED ||
         kind == v1::PLAN_CHANGE_KIND_ALSO_TODAY || kind == v1::PLAN_CHANGE_KIND_SENT_AGAIN;
}

// Whether a reminder of this kind is there no more after the change. Another may have its name then.
bool IsGone(const v1::PlanChange& change) {
  return change.kind() == v1::PLAN_CHANGE_KIND_DROPPED || change.kind() == v1::PLAN_CHANGE_KIND_NEVER_TOLD;
}

// Returns the names after the change of reminders that had another name before it.
std::set<std::string> NewNamesOf(const v1::PlanDiff& diff) {
  std::set<std::string> names;
  for (const v1::PlanChange& change : diff.changes()) {
    if (!change.old_name().empty()) names.insert(change.name());
  }
  return names;
}

// Returns what is wrong with one change of a PlanDiff, or an empty string.
std::string FaultOf(const v1::PlanChange& change, const Model::Diff& expected, const std::set<std::string>& new_names) {
  const std::string& before = change.old_name().empty() ? change.name() : change.old_name();
  const auto after = expected.after.find(change.name());
  const auto old = expected.before.find(before);
  if (IsPending(change.kind()) && after == expected.after.end()) return "the model does not send it";
  if (IsPending(change.kind()) && plan::ToTime(change.new_due_time()) != after->second) {
    return absl::StrCat("the model sends it at ", absl::FormatTime(after->second, absl::UTCTimeZone()));
  }
  const bool is_dropped = change.kind() == v1::PLAN_CHANGE_KIND_DROPPED && new_names.count(change.name()) == 0;
  if (is_dropped && after != expected.after.end()) return "the model sends it";
  const bool was_pending =
      change.kind() == v1::PLAN_CHANGE_KIND_MOVED || change.kind() == v1::PLAN_CHANGE_KIND_DROPPED;
  if (was_pending && old == expected.before.end()) return "for the model it was not to be sent before";
  if (was_pending && plan::ToTime(change.old_due_time()) != old->second) {
    return absl::StrCat("for the model it was due at ", absl::FormatTime(old->second, absl::UTCTimeZone()));
  }
  if (change.kind() == v1::PLAN_CHANGE_KIND_ALREADY_SENT && expected.already_sent.count(change.name()) == 0) {
    return "the model does not say so";
  }
  return "";
}

}  // namespace

// What is sent after a change is what the diff says: the diff tells of everything that the change adds, takes away or
// moves, once. Which of several kinds it says of a reminder is not compared, except what was sent already.
void Simulation::CompareDiff(const std::string& step, const v1::PlanDiff& diff, const Model::Diff& expected,
                             bool has_changes) {
  ExpectSame(absl::StrCat(step, ", the diff"), absl::StrCat(diff.already_sent_count(), " already sent"),
             absl::StrCat(expected.already_sent.size(), " already sent"));
  if (!has_changes || diff.changes_size() == 2000) return;
  std::map<ChangeKind, int64_t> counts;
  for (const auto& [kind, count] : CountsOf(diff)) counts[kind] = 0;
  const std::set<std::string> new_names = NewNamesOf(diff);
  std::set<std::string> names, old_names, gone;
  for (const v1::PlanChange& change : diff.changes()) {
    ++counts[change.kind()];
    const std::string fault = FaultOf(change, expected, new_names);
    Expect(fault.empty(), absl::StrCat(step, ", the diff: ", fault, ": ", change.ShortDebugString()));
    std::set<std::string>& told = IsGone(change) ? gone : names;
    // Two rules of one series may have had something for one time, which a pathway should avoid: one occurrence that is
    // never told then stands for both.
    const bool is_of_two = change.kind() == v1::PLAN_CHANGE_KIND_NEVER_TOLD && old_names.count(change.old_name()) == 0;
    const bool is_new = told.insert(change.name()).second || is_of_two;
    Expect(is_new, absl::StrCat(step, ", the diff tells twice of ", change.name()));
    old_names.insert(change.old_name());
  }
  Expect(counts == CountsOf(diff), absl::StrCat(step, ", the counts of the diff are not those of its changes"));
  for (const auto& [name, due] : expected.after) {
    const auto old = expected.before.find(name);
    const bool same = old != expected.before.end() && old->second == due;
    Expect(same || names.count(name) > 0, absl::StrCat(step, ", the diff does not tell that there is ", name));
  }
  for (const auto& [name, due] : expected.before) {
    const bool stays = expected.after.count(name) > 0;
    Expect(stays || names.count(name) > 0 || old_names.count(name) > 0 || gone.count(name) > 0,
           absl::StrCat(step, ", the diff does not tell what becomes of ", name));
  }
}

template <typename Response>
std::string Simulation::Told(const std::string& step, const absl::StatusOr<Response>& response,
                             const std::string& model, const Model::Diff& diff) {
  const std::string told = Told(step, ErrorOf(response.status()), model);
  if (!response.ok() || model != "OK") return told;
  constexpr bool kHasChanges = !std::is_same_v<Response, v1::MigrateEnrollmentsResponse>;
  CompareDiff(step, response->diff(), diff, kHasChanges);
  return absl::StrCat(step, " -> ", Numbers(response->diff()));
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
  if (change("procedure_date", 3)) {
    // Often the procedure is postponed, or the date was wrong by a little.
    absl::CivilDay date = plan::ParseDate(data.procedure_date()).value();
    date += random.OneIn(2) ? random.Upto(20) : random.Upto(4) - 2;
    data.set_procedure_date(random.OneIn(3) ? RandomProcedureDate(random) : absl::FormatCivilTime(date));
    request.set_keep_sent(data.procedure_date() != model_->patients().at(id).data.procedure_date() && random.OneIn(5));
  }
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
  Model::UpdateOptions options;
  options.allow_drop = request.allow_drop() || request.validate_only();
  options.keep_sent = request.keep_sent();
  const std::string model = (request.validate_only() ? tried : *model_).Update(id, data, options, &diff);
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
    if (adjusted && random.OneIn(2)) chosen = {line.patient->id, {line.item->rule, line.item->code}, line.name};
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
