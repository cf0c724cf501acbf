// Care teams are told of tasks through gateways: when a task comes due, and at the escalation steps that name a team.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/engine/clinic_fixture.h"
#include "tests/engine/lifecycle/escalating.h"
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr v1::DeliveryOutcome kSent = v1::DELIVERY_OUTCOME_SENT;
constexpr v1::DeliveryOutcome kTemporary = v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE;
constexpr v1::DeliveryOutcome kPermanent = v1::DELIVERY_OUTCOME_PERMANENT_FAILURE;
constexpr v1::DeliveryOutcome kReleased = v1::DELIVERY_OUTCOME_RELEASED;
constexpr v1::DeliveryOutcome kBounced = v1::DELIVERY_OUTCOME_BOUNCED;
constexpr char kCall[] = "call.2029-03-02";
constexpr char kTeams[] = R"pb(
  care_teams {
    id: "nurses"
    contact_points { channel: CHANNEL_SMS address: "+15550171" }
    contact_points { channel: CHANNEL_EMAIL address: "nurses@example.org" }
  }
  care_teams { id: "on-call" contact_points { channel: CHANNEL_SMS address: "+15550177" } }
)pb";

// As EscalatingPathway; of `call` the nurses are told, and of its first step those on call. The second step names
// nobody.
v1::Pathway TellingPathway() {
  v1::Pathway pathway = EscalatingPathway();
  pathway.mutable_rules(0)->set_notify_team("nurses");
  pathway.mutable_rules(0)->mutable_escalation(0)->set_notify_team("on-call");
  return pathway;
}

absl::StatusOr<v1::UpdateClinicResponse> TryUpdateClinic(World& world, const std::string& clinic,
                                                         const std::string& fields, const std::string& mask = "") {
  v1::UpdateClinicRequest request;
  *request.mutable_clinic() = FromText<v1::Clinic>(fields);
  request.mutable_clinic()->set_name(absl::StrCat("clinics/", clinic));
  if (!mask.empty()) request.mutable_update_mask()->add_paths(mask);
  return world.Call(&Engine::clinics, &Clinics::Update, request);
}

class TeamNoticesTest : public SandboxFixture {
 protected:
  TeamNoticesTest() : SandboxFixture({.pathway_id = "days", .pathway = TellingPathway()}) {
    Good(TryUpdateClinic(world_, "box", kTeams));
    world_.Enrol("box", "e", DaysPatient("box"));
  }

  // Leases what is due for care teams; each as `call.2029-03-02 to nurses@example.org: Call Ana.`
  std::vector<std::string> Leased() {
    leases_ = world_.Lease(FromText<v1::LeaseRemindersRequest>(
        "parent: 'clinics/box' filter { audience: AUDIENCE_CARE_TEAM } lease_duration { seconds: 60 }"));
    std::vector<std::string> leased;
    for (const v1::Lease& lease : leases_) {
      EXPECT_EQ(lease.audience(), v1::AUDIENCE_CARE_TEAM);
      leased.push_back(
          absl::StrCat(IdOf(lease.reminder()), " to ", lease.contact_point().address(), ": ", lease.text()));
    }
    return leased;
  }

  // Reports on the last lease. Returns the answer and where the task stands: `OK DUE/TEAM_NOT_REACHED`.
  std::string Report(v1::DeliveryOutcome outcome) { return Report(leases_.at(0), outcome); }
  std::string Report(const v1::Lease& lease, v1::DeliveryOutcome outcome) {
    const v1::DeliveryResult result = world_.Report(lease.lease_id(), outcome);
    return absl::StrCat(ErrorOf(result.status()), " ", StateOf(IdOf(lease.reminder())));
  }

  v1::Reminder Task() { return Good(world_.Get(Name(kCall))); }

  // Returns when the team was told, `nurses 10:00`, or `nurses not told`.
  std::string Told() {
    const v1::Reminder task = Task();
    const std::string time = absl::FormatTime("%H:%M", plan::ToTime(task.notify_time()), absl::UTCTimeZone());
    return absl::StrCat(task.team(), " ", task.has_notify_time() ? time : "not told");
  }

  std::vector<v1::Lease> leases_;
};

