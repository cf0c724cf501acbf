// Consent by category: what a refusal does to messages that are due, with a gateway, or still to come.
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/replies/consent.h"
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CategoryConsentTest : public Replying {};

TEST_F(CategoryConsentTest, MessagesOfARefusedCategoryEndAsTheyComeDueAndTheOthersAreSent) {
  world_.Enrol("box", "e", Patient());
  EXPECT_EQ(DecideAbout("category: 'tip'", "REFUSED"), "OK");
  EXPECT_EQ(Of("tip.2029-03-02"), "SCHEDULED") << "what is to come is shown as planned";
  EXPECT_THAT(SendUntil("2029-03-02T15:00"), ElementsAre("ask.2029-03-02 by sms", "walk.2029-03-02 by sms"));
  EXPECT_EQ(Of("tip.2029-03-02"), "SUPPRESSED/CATEGORY_REFUSED");
  world_.ExpectListsAgree("box");
}

TEST_F(CategoryConsentTest, WhatIsDueOrLeasedEndsAtOnceAndItsLeaseIsLost) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T09:00");
  const std::string lease = world_.Lease("box").at(0).lease_id();
  Until("2029-03-02T12:00");
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(DecideAbout("category: 'pain'", "REFUSED"), "OK");
  EXPECT_EQ(Of("ask.2029-03-02"), "SUPPRESSED/CATEGORY_REFUSED");
  EXPECT_EQ(Of("walk.2029-03-02"), "DUE");
  EXPECT_THAT(EventsSince(events), ElementsAre("CONSENT_CHANGED", "ENROLLMENT_UPDATED", "REMINDER_CHANGED"));
  EXPECT_EQ(world_.Events("box").at(events).consent().category(), "pain");
  EXPECT_EQ(ErrorOf(world_.Report(lease, v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE).status()),
            "FAILED_PRECONDITION/LEASE_LOST");
  // A sent message cannot be unsent.
  EXPECT_EQ(world_.Report(lease, v1::DELIVERY_OUTCOME_SENT).state(), v1::REMINDER_STATE_SENT);
}

TEST_F(CategoryConsentTest, AgreeingCountsForWhatComesDueFromThenOn) {
  world_.Enrol("box", "e", Patient());
  DecideAbout("category: 'tip'", "REFUSED");
  Until("2029-03-02T15:00");
  EXPECT_EQ(DecideAbout("category: 'tip'", "GRANTED"), "OK");
  EXPECT_EQ(Of("tip.2029-03-02"), "SUPPRESSED/CATEGORY_REFUSED");
  Until("2029-03-03T15:00");
  EXPECT_EQ(Of("tip.2029-03-03"), "DUE");
}

TEST_F(CategoryConsentTest, TasksOfTheCareTeamAreNoMessages) {
  world_.Enrol("box", "e", Patient());
  DecideAbout("category: 'call'", "REFUSED");
  Until("2029-03-05T10:00");
  EXPECT_EQ(Of("task.2029-03-05"), "DUE");
  DecideAbout("category: 'call'", "GRANTED");
  DecideAbout("category: 'call'", "REFUSED");
  EXPECT_EQ(Of("task.2029-03-05"), "DUE");
}

TEST_F(CategoryConsentTest, ItHoldsForAllEnrollmentsOfThePatientAndForNobodyElse) {
  world_.Enrol("box", "left", Patient());
  world_.Enrol("box", "other", Patient("p-2"));
  DecideAbout("category: 'tip'", "REFUSED");
  world_.Enrol("box", "later", Patient());
  Until("2029-03-02T15:00");
  EXPECT_EQ(Of("tip.2029-03-02", "left"), "SUPPRESSED/CATEGORY_REFUSED");
  EXPECT_EQ(Of("tip.2029-03-02", "later"), "SUPPRESSED/CATEGORY_REFUSED");
  EXPECT_EQ(Of("tip.2029-03-02", "other"), "DUE");
}

TEST_F(CategoryConsentTest, WhatFailedIsNotRedriven) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T15:00");
  for (int i = 0; i < 2; ++i) {
    for (const v1::Lease& lease : world_.Lease("box")) {
      world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
    }
  }
  ASSERT_EQ(Of("tip.2029-03-02"), "FAILED/REJECTED_BY_CHANNEL");
  DecideAbout("category: 'tip'", "REFUSED");
  v1::RedriveRemindersRequest request;
  request.set_parent("clinics/box");
  request.add_names(Name("tip.2029-03-02"));
  request.add_names(Name("walk.2029-03-02"));
  const auto response = Good(world_.Call(&Engine::deliveries, &Deliveries::Redrive, request));
  EXPECT_EQ(ErrorOf(response.results(0).status()), "FAILED_PRECONDITION/NO_CONTACT_POINT");
  EXPECT_EQ(response.results(1).status().code(), 0);
}

