// Consent to health information: which version of a text a patient gets, and what a withdrawal calls back.
#include "scheduler/engine/replies/consent.h"
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HealthConsentTest : public Replying {
 protected:
  // Only `ask` has a version without health information.
  static v1::Pathway DiscreetPathway() {
    v1::Pathway pathway = AsksPathway();
    v1::Rule& ask = *pathway.mutable_rules(0);
    (*ask.mutable_texts())["en"] = "{first_name}, how bad is your knee?";
    (*ask.mutable_texts())["fr"] = "Votre genou va-t-il mieux ?";
    (*ask.mutable_discreet_texts())["en"] = "Hello {first_name}, {clinic_name} has a question: 0 to 10?";
    (*ask.mutable_discreet_texts())["es"] = "Hola {first_name}: 0 a 10?";
    return pathway;
  }
  HealthConsentTest() : Replying(DiscreetPathway()) {}

  std::string TextOf(const std::string& id) { return Good(world_.Get(Name(id))).text(); }
  std::string Health(const std::string& consent) { return DecideAbout("health_information: true", consent); }

  const std::string full_ = "Ana, how bad is your knee?";
  const std::string discreet_ = "Hello Ana, Sandbox has a question: 0 to 10?";
};

TEST_F(HealthConsentTest, WhoHasNotAgreedGetsTheVersionWithoutHealthInformationWhereThereIsOne) {
  world_.Enrol("box", "e", Patient());
  EXPECT_EQ(TextOf("ask.2029-03-02"), discreet_);
  EXPECT_EQ(TextOf("tip.2029-03-02"), "Rest.");
  EXPECT_EQ(Health("GRANTED"), "OK");
  EXPECT_EQ(TextOf("ask.2029-03-02"), full_);
  EXPECT_EQ(world_.Timeline("clinics/box/enrollments/e").reminders(0).text(), full_);
  EXPECT_EQ(Health("REFUSED"), "OK");
  EXPECT_EQ(TextOf("ask.2029-03-02"), discreet_);
}

TEST_F(HealthConsentTest, TheLanguageFallsBackAmongTheVersionsWithoutHealthInformation) {
  v1::Enrollment patient = Patient();
  patient.set_locale("es-MX");
  world_.Enrol("box", "e", patient);
  EXPECT_EQ(TextOf("ask.2029-03-02"), "Hola Ana: 0 a 10?");
  world_.Update("clinics/box/enrollments/e", "locale: 'fr'");
  EXPECT_EQ(TextOf("ask.2029-03-02"), discreet_);
  Health("GRANTED");
  EXPECT_EQ(TextOf("ask.2029-03-02"), "Votre genou va-t-il mieux ?");
}

TEST_F(HealthConsentTest, ALeaseGivesTheVersionAndItIsShownWordForWordLater) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  const auto leases = world_.Lease("box");
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].text(), discreet_);
  world_.Report(leases[0].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  Health("GRANTED");
  world_.Update("clinics/box/enrollments/e", "first_name: 'Anna'");
  const v1::Reminder reminder = Good(world_.Get(Name("ask.2029-03-02")));
  EXPECT_EQ(reminder.text(), discreet_);
  ASSERT_EQ(reminder.leased_messages_size(), 1);
  EXPECT_EQ(reminder.leased_messages(0).text(), discreet_);
  EXPECT_TRUE(reminder.leased_messages(0).discreet());
  Until("2029-03-04T09:00");
  EXPECT_EQ(world_.Lease("box").back().text(), "Anna, how bad is your knee?");
}

TEST_F(HealthConsentTest, AWithdrawalCallsBackWhatWasLeasedWithHealthInformation) {
  world_.Enrol("box", "e", Patient());
  Health("GRANTED");
  Until("2029-03-02T12:00");
  const auto leases = world_.Lease("box");
  ASSERT_THAT(leases, SizeIs(2));
  EXPECT_EQ(leases[0].text(), full_);
  EXPECT_EQ(Health("REFUSED"), "OK");
  EXPECT_EQ(Of("ask.2029-03-02"), "CANCELLED/MOVED_BY_REANCHOR");
  EXPECT_EQ(Of("walk.2029-03-02"), "LEASED") << "it has no health information, or no other version";
  EXPECT_EQ(ErrorOf(world_.Report(leases[0].lease_id(), v1::DELIVERY_OUTCOME_RELEASED).status()),
            "FAILED_PRECONDITION/LEASE_LOST");
  const auto again = world_.Lease("box");
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].reminder(), Name("ask.2029-03-02~2"));
  EXPECT_EQ(again[0].text(), discreet_);
  world_.ExpectListsAgree("box");
}

TEST_F(HealthConsentTest, WhatFailedWithHealthInformationIsTriedAgainWithoutIt) {
  world_.Enrol("box", "e", Patient());
  Health("GRANTED");
  Until("2029-03-02T09:00");
  world_.Report(world_.Lease("box").at(0).lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE);
  Health("REFUSED");
  Until("2029-03-02T10:00");
  const auto leases = world_.Lease("box");
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].text(), discreet_);
}