TEST_F(TeamNoticesTest, ATeamIsToldOnceWhenTheTaskComesDueAndTheTaskStaysToBeDone) {
  Until("2029-03-02T09:59");
  EXPECT_THAT(Leased(), IsEmpty());
  Until("2029-03-02T10:00");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to +15550171: Call Ana."));
  EXPECT_EQ(StateOf(kCall), "LEASED");
  EXPECT_EQ(Told(), "nurses not told");
  EXPECT_EQ(Report(kSent), "OK DUE");
  EXPECT_EQ(Told(), "nurses 10:00");
  EXPECT_EQ(Task().channel(), v1::CHANNEL_UNSPECIFIED);
  EXPECT_EQ(Report(kSent), "OK DUE") << "said twice";
  for (const char* time : {"2029-03-02T10:01", "2029-03-02T11:59"}) {
    Until(time);
    EXPECT_THAT(Leased(), IsEmpty());
  }
  ASSERT_TRUE(world_.Complete(Name(kCall)).ok());
  world_.ExpectListsAgree("box");
}

TEST_F(TeamNoticesTest, EachStepThatNamesATeamIsAMessageOfItsOwn) {
  Until("2029-03-02T10:00");
  Leased();
  const std::string first_key = leases_.at(0).idempotency_key();
  Report(kSent);
  Until("2029-03-02T12:00");
  EXPECT_EQ(Told(), "on-call not told");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to +15550177: Call Ana."));
  EXPECT_NE(leases_.at(0).idempotency_key(), first_key);
  EXPECT_EQ(leases_.at(0).category(), "on-call");
  EXPECT_EQ(Report(kSent), "OK DUE");
  EXPECT_EQ(Told(), "on-call 12:00");
  Until("2029-03-02T13:00");
  EXPECT_EQ(Told(), "on-call 12:00") << "this step names nobody";
  EXPECT_THAT(Leased(), IsEmpty());
}

TEST_F(TeamNoticesTest, AStepEndsTheLeaseOfTheStepBeforeAndAReportOfThatTellsNobody) {
  Until("2029-03-02T11:59:30");
  Leased();
  const v1::Lease of_nurses = leases_.at(0);
  EXPECT_EQ(plan::ToTime(of_nurses.expire_time()), At("2029-03-02T12:00")) << "no lease lasts beyond the step";
  Until("2029-03-02T12:00");
  EXPECT_EQ(Report(of_nurses, kSent), "OK DUE");
  EXPECT_EQ(Told(), "on-call not told");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to +15550177: Call Ana."));
}

TEST_F(TeamNoticesTest, WhatIsAcknowledgedOrDoneIsToldToNobody) {
  Until("2029-03-02T10:00");
  Leased();
  Good(Acknowledge(world_, Name(kCall)));
  EXPECT_EQ(StateOf(kCall), "DUE");
  EXPECT_EQ(Report(kTemporary), "FAILED_PRECONDITION/LEASE_LOST DUE");
  EXPECT_THAT(Leased(), IsEmpty());
  Until("2029-03-09T00:00");
  EXPECT_THAT(Leased(), IsEmpty());
  ASSERT_TRUE(world_.Complete(Name(kCall)).ok());
  EXPECT_EQ(StateOf(kCall), "COMPLETED");
}

TEST_F(TeamNoticesTest, ATaskThatIsDoneWhileAGatewayHasItStaysDoneWhateverIsReported) {
  Until("2029-03-02T10:00");
  Leased();
  ASSERT_TRUE(world_.Complete(Name(kCall)).ok());
  EXPECT_EQ(Report(kReleased), "FAILED_PRECONDITION/LEASE_LOST COMPLETED");
  EXPECT_EQ(Report(kSent), "OK COMPLETED");
  EXPECT_THAT(Leased(), IsEmpty());
}

TEST_F(TeamNoticesTest, AContactPointThatRefusesIsFollowedByTheNextAndThenTheTaskSaysThatNobodyWasReached) {
  Until("2029-03-02T10:00");
  Leased();
  EXPECT_EQ(Report(kPermanent), "OK DUE");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to nurses@example.org: Call Ana."));
  EXPECT_EQ(Report(kPermanent), "OK DUE/TEAM_NOT_REACHED");
  EXPECT_THAT(Leased(), IsEmpty());
  Until("2029-03-02T12:00");
  EXPECT_EQ(StateOf(kCall), "DUE") << "the next step reaches another team";
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to +15550177: Call Ana."));
}

