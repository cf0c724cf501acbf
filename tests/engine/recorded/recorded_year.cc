#include "tests/engine/recorded/recorded_year.h"

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/support/temp_dir.h"

namespace aftercare::engine {
namespace {

constexpr char kClinic[] = "clinics/north";
constexpr char kPathway[] = "clinics/north/pathways/knee";

v1::Pathway ReadKneePathway() {
  return FromText<v1::Pathway>(ReadFile(AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto"));
}

std::string Enrollment(const std::string& id) { return absl::StrCat(kClinic, "/enrollments/", id); }

// One play of the year.
class Year {
 public:
  explicit Year(World& world) : world_(world) {}

  // Returns a lease that is held at the end.
  std::string Play() {
    Open();
    Script();
    for (absl::Time now = RecordedYearBegin(); now < RecordedYearEnd(); now += absl::Hours(4)) {
      while (!script_.empty() && script_.begin()->first <= now) {
        world_.MoveTo(script_.begin()->first);
        script_.begin()->second();
        script_.erase(script_.begin());
      }
      world_.MoveTo(now);
      Send(now);
    }
    world_.MoveTo(RecordedYearEnd());
    const std::vector<v1::Lease> held = world_.Lease("north");
    if (held.empty()) GiveUp("a message that is due when the record ends");
    return held[0].lease_id();
  }

 private:
  void Open() {
    world_.CreateClinic("north");
    v1::UpdateClinicRequest clinic;
    *clinic.mutable_clinic() =
        FromText<v1::Clinic>("name: 'clinics/north' time_zone: 'America/New_York' phone: '+1 555 0100'");
    Good(world_.Call(&Engine::clinics, &Clinics::Update, clinic));
    world_.CreatePathway("north", "knee", ReadKneePathway());
  }

  void Enrol(const std::string& id, const std::string& date, const std::string& more = "") {
    v1::Enrollment enrollment = FromText<v1::Enrollment>(absl::StrCat(
        "pathway: '", kPathway, "' consent: CONSENT_GRANTED procedure_date: '", date, "' patient: 'P-", id,
        "' first_name: '", id, "' contact_points { channel: CHANNEL_SMS address: '+1555020", next_number_++,
        "' } contact_points { channel: CHANNEL_EMAIL address: '", id, "@example.org' } ", more));
    world_.Enrol("north", id, enrollment);
  }

  void At(const std::string& time, std::function<void()> action) {
    script_.emplace(engine::At(time), std::move(action));
  }

  void Script() {
    At("2029-02-20T15:00", [this] { Enrol("ana", "2029-03-01"); });
    At("2029-02-20T15:01", [this] { Enrol("ben", "2029-03-01", "factors { key: 'severity' value: 'severe' }"); });
    At("2029-02-21T15:00", [this] { Enrol("cleo", "2029-03-05", "locale: 'es' time_zone: 'Europe/Madrid'"); });
    At("2029-02-21T15:01", [this] { Enrol("dora", "2029-03-05"); });
    At("2029-03-12T15:00", [this] { Enrol("finn", "2029-03-08"); });
    At("2029-06-01T15:00", [this] { Enrol("gus", "2029-06-04"); });
    At("2029-07-02T15:00", [this] { Enrol("hana", "2029-07-05"); });
    At("2030-01-03T15:00", [this] { Enrol("ivy", "2030-01-07"); });
    At("2030-01-28T15:00", [this] { Enrol("jo", "2030-02-19"); });
    ScriptChanges();
    ScriptVisits();
    ScriptReplies();
  }

  void ScriptChanges() {
    At("2029-03-10T16:00", [this] { EXPECT_TRUE(world_.Pause(Enrollment("ben")).ok()); });
    At("2029-03-20T16:00", [this] { EXPECT_TRUE(world_.Resume(Enrollment("ben")).ok()); });
    At("2029-03-07T18:00", [this] { world_.Update(Enrollment("dora"), "procedure_date: '2029-03-12'"); });
    At("2029-04-11T18:00", [this] { world_.Update(Enrollment("dora"), "time_zone: 'America/Los_Angeles'"); });
    At("2029-05-02T18:00", [this] { world_.Update(Enrollment("ana"), "factors { key: 'severity' value: 'severe' }"); });
    At("2029-07-20T12:30", [this] { EXPECT_TRUE(world_.End(Enrollment("gus"), v1::END_REASON_DECEASED).ok()); });
    At("2029-07-06T12:10", [this] { Adjust("hana"); });
    At("2029-06-10T12:10", [this] { Revise(); });
    At("2029-09-03T12:10", [this] { CompleteTasks(); });
  }

  // Moves, calls off and restores by hand what is planned next.
  void Adjust(const std::string& id) {
    std::vector<std::string> planned;
    const v1::GetTimelineResponse timeline = world_.Timeline(Enrollment(id));
    for (const v1::Reminder& reminder : timeline.reminders()) {
      if (reminder.state() == v1::REMINDER_STATE_SCHEDULED) planned.push_back(reminder.name());
    }
    ASSERT_GE(planned.size(), 10u);
    EXPECT_TRUE(world_.Move(planned[4], world_.clock().Now() + absl::Hours(6)).ok());
    for (const size_t i : {6, 7, 8}) EXPECT_TRUE(world_.Cancel(planned[i]).ok());
    EXPECT_TRUE(world_.Restore(planned[7]).ok());
  }

  // Gives the pathway a second revision, and moves all to it who are on the first.
  void Revise() {
    v1::UpdatePathwayRequest update;
    *update.mutable_pathway() = ReadKneePathway();
    update.mutable_pathway()->set_name(kPathway);
    for (v1::Rule& rule : *update.mutable_pathway()->mutable_rules()) {
      if (rule.id() == "therapy-weekly") rule.mutable_schedule()->set_times(0, "11:00");
    }
    Good(world_.Call(&Engine::pathways, &Pathways::Update, update));
    v1::MigrateEnrollmentsRequest migrate;
    migrate.set_pathway(kPathway);
    Good(world_.Call(&Engine::enrollments, &Enrollments::Migrate, migrate));
  }

  void CompleteTasks() {
    for (const v1::Reminder& task : world_.ListAll(
             "north", FromText<v1::ReminderFilter>("states: REMINDER_STATE_DUE audience: AUDIENCE_CARE_TEAM"), 100)) {
      EXPECT_TRUE(world_.Complete(task.name()).ok());
    }
  }

  void ScriptVisits() {
    At("2029-08-15T15:00", [this] { Schedule("ana/visits/month-6", "2029-08-30T14:30"); });
    At("2029-08-29T20:30", [this] { Schedule("ana/visits/month-6", "2029-09-05T09:00"); });
    At("2029-09-05T21:00", [this] { Outcome("ana/visits/month-6", v1::VISIT_STATE_MISSED); });
    At("2029-09-06T15:00", [this] { Schedule("ana/visits/month-6", "2029-09-12T15:30"); });
    At("2029-09-12T21:00", [this] { Outcome("ana/visits/month-6", v1::VISIT_STATE_ATTENDED); });
    At("2029-08-20T15:00", [this] { Schedule("cleo/visits/month-6", "2029-09-04T10:00"); });
    At("2029-09-04T15:00", [this] { Outcome("cleo/visits/month-6", v1::VISIT_STATE_ATTENDED); });
    At("2029-09-10T15:00", [this] { Schedule("dora/visits/month-6", "2029-09-18T10:00"); });
    At("2029-09-14T15:00", [this] { Outcome("dora/visits/month-6", v1::VISIT_STATE_CANCELLED); });
    At("2030-02-04T15:00", [this] { Schedule("ana/visits/month-12", "2030-02-27T14:30"); });
  }

  void Schedule(const std::string& visit, const std::string& local) {
    v1::ScheduleVisitRequest request;
    request.set_name(Enrollment(visit));
    request.set_start_local_time(local);
    request.set_allow_outside_window(true);
    Good(world_.Call(&Engine::visits, &Visits::Schedule, request));
  }

  void Outcome(const std::string& visit, v1::VisitState outcome) {
    v1::RecordVisitOutcomeRequest request;
    request.set_name(Enrollment(visit));
    request.set_outcome(outcome);
    Good(world_.Call(&Engine::visits, &Visits::RecordOutcome, request));
  }

  void ScriptReplies() {
    At("2029-03-02T20:00", [this] { Reply(0, "7/10"); });
    At("2029-03-25T20:00", [this] { Reply(0, "done"); });
    At("2029-04-02T20:00", [this] { Reply(1, "3"); });
    At("2029-04-03T20:00", [this] { Reply(1, "Is the swelling normal?"); });
    At("2029-04-10T20:00", [this] { Reply(4, "STOP"); });
    At("2029-05-10T20:00", [this] { Reply(4, "start"); });
    At("2029-09-20T20:00", [this] { Reply(6, "stop"); });
    At("2030-02-05T20:00", [this] { Reply(7, "4"); });
  }

  void Reply(int number, const std::string& text) {
    v1::RecordReplyRequest request;
    request.set_parent(kClinic);
    request.set_channel(v1::CHANNEL_SMS);
    request.set_address(absl::StrCat("+1555020", number));
    request.set_text(text);
    Good(world_.Call(&Engine::replies, &Replies::Record, request));
  }

  // A gateway: sends what is due. Some of it fails, bounces, is reported after its lease has run out, or never.
  void Send(absl::Time now) {
    for (const auto& [lease_id, outcome] : std::exchange(late_, {})) world_.Report(lease_id, outcome);
    for (const v1::Lease& lease : world_.Lease("north")) {
      const int turn = turn_++;
      const bool fails = absl::StrContains(lease.reminder(), "/finn/") && now < engine::At("2029-04-01T00:00");
      if (fails) {
        world_.Report(lease.lease_id(),
                      turn % 3 == 0 ? v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE : v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
      } else if (turn % 17 == 0) {
        late_.emplace(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
      } else if (turn % 29 != 0) {
        world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
        if (turn % 2 == 0) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_DELIVERED);
        if (turn % 31 == 0) late_.emplace(lease.lease_id(), v1::DELIVERY_OUTCOME_BOUNCED);
      }
    }
  }

  World& world_;
  std::multimap<absl::Time, std::function<void()>> script_;
  std::map<std::string, v1::DeliveryOutcome> late_;  // reports to make when the leases have run out
  int next_number_ = 0;
  int turn_ = 0;
};

std::string Instant(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S", plan::ToTime(time), absl::UTCTimeZone());
}

std::string EventLine(const v1::Event& event) {
  std::string line = absl::StrCat("event ", Instant(event.event_time()), " ", v1::EventType_Name(event.type()), " ",
                                  event.enrollment(), " by '", event.actor(), "'");
  if (event.has_reminder()) {
    absl::StrAppend(&line, " ", IdOf(event.reminder().name()), " ",
                    StateAndReason(event.reminder().state(), event.reminder().reason()), " due ",
                    Instant(event.reminder().due_time()));
  }
  if (event.has_visit()) {
    absl::StrAppend(&line, " ", IdOf(event.visit().name()), " ", v1::VisitState_Name(event.visit().state()));
  }
  return line;
}

std::vector<v1::Enrollment> EnrollmentsOf(World& world) {
  v1::ListEnrollmentsRequest request;
  request.set_parent(kClinic);
  request.set_page_size(1000);
  const auto response = Good(world.Call(&Engine::enrollments, &Enrollments::List, request));
  return {response.enrollments().begin(), response.enrollments().end()};
}

void DescribeEnrollment(World& world, const v1::Enrollment& enrollment, std::vector<std::string>* lines) {
  lines->push_back(absl::StrCat("enrollment ", enrollment.name(), " ", v1::EnrollmentState_Name(enrollment.state()),
                                " ", v1::EndReason_Name(enrollment.end_reason()), " procedure ",
                                enrollment.procedure_date(), " in ", enrollment.time_zone(), " revision ",
                                enrollment.pathway_revision(), " contacts ", enrollment.contact_points_size(),
                                " opted out ", enrollment.opted_out_channels_size()));
  v1::ListVisitsRequest visits;
  visits.set_parent(enrollment.name());
  const auto response = Good(world.Call(&Engine::visits, &Visits::List, visits));
  for (const v1::Visit& visit : response.visits()) {
    lines->push_back(absl::StrCat("visit ", visit.name(), " ", v1::VisitState_Name(visit.state()), " at ",
                                  Instant(visit.start_time()), " appointment ", visit.appointment()));
  }
  const v1::GetTimelineResponse timeline = world.Timeline(enrollment.name());
  for (const v1::Reminder& reminder : timeline.reminders()) {
    if (reminder.state() == v1::REMINDER_STATE_SCHEDULED) continue;
    lines->push_back(absl::StrCat("reminder ", reminder.name(), " ", StateAndReason(reminder), " due ",
                                  Instant(reminder.due_time()), " attempts ", reminder.attempts()));
  }
}

}  // namespace

absl::Time RecordedYearBegin() { return At("2029-02-20T00:00"); }
absl::Time RecordedYearEnd() { return At("2030-02-20T13:00"); }

std::string PlayRecordedYear(World& world) { return Year(world).Play(); }

std::string DescribeClinic(World& world) {
  std::vector<std::string> lines;
  for (const v1::Enrollment& enrollment : EnrollmentsOf(world)) DescribeEnrollment(world, enrollment, &lines);
  v1::ListRepliesRequest replies;
  replies.set_parent(kClinic);
  const auto replied = Good(world.Call(&Engine::replies, &Replies::List, replies));
  for (const v1::Reply& reply : replied.replies()) {
    lines.push_back(
        absl::StrCat("reply '", reply.text(), "' of ", Instant(reply.receive_time()), " to ", reply.reminder()));
  }
  v1::ListDeadLettersRequest dead;
  dead.set_parent(kClinic);
  dead.set_page_size(1000);
  const auto failed = Good(world.Call(&Engine::deliveries, &Deliveries::ListDeadLetters, dead));
  for (const v1::DeadLetter& letter : failed.dead_letters()) {
    lines.push_back(absl::StrCat("dead letter ", letter.reminder().name(), " ", letter.error_code()));
  }
  for (const v1::Event& event : world.Events("north")) lines.push_back(EventLine(event));
  std::string text;
  for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
  return text;
}

std::set<std::string> ToldReminders(World& world) {
  std::set<std::string> told;
  for (const v1::Reminder& reminder :
       world.ListAll("north",
                     FromText<v1::ReminderFilter>("states: [ REMINDER_STATE_SENT, REMINDER_STATE_DELIVERED, "
                                                  "REMINDER_STATE_COMPLETED ]"),
                     1000)) {
    told.insert(reminder.name());
  }
  return told;
}

}  // namespace aftercare::engine