TEST_F(HealthConsentTest, AgreeingLeavesAloneWhatAGatewayHas) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  const auto leases = world_.Lease("box");
  EXPECT_EQ(Health("GRANTED"), "OK");
  EXPECT_EQ(Of("ask.2029-03-02"), "LEASED");
  // Nor does a change of something else call it back.
  world_.Update("clinics/box/enrollments/e", "last_name: 'Diaz'");
  EXPECT_EQ(Of("ask.2029-03-02"), "LEASED");
  world_.Report(leases.at(0).lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE);
  Until("2029-03-02T10:00");
  EXPECT_EQ(world_.Lease("box").at(0).text(), full_) << "what is leased later has it";
}

TEST_F(HealthConsentTest, AFirstRefusalChangesNoText) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  world_.Lease("box");
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(Health("REFUSED"), "OK");
  EXPECT_EQ(Of("ask.2029-03-02"), "LEASED");
  EXPECT_THAT(EventsSince(events), ElementsAre("ENROLLMENT_UPDATED"));
}

TEST_F(HealthConsentTest, TheLogNamesHealthInformation) {
  world_.Enrol("box", "e", Patient());
  const size_t events = world_.Events("box").size();
  Health("GRANTED");
  ASSERT_THAT(EventsSince(events), ElementsAre("CONSENT_CHANGED", "ENROLLMENT_UPDATED"));
  EXPECT_TRUE(world_.Events("box").at(events).consent().health_information());
}

TEST_F(HealthConsentTest, APreviewShowsTheTextsWithHealthInformation) {
  const auto request = FromText<v1::PreviewPlanRequest>(R"pb(
    parent: "clinics/box" pathway_name: "clinics/box/pathways/asks"
    enrollment { first_name: "Ana" procedure_date: "2029-03-01" })pb");
  EXPECT_EQ(Good(world_.Call(&Engine::pathways, &Pathways::Preview, request)).reminders(0).text(), full_);
}

TEST_F(HealthConsentTest, AMessageNamesTheDecisionsItWasSentUnder) {
  v1::Enrollment patient = Patient();
  patient.mutable_consent_source()->set_wording("form 3");
  world_.Enrol("box", "e", patient);
  Consent("SMS", "GRANTED");
  DecideAbout("category: 'pain'", "GRANTED");
  DecideAbout("category: 'tip'", "REFUSED");
  Health("GRANTED");
  Until("2029-03-02T09:00");
  world_.Lease("box");
  Until("2029-03-02T09:30");
  DecideAbout("category: 'pain'", "REFUSED");
  const auto consents = Good(world_.Get(Name("ask.2029-03-02"))).leased_messages(0).consents();
  ASSERT_EQ(consents.size(), 4);
  EXPECT_EQ(consents[0].scope_case(), v1::ConsentDecision::SCOPE_NOT_SET);
  EXPECT_EQ(consents[0].source().wording(), "form 3");
  EXPECT_EQ(consents[1].channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(consents[2].category(), "pain");
  EXPECT_EQ(consents[2].consent(), v1::CONSENT_GRANTED) << "the refusal came later";
  EXPECT_TRUE(consents[3].health_information());
  const auto timeline = world_.Timeline("clinics/box/enrollments/e");
  EXPECT_EQ(timeline.reminders(0).leased_messages(0).consents_size(), 4);
}

TEST_F(HealthConsentTest, WhatIsDecidedAtTheInstantOfALeaseCountsForItOnlyIfItFits) {
  world_.Enrol("box", "e", Patient());
  world_.Enrol("box", "other", Patient("p-2"));
  Health("GRANTED");
  Until("2029-03-02T09:00");
  world_.Lease("box");
  Health("REFUSED");
  const auto consents = Good(world_.Get(Name("ask.2029-03-02"))).leased_messages(0).consents();
  ASSERT_EQ(consents.size(), 2);
  EXPECT_EQ(consents[1].consent(), v1::CONSENT_GRANTED);
  world_.Lease("box");
  const auto again = Good(world_.Get(Name("ask.2029-03-02~2"))).leased_messages(0);
  EXPECT_TRUE(again.discreet());
  ASSERT_EQ(again.consents_size(), 2);
  EXPECT_EQ(again.consents(1).consent(), v1::CONSENT_REFUSED);
}

TEST_F(HealthConsentTest, AnEndedEnrollmentOnlyShowsWhatWasDecided) {
  world_.Enrol("box", "e", Patient());
  Health("GRANTED");
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Health("REFUSED"), "OK");
  EXPECT_EQ(Enrollment("e").consent_decisions(0).consent(), v1::CONSENT_REFUSED);
}

TEST_F(HealthConsentTest, AWithdrawalDuringAPauseIsKeptForWhatIsSentAfterIt) {
  world_.Enrol("box", "e", Patient());
  Health("GRANTED");
  Until("2029-03-02T09:00");
  world_.Lease("box");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Health("REFUSED"), "OK");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  const auto leases = world_.Lease("box");
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].text(), discreet_);
}

}  // namespace
}  // namespace aftercare::engine