TEST_F(TeamNoticesTest, AFailureThatMayPassIsTriedAgainAndThenTheNextContactPoint) {
  Until("2029-03-02T10:00");
  EXPECT_THAT(Leased(), SizeIs(1));
  EXPECT_EQ(Report(kTemporary), "OK DUE");
  EXPECT_THAT(Leased(), IsEmpty()) << "after a pause";
  Until("2029-03-02T10:01");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to +15550171: Call Ana."));
  EXPECT_EQ(Report(kReleased), "OK DUE");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to +15550171: Call Ana."));
}

TEST_F(TeamNoticesTest, AMessageThatComesBackGoesToTheNextContactPoint) {
  Until("2029-03-02T10:00");
  Leased();
  EXPECT_EQ(Report(kBounced), "OK LEASED") << "nothing was sent yet, as far as is known";
  EXPECT_EQ(Report(kSent), "OK DUE");
  EXPECT_EQ(Report(kBounced), "OK DUE");
  EXPECT_EQ(Told(), "nurses not told");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to nurses@example.org: Call Ana."));
  EXPECT_EQ(Report(kSent), "OK DUE");
  EXPECT_EQ(Report(kBounced), "OK DUE/TEAM_NOT_REACHED");
}

TEST_F(TeamNoticesTest, AMessageThatCameBackTellsNobodyHoweverOftenItIsSaidToBeSent) {
  Until("2029-03-02T10:00");
  Leased();
  const v1::Lease came_back = leases_.at(0);
  Report(kSent);
  Report(kBounced);
  EXPECT_EQ(Report(came_back, kSent), "OK DUE");
  EXPECT_EQ(Told(), "nurses not told");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to nurses@example.org: Call Ana."));
}

TEST_F(TeamNoticesTest, WhatAnotherGatewaySentCountsThoughTheLastMessageCameBack) {
  Until("2029-03-02T12:00");
  Leased();
  const v1::Lease earlier = leases_.at(0);
  Until("2029-03-02T12:02");
  Leased();
  Report(kSent);
  EXPECT_EQ(Report(kBounced), "OK DUE/TEAM_NOT_REACHED");
  EXPECT_EQ(Report(earlier, kSent), "OK DUE");
  EXPECT_EQ(Told(), "on-call 12:02");
  EXPECT_EQ(Report(earlier, kBounced), "OK DUE/TEAM_NOT_REACHED");
}

TEST_F(TeamNoticesTest, ALeaseThatRunsOutIsGivenAgainUntilTheTeamIsTold) {
  Until("2029-03-02T10:00");
  Leased();
  Until("2029-03-02T10:02");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to +15550171: Call Ana."));
  EXPECT_EQ(leases_.at(0).attempt(), 2);
  EXPECT_EQ(Report(kSent), "OK DUE");
  EXPECT_THAT(Task().leased_messages(), SizeIs(2));
}

TEST_F(TeamNoticesTest, ATaskWithoutStepsIsToldAfterItsDeadlineToo) {
  v1::Pathway pathway = TellingPathway();
  pathway.mutable_rules(1)->set_notify_team("on-call");
  world_.CreatePathway("box", "late", pathway);
  v1::Enrollment patient = DaysPatient("box");
  patient.set_pathway("clinics/box/pathways/late");
  patient.set_patient("p-2");
  world_.Enrol("box", "f", patient);
  Until("2029-03-05T10:00");
  EXPECT_THAT(Leased(), testing::Contains("note.2029-03-02 to +15550177: Note."));
}

TEST_F(TeamNoticesTest, AClinicWithoutTheTeamTellsNobody) {
  Good(TryUpdateClinic(world_, "box", "", "care_teams"));
  Until("2029-03-02T10:00");
  EXPECT_THAT(Leased(), IsEmpty());
  EXPECT_EQ(StateOf(kCall), "DUE");
}

