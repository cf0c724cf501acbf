#include "tests/engine/simulation/simulation.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/random_caps.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kInstant = absl::Microseconds(1);

std::string Shown(absl::Time time) { return absl::FormatTime("%m-%dT%H:%M:%E*S", time, absl::UTCTimeZone()); }

}  // namespace

Script Script::Of(uint64_t seed) {
  Random random(seed);
  Script script{seed, {}};
  for (int i = 8 + random.Upto(14); i > 0; --i) script.steps.push_back(random.Bits());
  return script;
}

Simulation::Simulation(World& world, const Script& script)
    : world_(world), script_(script), clinic_(absl::StrCat("c", script.seed)) {}

const std::vector<Simulation::Kind>& Simulation::Kinds() {
  static const std::vector<Kind> kKinds = {
      {8, &Simulation::MoveTime},       {2, &Simulation::Enrol},         {5, &Simulation::Lease},
      {5, &Simulation::Report},         {2, &Simulation::Complete},      {1, &Simulation::End},
      {2, &Simulation::ChangeCalendar}, {2, &Simulation::ChangePathway}, {2, &Simulation::Pause},
      {3, &Simulation::Resume},         {4, &Simulation::Update},        {2, &Simulation::Migrate},
      {2, &Simulation::MoveItem},       {1, &Simulation::CancelItem},    {1, &Simulation::RestoreItem},
      {2, &Simulation::ScheduleVisit},  {1, &Simulation::RecordOutcome}, {1, &Simulation::SetConsent},
      {5, &Simulation::Reply},          {5, &Simulation::DoAndChange},   {2, &Simulation::SendAll},
      {1, &Simulation::AssignReply},    {1, &Simulation::DecideReply},   {2, &Simulation::WriteAndMore},
      {1, &Simulation::ReceiveLate},
  };
  return kKinds;
}

void Simulation::Differ(const std::string& what) {
  if (difference_.empty()) difference_ = what;
}

std::string Simulation::Told(const std::string& step, const std::string& engine, const std::string& model) {
  ExpectSame(step, engine, model);
  return absl::StrCat(step, " -> ", engine);
}

void Simulation::ExpectSame(const std::string& what, const std::string& engine, const std::string& model) {
  if (engine != model) Differ(absl::StrCat(what, ": the engine says ", engine, ", the model ", model));
}

std::string Simulation::Play() {
  Begin();
  for (size_t i = 0; i < script_.steps.size() && difference_.empty(); ++i) {
    Random random(script_.steps[i]);
    const std::string told = Step(random);
    story_.push_back(absl::StrCat(i, ". ", told, "  [", Shown(model_->now()), "]"));
    if (difference_.empty()) Compare(random);
  }
  if (!difference_.empty()) return difference_;
  MoveTo(model_->now() + absl::Hours(24 * 400));
  story_.push_back(absl::StrCat("the end  [", Shown(model_->now()), "]"));
  Random random(script_.seed);
  Compare(random);
  for (const Line& line : LinesOf({})) {
    const bool open_task = line.item->for_care_team && line.item->state == v1::REMINDER_STATE_DUE;
    const bool open = line.item->state == v1::REMINDER_STATE_SCHEDULED || line.item->waits();
    Expect(!open || open_task, absl::StrCat(line.name, " has come to no end"));
  }
  return difference_;
}

void Simulation::Begin() {
  Random random(script_.seed);
  const absl::Time now = StartOfSimulation();
  world_.MoveTo(now);
  v1::CreateClinicRequest request;
  request.set_clinic_id(clinic_);
  v1::Clinic& clinic = *request.mutable_clinic();
  clinic.set_display_name("Clinic");
  clinic.set_time_zone(RandomZone(random));
  if (!random.OneIn(3)) plan::SetTimestamp(now, clinic.mutable_test_clock_time());
  SetRandomCalendar(random, &clinic);
  if (script_.PlaysCaps()) SetRandomCap(random, &clinic);
  ExpectSame("CreateClinic", ErrorOf(world_.Call(&Engine::clinics, &Clinics::Create, request).status()), "OK");
  model_ = std::make_unique<Model>(clinic_, clinic, now);
  story_.push_back(absl::StrCat("CreateClinic ", clinic.ShortDebugString()));

  v1::Pathway pathway = RandomPathway(random, script_.PlaysReactions(), script_.PlaysEffects());
  if (script_.PlaysConsents()) SetRandomDiscreetTexts(random, &pathway);
  if (script_.PlaysCaps()) {
    AddDailyRules(random, &pathway);
    SetRandomCap(random, &pathway);
  }
  world_.CreatePathway(clinic_, "knee", pathway);
  plan::FieldErrors errors;
  model_->AddRevision(plan::CompiledPathway::Compile(pathway, &errors));
  story_.push_back(absl::StrCat("CreatePathway ", pathway.ShortDebugString()));
  story_.push_back(Enrol(random));
  Compare(random);
}

