// A wish to stop belongs to the address it came from.
#include "scheduler/engine/replies/addresses.h"

#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class AddressesTest : public Replying {
 protected:
  AddressesTest() { world_.Enrol("box", "e", Patient()); }

  void UpdateClinic(const std::string& fields) {
    v1::UpdateClinicRequest request;
    *request.mutable_clinic() = FromText<v1::Clinic>(fields);
    request.mutable_clinic()->set_name("clinics/box");
    Good(world_.Call(&Engine::clinics, &Clinics::Update, request));
  }
  v1::Enrollment Get(const std::string& enrollment) {
    v1::GetEnrollmentRequest request;
    request.set_name("clinics/box/enrollments/" + enrollment);
    return Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment();
  }
  void EnrolAt(const std::string& id, const std::string& address) {
    v1::Enrollment patient = Patient("p-" + id);
    patient.mutable_contact_points()->DeleteSubrange(1, 1);
    patient.mutable_contact_points(0)->set_address(address);
    world_.Enrol("box", id, patient);
  }
};

TEST_F(AddressesTest, WhoIsEnrolledLaterWithAStoppedNumberIsNotWrittenTo) {
  Reply("stop");
  EnrolAt("f", "+15550100");
  EXPECT_EQ(Points("f"), "STOPPED");
  EXPECT_THAT(SendUntil("2029-03-02T09:00"), ElementsAre("ask.2029-03-02 by email")) << "of e";
  EXPECT_EQ(Of("ask.2029-03-02", "f"), "SUPPRESSED/OPTED_OUT");
  EXPECT_EQ(Reply("start"), "START in e");
  EXPECT_EQ(Points("f"), "-");
  world_.ExpectListsAgree("box");
}

TEST_F(AddressesTest, AStopOfAnUnknownNumberHoldsForWhoeverIsEnrolledWithIt) {
  EXPECT_EQ(Reply("stop", "address: '15559999'"), "STOP, to ASSIGN");
  EnrolAt("f", "+1 555 9999");
  EXPECT_EQ(Points("f"), "STOPPED");
}

TEST_F(AddressesTest, AnotherNumberOfThePatientIsNotStopped) {
  world_.Update("clinics/box/enrollments/e", R"pb(
    contact_points { channel: CHANNEL_SMS address: "+15550100" }
    contact_points { channel: CHANNEL_SMS address: "+15550111" }
  )pb");
  Until("2029-03-02T09:00");
  Reply("stop");
  EXPECT_EQ(Points("e"), "STOPPED -");
  EXPECT_THAT(world_.Lease("box").at(0).contact_point().address(), "+15550111");
}

TEST_F(AddressesTest, AChangedContactPointIsComparedWithWhatIsStopped) {
  Reply("stop", "address: '+15550111'");
  world_.Update("clinics/box/enrollments/e", "contact_points { channel: CHANNEL_SMS address: '+15550111' }");
  EXPECT_EQ(Points("e"), "STOPPED");
  Until("2029-03-02T09:00");
  EXPECT_EQ(Of("ask.2029-03-02"), "SUPPRESSED/OPTED_OUT");
  world_.Update("clinics/box/enrollments/e", "contact_points { channel: CHANNEL_SMS address: '+15550112' }");
  EXPECT_EQ(Points("e"), "-");
}

TEST_F(AddressesTest, ARecordedConsentEndsTheStopAndARefusalIsAnotherThing) {
  Reply("stop");
  EXPECT_EQ(Consent("SMS", "GRANTED"), "");
  EXPECT_EQ(Points("e"), "- -");
  EXPECT_EQ(Consent("SMS", "REFUSED"), "1");
  EXPECT_EQ(Points("e"), "- -");
  Reply("start");
  EXPECT_EQ(OptedOut("e"), "");
}