TEST_F(TeamNoticesTest, AChangeOfTheTeamsCountsForWhatIsNotToldYet) {
  Until("2029-03-02T10:00");
  Good(TryUpdateClinic(world_, "box",
                       "care_teams { id: 'nurses'"
                       " contact_points { channel: CHANNEL_EMAIL address: 'n@example.org' } }"));
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to n@example.org: Call Ana."));
}

TEST_F(TeamNoticesTest, APausedPatientsTasksAreToldAndAnEndedPatientsAreNot) {
  Until("2029-03-02T10:00");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  EXPECT_THAT(Leased(), SizeIs(1));
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Report(kTemporary), "FAILED_PRECONDITION/LEASE_LOST CANCELLED/ENROLLMENT_ENDED");
  EXPECT_THAT(Leased(), IsEmpty());
}

TEST_F(TeamNoticesTest, ATaskMayBeMovedWhileAGatewayHasItAndIsToldAtItsNewTime) {
  Until("2029-03-02T10:00");
  Leased();
  ASSERT_TRUE(world_.Move(Name(kCall), At("2029-03-03T10:00")).ok());
  EXPECT_EQ(Report(kTemporary), "FAILED_PRECONDITION/LEASE_LOST SCHEDULED");
  EXPECT_THAT(Leased(), IsEmpty());
  Until("2029-03-03T10:00");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to +15550171: Call Ana."));
}

TEST_F(TeamNoticesTest, WhatTheTeamWasToldIsNoMessageOfThePatientsCap) {
  Good(TryUpdateClinic(world_, "box", "message_cap { per_day: 1 }"));
  v1::Pathway pathway = TellingPathway();
  pathway.mutable_rules(2)->mutable_schedule()->set_times(0, "11:00");
  world_.CreatePathway("box", "later", pathway);
  v1::Enrollment patient = DaysPatient("box");
  patient.set_pathway("clinics/box/pathways/later");
  patient.set_patient("p-2");
  world_.Enrol("box", "f", patient);
  Until("2029-03-02T11:00");
  EXPECT_EQ(StateOf("msg.2029-03-02", "f"), "DUE") << "the task of 10:00 waits for a gateway and does not count";
}

TEST_F(TeamNoticesTest, EveryBadFieldOfATeamIsNamed) {
  const absl::Status status = TryUpdateClinic(world_, "box", R"pb(
    care_teams { id: "On Call" contact_points { channel: CHANNEL_SMS address: "12" } }
    care_teams { id: "nurses" display_name: "a\nb" contact_points { address: "x" } }
    care_teams { id: "nurses" }
  )pb").status();
  EXPECT_EQ(ErrorOf(status), "INVALID_ARGUMENT/INVALID_FIELDS");
  EXPECT_THAT(BadFields(status),
              ElementsAre("clinic.care_teams[0].id", "clinic.care_teams[0].contact_points[0].address",
                          "clinic.care_teams[1].display_name", "clinic.care_teams[1].contact_points[0].channel",
                          "clinic.care_teams[2].contact_points", "clinic.care_teams[2].id"));
}