std::string Simulation::Step(Random& random) {
  if (script_.PlaysConsents() && random.OneIn(8)) return DecideAbout(random);
  int total = 0;
  for (const Kind& kind : Kinds()) total += kind.weight;
  int left = random.Upto(total - 1);
  for (const Kind& kind : Kinds()) {
    left -= kind.weight;
    if (left < 0) return (this->*kind.play)(random);
  }
  return "";
}

// Changes facts while something is leased, was just sent, or was adjusted by hand.
std::string Simulation::DoAndChange(Random& random) {
  using Play = std::string (Simulation::*)(Random&);
  const Play first = random.Of<Play>({&Simulation::Lease, &Simulation::Lease, &Simulation::SendAll,
                                      &Simulation::MoveItem, &Simulation::CancelItem, &Simulation::Report});
  const Play second = random.Of<Play>({&Simulation::Update, &Simulation::Update, &Simulation::ScheduleVisit,
                                       &Simulation::RecordOutcome, &Simulation::Migrate});
  const std::string done = (this->*first)(random);
  return absl::StrCat(done, "; then ", (this->*second)(random));
}

std::optional<std::string> Simulation::ChooseEnrollment(Random& random) const {
  if (model_->patients().empty()) return std::nullopt;
  const int last = static_cast<int>(model_->patients().size()) - 1;
  return std::next(model_->patients().begin(), random.Upto(last))->first;
}

std::optional<Simulation::Chosen> Simulation::ChooseItem(Random& random) const {
  const auto enrollment = ChooseEnrollment(random);
  if (!enrollment) return std::nullopt;
  std::vector<std::pair<absl::Duration, Model::Key>> items;
  for (const auto& [key, item] : model_->patients().at(*enrollment).items) {
    items.emplace_back(absl::AbsDuration(item.due - model_->now()), key);
  }
  if (items.empty()) return std::nullopt;
  std::sort(items.begin(), items.end());
  const int last = static_cast<int>(items.size()) - 1;
  const Model::Key key = items[random.Upto(random.OneIn(4) ? last : std::min(last, 4))].second;
  return Chosen{*enrollment, key, model_->NameOf(*enrollment, key)};
}

// Often the exact instant at which something happens, or the last one before it.
absl::Time Simulation::ChooseInstant(Random& random) const {
  const std::vector<absl::Time> edges = model_->Edges();
  if (random.OneIn(25)) return model_->now() + absl::Hours(24 * random.Upto(60));
  if (edges.empty() || random.OneIn(5)) return model_->now() + absl::Minutes(random.Upto(3000));
  const absl::Time edge = edges[random.Upto(std::min<int>(edges.size(), 12) - 1)];
  return random.OneIn(3) ? std::max(model_->now(), edge - kInstant) : edge;
}

std::string Simulation::Enrol(Random& random) {
  if (model_->patients().size() == 3) return MoveTime(random);
  const std::string id = absl::StrCat("e", model_->patients().size());
  v1::CreateEnrollmentRequest request;
  request.set_parent(ClinicNameOf(clinic_));
  request.set_enrollment_id(id);
  *request.mutable_enrollment() = RandomEnrollment(clinic_, random);
  if (random.OneIn(3))
    request.mutable_enrollment()->set_pathway_revision(1 + random.Upto(model_->newest_revision() - 1));
  request.set_allow_concurrent(!random.OneIn(3));
  request.set_validate_only(id != "e0" && random.OneIn(6));
  const std::string engine = ErrorOf(world_.Call(&Engine::enrollments, &Enrollments::Create, request).status());
  const std::string model = model_->MayEnrol(request.enrollment(), request.allow_concurrent());
  if (model == "OK" && !request.validate_only()) model_->Enrol(id, request.enrollment());
  return Told(absl::StrCat("CreateEnrollment ", request.ShortDebugString()), engine, model);
}