TEST_F(AddressesTest, AStopEndsTheLeaseOfWhatIsOnItsWay) {
  Until("2029-03-02T09:00");
  const auto leases = world_.Lease("box");
  Reply("stop");
  EXPECT_EQ(Of("ask.2029-03-02"), "DUE");
  EXPECT_EQ(world_.Report(leases.at(0).lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE).status().code(),
            static_cast<int>(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by email"));
}

TEST_F(AddressesTest, NumbersAreReadInTheClinicsRegion) {
  UpdateClinic("region: 'US'");
  EnrolAt("f", "(212) 555-0177");
  EXPECT_EQ(Get("f").contact_points(0).address(), "+12125550177");
  for (const char* form : {"+12125550177", "12125550177", "2125550177", "0012125550177", "1 212 555 0177"}) {
    EXPECT_EQ(Reply("hello", absl::StrCat("address: '", form, "'")), "OTHER in f") << form;
  }
  EXPECT_EQ(Reply("stop", "address: '2125550177'"), "STOP in f");
  EXPECT_EQ(Points("f"), "STOPPED");
}

TEST_F(AddressesTest, AStopFromANumberThatCouldNotBeReadHoldsWhenTheClinicHasARegion) {
  EXPECT_EQ(Reply("stop", "address: '0170 1234567'"), "STOP, to ASSIGN");
  UpdateClinic("phone: '+49 30 123456'");
  EnrolAt("f", "+491701234567");
  EXPECT_EQ(Points("f"), "STOPPED");
  EnrolAt("g", "0170/1234567");
  EXPECT_EQ(Get("g").contact_points(0).address(), "+491701234567");
  EXPECT_EQ(Points("g"), "STOPPED");
  EXPECT_EQ(Reply("start", "address: '01701234567'"), "START in f");
  EXPECT_EQ(Points("f") + Points("g"), "--");
}

TEST_F(AddressesTest, NeitherTheAddressNorAnythingToGuessItByIsInTheEventsOrTheStoredRow) {
  Reply("stop");
  for (const v1::Event& event : world_.Events("box")) EXPECT_THAT(event.DebugString(), Not(HasSubstr("5550100")));
}

TEST_F(AddressesTest, AStopIsConfirmedOnceADay) {
  EXPECT_EQ(AutoReply("stop"),
            "Sandbox: you will get no more messages here. To get them again, reply START.");
  EXPECT_EQ(AutoReply("stop"), "");
  EXPECT_EQ(AutoReply("start"), "Sandbox: you will get messages again. To stop them, reply STOP.");
  EXPECT_EQ(AutoReply("stop please"), "");
  Until("2029-03-02T08:00");
  EXPECT_THAT(AutoReply("stop"), HasSubstr("no more messages"));
}

TEST_F(AddressesTest, AHelpWordIsAnsweredOnceADayInThePatientsLanguage) {
  UpdateClinic("phone: '+1 212 555 0100'");
  world_.Update("clinics/box/enrollments/e", "locale: 'es-MX'");
  EXPECT_EQ(AutoReply("AYUDA"),
            "Recordatorios de Sandbox. Las respuestas no se leen enseguida. Preguntas: llame al +1 212 555 0100. Para "
            "dejar de recibirlos, responda STOP.");
  EXPECT_EQ(AutoReply("help"), "");
  EXPECT_EQ(Points("e"), "- -");
  EXPECT_THAT(AutoReply("help", "address: '+15559999'"), HasSubstr("not read at once")) << "anybody may ask";
}

TEST_F(AddressesTest, ARepeatedRequestIsNotAnsweredToTheSenderAgain) {
  EXPECT_THAT(AutoReply("stop", "request_id: 'm-1'"), HasSubstr("no more messages"));
  EXPECT_EQ(AutoReply("stop", "request_id: 'm-1'"), "");
  Until("2029-03-02T09:00");
  EXPECT_EQ(AutoReply("stop", "request_id: 'm-1'"), "");
}

TEST_F(AddressesTest, EventsTellTheConsentOfEveryPatientOnce) {
  EnrolAt("f", "+15550100");
  const size_t events = world_.Events("box").size();
  Reply("stop");
  EXPECT_THAT(EventsSince(events), ElementsAre("REPLY_RECEIVED", "ENROLLMENT_UPDATED", "ENROLLMENT_UPDATED",
                                               "CONSENT_CHANGED", "CONSENT_CHANGED"));
  const size_t again = world_.Events("box").size();
  Reply("stop");
  EXPECT_THAT(EventsSince(again), ElementsAre("REPLY_RECEIVED"));
}

// Two clinics that write from one number.
class SharedNumberTest : public AddressesTest {
 protected:
  SharedNumberTest() {
    world_.CreateSandbox("south", At("2029-03-01T08:00"));
    v1::CreatePathwayRequest request;
    request.set_parent("clinics/south");
    request.set_pathway_id("asks");
    *request.mutable_pathway() = AsksPathway();
    Good(world_.Call(&Engine::pathways, &Pathways::Create, request));
    v1::Enrollment patient = KneePatient("south", "p-9");
    patient.set_pathway("clinics/south/pathways/asks");
    world_.Enrol("south", "s", patient);
  }
  std::string PointsOfSouth() {
    v1::GetEnrollmentRequest request;
    request.set_name("clinics/south/enrollments/s");
    return v1::ContactPointState_Name(
               Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment().contact_points(0).state())
        .substr(20);
  }
  int RepliesOfSouth() { return Good(TryList("parent: 'clinics/south'")).replies_size(); }
  static constexpr char kBoth[] = "other_clinics: 'clinics/south'";
};

TEST_F(SharedNumberTest, AStopHoldsInEveryClinicOfTheNumber) {
  EXPECT_EQ(Reply("stop", kBoth), "STOP in e");
  EXPECT_EQ(Points("e"), "STOPPED -");
  EXPECT_EQ(PointsOfSouth(), "STOPPED");
  EXPECT_EQ(RepliesOfSouth(), 1);
  EXPECT_EQ(Reply("start", kBoth), "START in e");
  EXPECT_EQ(PointsOfSouth(), "UNSPECIFIED");
}

TEST_F(SharedNumberTest, AReplyGoesToTheClinicThatWroteLast) {
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("hello", kBoth), "OTHER in e");
  EXPECT_EQ(RepliesOfSouth(), 0);
  world_.Advance("south", At("2029-03-02T12:00"));
  for (const v1::Lease& lease : world_.Lease("south")) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(Reply("hello", kBoth), "OTHER in s");
  EXPECT_EQ(RepliesOfSouth(), 1);
}

TEST_F(SharedNumberTest, AReplyGoesToTheClinicThatKnowsTheSenderAndElseToTheFirst) {
  v1::Enrollment patient = KneePatient("south", "p-8");
  patient.set_pathway("clinics/south/pathways/asks");
  patient.mutable_contact_points(0)->set_address("+15550122");
  world_.Enrol("south", "t", patient);
  EXPECT_EQ(Reply("hello", absl::StrCat(kBoth, " address: '+15550122'")), "OTHER in t");
  EXPECT_EQ(Reply("hello", absl::StrCat(kBoth, " address: '+15559999'")), "OTHER, to ASSIGN");
  EXPECT_THAT(Newest(), HasSubstr("clinics/box/replies/"));
}

TEST_F(SharedNumberTest, AClinicThatTheCallerMayNotActForIsPassedOver) {
  const Caller gateway{.principal = "g", .role = Role::kGateway, .clinics = {"box"}};
  Good(TryReply(ReplyRequest("stop", kBoth), gateway));
  EXPECT_EQ(Points("e"), "STOPPED -");
  EXPECT_EQ(PointsOfSouth(), "UNSPECIFIED");
}

TEST_F(SharedNumberTest, ADoubtfulWishIsHeldAndDecidedInEachClinic) {
  EXPECT_EQ(Reply("too many messages", kBoth), "DOUBTFUL in e, to DECIDE");
  EXPECT_EQ(PointsOfSouth(), "HELD");
  EXPECT_EQ(Decide(Newest(), v1::REPLY_DECISION_CONTINUE), "DOUBTFUL in e");
  EXPECT_EQ(Points("e") + " " + PointsOfSouth(), "- - HELD");
}

TEST_F(SharedNumberTest, BadOtherClinicsAreNamed) {
  EXPECT_THAT(BadFields(TryReply(ReplyRequest("a", "other_clinics: 'south' other_clinics: 'clinics/south'")).status()),
              ElementsAre("other_clinics[0]"));
  EXPECT_EQ(Reply("a", "other_clinics: 'clinics/none'"), "NOT_FOUND/CLINIC_NOT_FOUND");
  EXPECT_THAT(Good(TryList("parent: 'clinics/box'")).replies(), IsEmpty());
}

}  // namespace
}  // namespace aftercare::engine