TEST_F(TeamNoticesTest, NumbersOfATeamAreStoredAsThePatientsAre) {
  const auto clinic = Good(TryUpdateClinic(world_, "box", R"pb(
    region: "US"
    care_teams { id: "nurses" contact_points { channel: CHANNEL_SMS address: "(212) 555-0100" } }
  )pb")).clinic();
  EXPECT_EQ(clinic.care_teams(0).contact_points(0).address(), "+12125550100");
}

// A patient whose words set off a task of which a team is told.
class QuoteTest : public SandboxFixture {
 protected:
  static v1::Pathway Pathway() {
    v1::Pathway pathway = EscalatingPathway();
    *pathway.add_word_lists() = FromText<v1::WordList>("id: 'danger' words { locale: 'en' words: 'fever' }");
    *pathway.add_rules() = FromText<v1::Rule>(R"pb(
      id: "alarm" phase: "acute" category: "danger" audience: AUDIENCE_CARE_TEAM urgency: URGENCY_EMERGENCY
      reaction { word_list: "danger" } schedule { window { hours: 1 } } notify_team: "nurses"
      texts { key: "en" value: "{first_name} wrote a sign of danger." })pb");
    return pathway;
  }
  QuoteTest() : SandboxFixture({.pathway_id = "days", .pathway = Pathway()}) {
    Good(TryUpdateClinic(world_, "box", kTeams));
    world_.Enrol("box", "e", DaysPatient("box"));
    Until("2029-03-02T09:00");
  }

  // Returns what the nurses are told after the patient wrote that.
  std::string ToldAfter(const std::string& text) {
    v1::RecordReplyRequest reply;
    reply.set_parent("clinics/box");
    reply.set_channel(v1::CHANNEL_SMS);
    reply.set_address(DaysPatient("box").contact_points(0).address());
    reply.set_text(text);
    Good(world_.Call(&Engine::replies, &Replies::Record, reply));
    const auto leases = world_.Lease(
        FromText<v1::LeaseRemindersRequest>("parent: 'clinics/box' filter { audience: AUDIENCE_CARE_TEAM }"));
    EXPECT_THAT(leases, SizeIs(1));
    return leases.empty() ? "" : leases[0].text();
  }
};

TEST_F(QuoteTest, WhatThePatientWroteStaysInTheServiceUnlessTheClinicWantsItQuoted) {
  EXPECT_EQ(ToldAfter("I have a fever {first_name}"), "Ana wrote a sign of danger.");
}

TEST_F(QuoteTest, AClinicMayQuoteThePatient) {
  Good(TryUpdateClinic(world_, "box", "quote_patients: true"));
  EXPECT_EQ(ToldAfter("I have a fever {first_name}"), "Ana wrote a sign of danger.\n\"I have a fever {first_name}\"");
}

// Somebody of the team has sent a stop word: nobody is written to against a wish, staff neither.
TEST_F(TeamNoticesTest, AnAddressThatSentAStopWordIsPassedOver) {
  v1::RecordReplyRequest reply;
  reply.set_parent("clinics/box");
  reply.set_channel(v1::CHANNEL_SMS);
  reply.set_address("+15550171");
  reply.set_text("STOP");
  Good(world_.Call(&Engine::replies, &Replies::Record, reply));
  Until("2029-03-02T10:00");
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to nurses@example.org: Call Ana."));
  reply.set_address("+15550177");
  Good(world_.Call(&Engine::replies, &Replies::Record, reply));
  Until("2029-03-02T12:00");
  EXPECT_EQ(StateOf(kCall), "DUE/TEAM_NOT_REACHED");
}

TEST_F(TeamNoticesTest, AStopWordFromAnAddressCountsForWhatWaitsToGoThereToo) {
  Until("2029-03-02T10:00");
  v1::RecordReplyRequest reply;
  reply.set_parent("clinics/box");
  reply.set_channel(v1::CHANNEL_SMS);
  reply.set_address("+15550171");
  reply.set_text("STOP");
  Good(world_.Call(&Engine::replies, &Replies::Record, reply));
  EXPECT_THAT(Leased(), ElementsAre("call.2029-03-02 to nurses@example.org: Call Ana."));
}

class RealTimeTeamNoticesTest : public RealTimeFixture {
 protected:
  RealTimeTeamNoticesTest() : RealTimeFixture({.pathway_id = "days", .pathway = TellingPathway()}) {
    Good(TryUpdateClinic(world_, "north", kTeams));
    world_.Enrol("north", "e", DaysPatient("north"));
  }
};

TEST_F(RealTimeTeamNoticesTest, AGatewayThatWaitsGetsTheStepAtOnceAlsoAfterARestart) {
  world_.MoveTo(At("2029-03-02T10:00"));
  for (const v1::Lease& lease : world_.Lease("north")) {
    if (lease.audience() == v1::AUDIENCE_CARE_TEAM) world_.Report(lease.lease_id(), kSent);
  }
  world_.Stop();
  world_.Start();
  LongPoll poll(world_, FromText<v1::LeaseRemindersRequest>(
                            "parent: 'clinics/-' wait { seconds: 50 } filter { audience: AUDIENCE_CARE_TEAM }"));
  world_.Drain();
  world_.MoveTo(At("2029-03-02T12:00"));
  EXPECT_TRUE(poll.pending.Wait().ok());
  ASSERT_THAT(poll.response.leases(), SizeIs(1));
  EXPECT_EQ(poll.response.leases(0).contact_point().address(), "+15550177");
}

}  // namespace
}  // namespace aftercare::engine