void Simulation::MoveTo(absl::Time to) {
  latest_ = std::max(latest_, to);
  if (!model_->is_sandbox()) {
    world_.MoveTo(to);
    model_->MoveTo(to);
    return;
  }
  v1::AdvanceTestClockRequest request;
  request.set_name(ClinicNameOf(clinic_));
  plan::SetTimestamp(to, request.mutable_time());
  const auto response = world_.Call(&Engine::clinics, &Clinics::AdvanceTestClock, request);
  ExpectSame("AdvanceTestClock", ErrorOf(response.status()), "OK");
  const Model::Passed passed = model_->MoveTo(to);
  if (!response.ok()) return;
  ExpectSame("AdvanceTestClock",
             absl::StrCat(response->fired_count(), " fired, ", response->expired_count(), " expired"),
             absl::StrCat(passed.fired, " fired, ", passed.expired, " expired"));
}

std::string Simulation::MoveTime(Random& random) {
  absl::Time to = ChooseInstant(random);
  if (model_->is_sandbox()) {
    MoveTo(to);
    return absl::StrCat("AdvanceTestClock to ", Shown(to));
  }
  if (random.OneIn(12)) to = model_->now() - absl::Minutes(random.Upto(120));
  // A server that starts does not know how late it has been before.
  const bool restarts = random.OneIn(to < model_->now() ? 4 : 100);
  if (restarts) {
    world_.Stop();
    world_.clock().Set(to);
    world_.Start();
  }
  MoveTo(to);
  return absl::StrCat(restarts ? "the server is down until " : "time is ", Shown(to));
}

std::string Simulation::ChangeCalendar(Random& random) {
  v1::UpdateClinicRequest request;
  request.mutable_clinic()->set_name(ClinicNameOf(clinic_));
  SetRandomCalendar(random, request.mutable_clinic());
  for (const char* path : {"contact_hours", "closed_weekdays", "holidays"})
    request.mutable_update_mask()->add_paths(path);
  if (script_.PlaysCaps()) {
    SetRandomCap(random, request.mutable_clinic());
    request.mutable_update_mask()->add_paths("message_cap");
  }
  ExpectSame("UpdateClinic", ErrorOf(world_.Call(&Engine::clinics, &Clinics::Update, request).status()), "OK");
  model_->SetCalendar(request.clinic());
  return absl::StrCat("UpdateClinic ", request.clinic().ShortDebugString());
}

std::string Simulation::ChangePathway(Random& random) {
  v1::UpdatePathwayRequest request;
  *request.mutable_pathway() =
      RandomRevision(model_->newest_pathway(), random, script_.PlaysReactions(), script_.PlaysEffects());
  if (script_.PlaysConsents() && random.OneIn(3)) SetRandomDiscreetTexts(random, request.mutable_pathway());
  if (script_.PlaysCaps()) SetRandomCap(random, request.mutable_pathway());
  request.mutable_pathway()->set_name(PathwayNameOf(clinic_, "knee"));
  const auto response = world_.Call(&Engine::pathways, &Pathways::Update, request);
  ExpectSame("UpdatePathway", ErrorOf(response.status()), "OK");
  if (response.ok() && response->pathway().revision() > model_->newest_revision()) {
    plan::FieldErrors errors;
    request.mutable_pathway()->clear_name();
    model_->AddRevision(plan::CompiledPathway::Compile(request.pathway(), &errors));
  }
  return absl::StrCat("UpdatePathway ", request.pathway().ShortDebugString());
}

v1::ReminderFilter Simulation::ChooseFilter(Random& random) const {
  v1::ReminderFilter filter;
  if (random.OneIn(5)) filter.set_patient(absl::StrCat("p-", random.Upto(1)));
  if (random.OneIn(5)) filter.set_enrollment(EnrollmentNameOf(clinic_, ChooseEnrollment(random).value_or("e0")));
  if (random.OneIn(6)) filter.add_phases(random.OneIn(2) ? "early" : "late");
  if (random.OneIn(6)) filter.add_categories(random.OneIn(2) ? "ice" : "rest");
  if (random.OneIn(6)) filter.set_audience(random.OneIn(2) ? v1::AUDIENCE_PATIENT : v1::AUDIENCE_CARE_TEAM);
  if (random.OneIn(6)) filter.set_channel(random.OneIn(2) ? v1::CHANNEL_SMS : v1::CHANNEL_EMAIL);
  for (int i = random.OneIn(2) ? 1 + random.Upto(1) : 0; i > 0; --i) {
    filter.add_states(random.Of<v1::ReminderState>({v1::REMINDER_STATE_SCHEDULED, v1::REMINDER_STATE_SCHEDULED,
                                                    v1::REMINDER_STATE_DUE, v1::REMINDER_STATE_LEASED,
                                                    v1::REMINDER_STATE_SENT, v1::REMINDER_STATE_EXPIRED,
                                                    v1::REMINDER_STATE_CANCELLED, v1::REMINDER_STATE_SUPPRESSED}));
  }
  if (random.OneIn(3)) {
    plan::SetTimestamp(model_->now() + absl::Hours(random.Upto(96) - 48), filter.mutable_due_from());
  }
  if (random.OneIn(3)) {
    const absl::Time to = random.OneIn(4) ? model_->now() : model_->now() + absl::Hours(random.Upto(240) - 24);
    plan::SetTimestamp(to, filter.mutable_due_before());
  }
  return filter;
}