TEST_F(CategoryConsentTest, WhatSomebodyMovedEndsToo) {
  world_.Enrol("box", "e", Patient());
  ASSERT_TRUE(world_.Move(Name("tip.2029-03-02"), At("2029-03-02T10:00")).ok());
  DecideAbout("category: 'tip'", "REFUSED");
  EXPECT_EQ(Of("tip.2029-03-02"), "SCHEDULED");
  Until("2029-03-02T10:00");
  EXPECT_EQ(Of("tip.2029-03-02"), "SUPPRESSED/CATEGORY_REFUSED");
}

TEST_F(CategoryConsentTest, RefusalOfAllMessagesIsToldFirst) {
  v1::Enrollment patient = Patient();
  patient.set_consent(v1::CONSENT_REFUSED);
  world_.Enrol("box", "e", patient);
  DecideAbout("category: 'tip'", "REFUSED");
  Until("2029-03-02T15:00");
  EXPECT_EQ(Of("tip.2029-03-02"), "SUPPRESSED/NO_CONSENT");
}

TEST_F(CategoryConsentTest, WhileAnEnrollmentIsPausedWhatIsDueEndsAsWell) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T15:00");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  DecideAbout("category: 'tip'", "REFUSED");
  EXPECT_EQ(Of("tip.2029-03-02"), "SUPPRESSED/CATEGORY_REFUSED");
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by sms", "walk.2029-03-02 by sms"));
}

TEST_F(CategoryConsentTest, AnotherRevisionMayMakeWhatIsDueOneOfARefusedCategory) {
  world_.Enrol("box", "e", Patient());
  Until("2029-03-02T15:00");
  DecideAbout("category: 'rest'", "REFUSED");
  EXPECT_EQ(Of("tip.2029-03-02"), "DUE");
  v1::UpdatePathwayRequest request;
  *request.mutable_pathway() = AsksPathway();
  request.mutable_pathway()->set_name("clinics/box/pathways/asks");
  request.mutable_pathway()->mutable_rules(3)->set_category("rest");
  ASSERT_TRUE(world_.Call(&Engine::pathways, &Pathways::Update, request).ok());
  world_.Update("clinics/box/enrollments/e", "pathway_revision: 2");
  EXPECT_EQ(Of("tip.2029-03-02"), "SUPPRESSED/CATEGORY_REFUSED");
  EXPECT_EQ(Of("walk.2029-03-02"), "DUE");
}

// A pathway with a cap of one message a day, where the messages of the category `tip` are of safety.
v1::Pathway CappedPathway(v1::Pathway pathway) {
  pathway.mutable_message_cap()->set_per_day(1);
  pathway.add_important_categories("tip");
  return pathway;
}

class CappedCategoriesTest : public Replying {
 protected:
  CappedCategoriesTest() : Replying(CappedPathway(AsksPathway())) {}
};

TEST_F(CappedCategoriesTest, WhatIsRefusedKeepsNoRoomUnderACap) {
  world_.Enrol("box", "e", Patient());
  DecideAbout("category: 'tip'", "REFUSED");
  EXPECT_THAT(SendUntil("2029-03-02T09:00"), ElementsAre("ask.2029-03-02 by sms"));
}

class SafetyCategoriesTest : public Replying {
 protected:
  static v1::Pathway SafetyPathway() {
    v1::Pathway pathway = AsksPathway();
    pathway.add_safety_categories("tip");
    return pathway;
  }
  SafetyCategoriesTest() : Replying(SafetyPathway()) {}
};

TEST_F(SafetyCategoriesTest, ACategoryOfSafetyCanBeRefusedToo) {
  world_.Enrol("box", "e", Patient());
  DecideAbout("category: 'tip'", "REFUSED");
  Until("2029-03-02T15:00");
  EXPECT_EQ(Of("tip.2029-03-02"), "SUPPRESSED/CATEGORY_REFUSED");
}

}  // namespace
}  // namespace aftercare::engine