void Simulation::CheckLease(const v1::Lease& lease, absl::Duration duration, const v1::ReminderFilter& filter) {
  Expect(sent_.count(lease.reminder()) == 0, absl::StrCat(lease.reminder(), " was sent and is leased again"));
  const auto lines = LinesOf(filter);
  const auto line = std::find_if(lines.begin(), lines.end(), [&](const Line& l) { return l.name == lease.reminder(); });
  if (line == lines.end() || !model_->MayLease(*line->patient, *line->item)) {
    return Differ(absl::StrCat(
        lease.reminder(), " is leased, and by the model is ",
        line == lines.end() ? "nothing that was asked for" : StateAndReason(line->item->state, line->item->reason)));
  }
  const v1::ContactPoint point = line->patient->data.contact_points(line->item->contact_point);
  const absl::Time until = model_->Lease(line->patient->id, {line->item->rule, line->item->code}, duration);
  ExpectSame(absl::StrCat("the lease of ", lease.reminder()),
             absl::StrCat("attempt ", lease.attempt(), " due ", Shown(plan::ToTime(lease.due_time())), " until ",
                          Shown(plan::ToTime(lease.expire_time())), " by ", lease.contact_point().address()),
             absl::StrCat("attempt ", line->item->attempts, " due ", Shown(line->item->due), " until ", Shown(until),
                          " by ", point.address()));
}

std::string Simulation::Lease(Random& random) {
  v1::LeaseRemindersRequest request;
  const bool everywhere = !model_->is_sandbox() && random.OneIn(3);
  request.set_parent(everywhere ? "clinics/-" : ClinicNameOf(clinic_));
  request.set_max_reminders(random.OneIn(2) ? 100 : 1 + random.Upto(2));
  request.mutable_lease_duration()->set_seconds(random.Of<int>({1, 60, 1800, 3600}));
  if (!everywhere && random.OneIn(4)) {
    *request.mutable_filter() = ChooseFilter(random);
    request.mutable_filter()->clear_states();
    request.mutable_filter()->clear_audience();
  }
  const absl::Duration duration = absl::Seconds(request.lease_duration().seconds());
  int ready = 0;
  for (const Line& line : LinesOf(request.filter())) ready += model_->MayLease(*line.patient, *line.item) ? 1 : 0;
  // A reminder that failed may still pause, counted from its failure. After a clock was set back, a reminder may wait
  // until a time of the old clock. The engine may or may not lease such a reminder.
  int doubtful = model_->now() < latest_ ? ready : 0;
  for (const Line& line : LinesOf(request.filter()))
    doubtful += model_->MayStillPause(*line.patient, *line.item) ? 1 : 0;
  const std::vector<v1::Lease> leases = world_.Lease(request);
  for (const v1::Lease& lease : leases) CheckLease(lease, duration, request.filter());
  leases_.insert(leases_.end(), leases.begin(), leases.end());
  const int most = std::min(ready, request.max_reminders()), count = static_cast<int>(leases.size());
  Expect(count <= most && count >= std::min(ready - doubtful, most),
         absl::StrCat("the engine gives ", count, " leases, the model ", most));
  for (const Line& line : LinesOf(request.filter())) {
    if (!model_->MayBePutBack(*line.patient, *line.item)) continue;
    const auto found = world_.Get(line.name);
    const bool is_put_back = found.ok() && found->state() == v1::REMINDER_STATE_DUE;
    if (is_put_back) model_->PutBack(line.patient->id, {line.item->rule, line.item->code});
  }
  const auto name = [](std::string* out, const v1::Lease& lease) { absl::StrAppend(out, lease.reminder()); };
  return absl::StrCat("LeaseReminders ", request.ShortDebugString(), " -> ", absl::StrJoin(leases, ", ", name));
}

std::string Simulation::ReportOne(const v1::Lease& lease, v1::DeliveryOutcome outcome) {
  const std::string engine = ErrorOf(world_.Report(lease.lease_id(), outcome).status());
  const auto name = ParseReminderName(lease.reminder());
  const std::string model = model_->Report(name->enrollment, {name->rule, name->code}, lease.attempt(), outcome);
  if (outcome == v1::DELIVERY_OUTCOME_SENT) sent_.insert(lease.reminder());
  return Told(absl::StrCat("ReportDeliveries ", v1::DeliveryOutcome_Name(outcome), " of attempt ", lease.attempt(),
                           " at ", lease.reminder()),
              engine, model);
}

// Mostly reports a recent lease, sometimes one that is long gone. What was sent may come back.
std::string Simulation::Report(Random& random) {
  if (leases_.empty()) return Lease(random);
  const int size = static_cast<int>(leases_.size());
  const v1::Lease& lease = leases_[size - 1 - random.Upto((random.OneIn(3) ? size : std::min(size, 4)) - 1)];
  auto outcome =
      random.Of<v1::DeliveryOutcome>({v1::DELIVERY_OUTCOME_SENT, v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE,
                                      v1::DELIVERY_OUTCOME_PERMANENT_FAILURE, v1::DELIVERY_OUTCOME_RELEASED});
  const auto name = ParseReminderName(lease.reminder());
  const Model::Item& item = model_->item(name->enrollment, {name->rule, name->code});
  if (random.OneIn(item.asks() || item.bounced() ? 3 : 20)) {
    outcome = random.OneIn(2) ? v1::DELIVERY_OUTCOME_BOUNCED : v1::DELIVERY_OUTCOME_DELIVERED;
  }
  return ReportOne(lease, outcome);
}

// Receipts may come days after the message was sent.
std::string Simulation::ReceiveLate(Random& random) {
  std::vector<std::string> told;
  for (const v1::Lease& lease : std::vector<v1::Lease>(leases_)) {
    const auto name = ParseReminderName(lease.reminder());
    const bool waits = model_->item(name->enrollment, {name->rule, name->code}).state == v1::REMINDER_STATE_SENT;
    if (waits && random.OneIn(2)) told.push_back(ReportOne(lease, v1::DELIVERY_OUTCOME_DELIVERED));
  }
  return told.empty() ? "no receipts" : absl::StrJoin(told, "; ");
}

// A gateway takes what there is and sends it.
std::string Simulation::SendAll(Random& random) {
  const size_t before = leases_.size();
  std::vector<std::string> told = {Lease(random)};
  for (size_t i = before; i < leases_.size() && difference_.empty(); ++i) {
    told.push_back(ReportOne(leases_[i], v1::DELIVERY_OUTCOME_SENT));
  }
  return absl::StrJoin(told, "; ");
}

std::string Simulation::Complete(Random& random) {
  const auto chosen = ChooseItem(random);
  if (!chosen) return "nothing to complete";
  const std::string engine = ErrorOf(world_.Complete(chosen->name));
  return Told(absl::StrCat("CompleteReminder ", chosen->name), engine,
              model_->Complete(chosen->enrollment, chosen->key));
}

std::string Simulation::End(Random& random) {
  const auto enrollment = ChooseEnrollment(random);
  if (!enrollment) return "nobody to end";
  const auto reason = static_cast<v1::EndReason>(1 + random.Upto(3));
  v1::EndEnrollmentRequest request;
  request.set_name(EnrollmentNameOf(clinic_, *enrollment));
  request.set_reason(reason);
  const auto response = world_.Call(&Engine::enrollments, &Enrollments::End, request);
  std::string engine = ErrorOf(response.status());
  if (response.ok()) {
    for (const std::string& other : response->also_ended()) absl::StrAppend(&engine, " ended ", IdOf(other));
    for (const std::string& other : response->also_corrected()) absl::StrAppend(&engine, " corrected ", IdOf(other));
  }
  return Told(absl::StrCat("EndEnrollment ", *enrollment, " ", v1::EndReason_Name(reason)), engine,
              model_->End(*enrollment, reason));
}

}  // namespace aftercare::engine
