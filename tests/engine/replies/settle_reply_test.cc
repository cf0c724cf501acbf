// What the care team does about replies: whose they are, and what doubtful ones mean.
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kDoubtful[] = "too many messages";

class SettleReplyTest : public Replying {
 protected:
  SettleReplyTest() { world_.Enrol("box", "e", Patient()); }

  std::vector<std::string> Tasks(v1::ReplyTask task) {
    v1::ListRepliesRequest request;
    request.set_parent("clinics/box");
    request.set_task(task);
    std::vector<std::string> texts;
    const auto listed = Good(world_.Call(&Engine::replies, &Replies::List, request));
    for (const v1::Reply& reply : listed.replies()) texts.push_back(reply.text());
    return texts;
  }
  v1::Reply NewestReply() { return Good(TryList("parent: 'clinics/box'")).replies(0); }
};

TEST_F(SettleReplyTest, WhatNobodyWhoIsKnownWroteIsKeptToBeAssigned) {
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(Reply("I have a fever", "address: '+15559999'"), "OTHER, to ASSIGN");
  EXPECT_THAT(Tasks(v1::REPLY_TASK_ASSIGN), ElementsAre("I have a fever"));
  EXPECT_EQ(NewestReply().address(), "+15559999");
  EXPECT_EQ(Assign(Newest(), "e"), "OTHER in e");
  EXPECT_EQ(NewestReply().patient() + NewestReply().address(), "p-1");
  EXPECT_THAT(Tasks(v1::REPLY_TASK_ASSIGN), IsEmpty());
  EXPECT_THAT(EventsSince(events), ElementsAre("REPLY_RECEIVED", "REPLY_ASSIGNED"));
  EXPECT_EQ(Assign(Newest(), "e"), "FAILED_PRECONDITION/REPLY_NOT_TO_ASSIGN");
  EXPECT_THAT(Good(TryList("parent: 'clinics/box' patient: 'p-1'")).replies(), SizeIs(1));
}

TEST_F(SettleReplyTest, AnAssignedAnswerFindsTheQuestionOfWhenItCame) {
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("7", "address: '+15559999'"), "OTHER, to ASSIGN");
  SendUntil("2029-03-04T09:00");
  EXPECT_EQ(Assign(Newest(), "e"), "ANSWER 7 of ask.2029-03-02 in e");
  EXPECT_EQ(Of("ask.2029-03-02"), "COMPLETED/ANSWERED");
  EXPECT_EQ(Of("nudge.2029-03-04"), "SCHEDULED") << "the silence of two days counts from when the answer came";
  world_.ExpectListsAgree("box");
}

TEST_F(SettleReplyTest, AnAssignedAnswerReplacesNoneThatCameLater) {
  SendUntil("2029-03-02T09:00");
  Reply("7", "address: '+15559999'");
  const std::string earlier = Newest();
  Until("2029-03-02T11:00");
  EXPECT_EQ(Reply("5"), "ANSWER 5 of ask.2029-03-02 in e");
  EXPECT_EQ(Assign(earlier, "e"), "OTHER in e");
  EXPECT_EQ(Good(world_.Get(Name("ask.2029-03-02"))).score(), 5);
}

TEST_F(SettleReplyTest, AnAssignedAnswerReplacesNoCorrectionThatCameLater) {
  SendUntil("2029-03-02T09:00");
  Reply("7");
  Until("2029-03-02T10:00");
  Reply("5", "address: '+15559999'");
  const std::string between = Newest();
  Until("2029-03-02T11:00");
  EXPECT_EQ(Reply("3"), "ANSWER 3 of ask.2029-03-02 in e");
  EXPECT_EQ(Assign(between, "e"), "OTHER in e");
  EXPECT_EQ(Good(world_.Get(Name("ask.2029-03-02"))).score(), 3);
}

TEST_F(SettleReplyTest, ADoubtfulReplyFromAStoppedNumberHoldsNothing) {
  world_.Update("clinics/box/enrollments/e", "contact_points { channel: CHANNEL_SMS address: '+15550100' }");
  Reply("stop");
  Reply(kDoubtful);
  EXPECT_EQ(Points("e"), "STOPPED");
  EXPECT_EQ(Of("ask.2029-03-02"), "SCHEDULED");
  Until("2029-03-02T09:00");
  EXPECT_EQ(Of("ask.2029-03-02"), "SUPPRESSED/OPTED_OUT");
}

TEST_F(SettleReplyTest, AnAssignedStopHoldsForThePatientsChannel) {
  EXPECT_EQ(Reply("stop", "address: '+15559999'"), "STOP, to ASSIGN");
  EXPECT_EQ(Assign(Newest(), "e"), "STOP in e");
  EXPECT_EQ(OptedOut("e"), "1");
  EXPECT_THAT(SendUntil("2029-03-02T09:00"), ElementsAre("ask.2029-03-02 by email"));
  EXPECT_EQ(Reply("start", "address: '+15559999'"), "START, to ASSIGN");
  EXPECT_EQ(Assign(Newest(), "e"), "START in e");
  EXPECT_EQ(OptedOut("e"), "");
}

TEST_F(SettleReplyTest, ADoubtfulWishHoldsMessagesUntilItIsDecided) {
  Until("2029-03-02T09:00");
  EXPECT_EQ(Reply(kDoubtful), "DOUBTFUL in e, to DECIDE");
  EXPECT_EQ(Points("e"), "HELD -");
  EXPECT_EQ(Of("ask.2029-03-02") + " " + Of("walk.2029-03-02"), "DUE/HELD SCHEDULED/HELD");
  EXPECT_THAT(Send(), IsEmpty());
  EXPECT_EQ(plan::ToTime(NewestReply().decide_by_time()), At("2029-03-03T09:00"));
  EXPECT_THAT(Tasks(v1::REPLY_TASK_DECIDE), ElementsAre(kDoubtful));
  Until("2029-03-02T12:00");
  EXPECT_EQ(Of("walk.2029-03-02"), "DUE/HELD");
  EXPECT_THAT(Send(), IsEmpty());
  world_.ExpectListsAgree("box");
  EXPECT_EQ(Decide(Newest(), v1::REPLY_DECISION_CONTINUE), "DOUBTFUL in e");
  EXPECT_EQ(Of("ask.2029-03-02") + " " + Of("walk.2029-03-02"), "DUE DUE");
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by sms", "walk.2029-03-02 by sms"));
  EXPECT_EQ(Decide(Newest(), v1::REPLY_DECISION_STOP), "FAILED_PRECONDITION/REPLY_NOT_TO_DECIDE");
  EXPECT_EQ(NewestReply().decision(), v1::REPLY_DECISION_CONTINUE);
  world_.ExpectListsAgree("box");
}

TEST_F(SettleReplyTest, ADecisionToStopCountsAsAStopWord) {
  Until("2029-03-02T09:00");
  Reply(kDoubtful);
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(Decide(Newest(), v1::REPLY_DECISION_STOP), "DOUBTFUL in e");
  EXPECT_THAT(EventsSince(events),
              ElementsAre("REPLY_DECIDED", "ENROLLMENT_UPDATED", "REMINDER_CHANGED", "CONSENT_CHANGED"));
  EXPECT_EQ(Points("e"), "STOPPED -");
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by email"));
}

TEST_F(SettleReplyTest, WhatIsHeldExpiresWithItsWindow) {
  Until("2029-03-02T09:00");
  Reply(kDoubtful);
  Until("2029-03-04T00:00");
  EXPECT_EQ(Of("ask.2029-03-02"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(Decide(Newest(), v1::REPLY_DECISION_CONTINUE), "DOUBTFUL in e");
  EXPECT_EQ(Of("ask.2029-03-02"), "EXPIRED/WINDOW_CLOSED");
}

TEST_F(SettleReplyTest, TheLeaseOfWhatIsHeldEnds) {
  Until("2029-03-02T09:00");
  const auto leases = world_.Lease("box");
  Reply(kDoubtful);
  EXPECT_EQ(Of("ask.2029-03-02"), "DUE/HELD");
  EXPECT_EQ(world_.Report(leases.at(0).lease_id(), v1::DELIVERY_OUTCOME_RELEASED).status().code(),
            static_cast<int>(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Send(), IsEmpty());
  EXPECT_EQ(world_.Report(leases.at(0).lease_id(), v1::DELIVERY_OUTCOME_SENT).state(), v1::REMINDER_STATE_SENT)
      << "what is sent cannot be unsent";
}

TEST_F(SettleReplyTest, APlainWordSettlesADoubtfulReply) {
  Until("2029-03-02T09:00");
  Reply(kDoubtful);
  EXPECT_EQ(Reply("start"), "START in e");
  EXPECT_EQ(Points("e"), "- -");
  EXPECT_THAT(Tasks(v1::REPLY_TASK_DECIDE), IsEmpty());
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by sms"));
  Reply(kDoubtful);
  EXPECT_EQ(Reply("stop"), "STOP in e");
  EXPECT_EQ(Points("e"), "STOPPED -");
  EXPECT_THAT(Tasks(v1::REPLY_TASK_DECIDE), IsEmpty());
  Reply("start");
  Reply(kDoubtful);
  EXPECT_EQ(Consent("SMS", "GRANTED"), "");
  EXPECT_EQ(Points("e"), "- -");
}

TEST_F(SettleReplyTest, TheNewestDoubtfulReplyFromAnAddressIsTheOneToDecide) {
  Reply(kDoubtful);
  const std::string first = Newest();
  Reply(kDoubtful);
  EXPECT_THAT(Tasks(v1::REPLY_TASK_DECIDE), SizeIs(1));
  EXPECT_EQ(Decide(first, v1::REPLY_DECISION_CONTINUE), "FAILED_PRECONDITION/REPLY_NOT_TO_DECIDE");
  EXPECT_EQ(Points("e"), "HELD -");
  EXPECT_EQ(Decide(Newest(), v1::REPLY_DECISION_CONTINUE), "DOUBTFUL in e");
  EXPECT_EQ(Points("e"), "- -");
}

TEST_F(SettleReplyTest, ADoubtfulReplyOfAnUnknownNumberHoldsThePatientOnceItIsAssigned) {
  EXPECT_EQ(Reply(kDoubtful, "address: '+15559999'"), "DOUBTFUL, to ASSIGN");
  EXPECT_EQ(Points("e"), "- -");
  EXPECT_EQ(Assign(Newest(), "e"), "DOUBTFUL in e, to DECIDE");
  EXPECT_EQ(Points("e"), "HELD -");
  EXPECT_EQ(Decide(Newest(), v1::REPLY_DECISION_STOP), "DOUBTFUL in e");
  EXPECT_EQ(Points("e"), "STOPPED -");
  EXPECT_EQ(Reply("hello", "address: '+15559999'"), "OTHER, to ASSIGN");
}

class AssignedDoubtTest : public SettleReplyTest {
 protected:
  // A doubtful reply of an unknown number is assigned to a patient with two numbers, and holds all three.
  void SetUp() override {
    world_.Update("clinics/box/enrollments/e", R"pb(contact_points { channel: CHANNEL_SMS address: "+15550100" }
                                                    contact_points { channel: CHANNEL_SMS address: "+15550111" })pb");
    Reply(kDoubtful, "address: '+15559999'");
    reply_ = Newest();
    ASSERT_EQ(Assign(reply_, "e"), "DOUBTFUL in e, to DECIDE");
    ASSERT_EQ(Points("e"), "HELD HELD");
  }

  std::string reply_;
};

TEST_F(AssignedDoubtTest, WaitsForADecisionWhileItHoldsAnotherNumberThanTheOneThatAWordCameFrom) {
  EXPECT_EQ(Reply("start"), "START in e");
  EXPECT_EQ(Points("e"), "- HELD");
  EXPECT_EQ(Decide(reply_, v1::REPLY_DECISION_STOP), "DOUBTFUL in e");
  EXPECT_EQ(Points("e"), "- STOPPED");
}

TEST_F(AssignedDoubtTest, GoesOnToHoldThePatientWhenTheUnknownNumberStops) {
  EXPECT_EQ(Reply("stop", "address: '+15559999'"), "STOP, to ASSIGN");
  EXPECT_EQ(Points("e"), "HELD HELD");
  EXPECT_EQ(Decide(reply_, v1::REPLY_DECISION_CONTINUE), "DOUBTFUL in e");
  EXPECT_EQ(Points("e"), "- -");
}

TEST_F(AssignedDoubtTest, GoesOnToHoldThePatientWhenTheUnknownNumberWritesAgain) {
  EXPECT_EQ(Reply(kDoubtful, "address: '+15559999'"), "DOUBTFUL, to ASSIGN");
  EXPECT_EQ(Points("e"), "HELD HELD");
  EXPECT_EQ(Decide(reply_, v1::REPLY_DECISION_CONTINUE), "DOUBTFUL in e");
  EXPECT_EQ(Points("e"), "- -");
}

TEST_F(AssignedDoubtTest, IsSettledByWordsFromEachOfItsNumbers) {
  Reply("start");
  Reply("start", "address: '+15550111'");
  EXPECT_THAT(Tasks(v1::REPLY_TASK_DECIDE), SizeIs(1));
  Reply("start", "address: '+15559999'");
  EXPECT_THAT(Tasks(v1::REPLY_TASK_DECIDE), IsEmpty());
}

TEST_F(AssignedDoubtTest, ADecisionToStopIsNotForANumberThatWantedMessagesSince) {
  Reply("start", "address: '+15559999'");
  Decide(reply_, v1::REPLY_DECISION_STOP);
  EXPECT_EQ(Points("e"), "STOPPED STOPPED");
  v1::Enrollment other = Patient("p-2");
  other.mutable_contact_points(0)->set_address("+15559999");
  world_.Enrol("box", "f", other);
  EXPECT_EQ(Points("f"), "- -");
}

TEST_F(AssignedDoubtTest, ADecisionReachesWhoeverSharesANumberWithThePatient) {
  v1::Enrollment other = Patient("p-2");
  other.mutable_contact_points(0)->set_address("+15550111");
  world_.Enrol("box", "f", other);
  EXPECT_EQ(Points("f"), "HELD -");
  Decide(reply_, v1::REPLY_DECISION_CONTINUE);
  EXPECT_EQ(Points("f"), "- -");
}

TEST_F(SettleReplyTest, AWordThatMayBeAnAnswerIsDoubtfulWhileAQuestionIsOpen) {
  EXPECT_EQ(Reply("alto"), "STOP in e") << "nothing was asked";
  Reply("start");
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("Alto"), "DOUBTFUL in e, to DECIDE");
  EXPECT_THAT(NewestReply().explanation(), HasSubstr("may be meant as an answer"));
  Reply("start");
  Reply("9");
  EXPECT_EQ(Reply("Alto"), "STOP in e") << "it has its answer";
}

TEST_F(SettleReplyTest, MessagesOfSafetyCategoriesAreNotHeldButStopped) {
  v1::UpdatePathwayRequest request;
  *request.mutable_pathway() = AsksPathway();
  request.mutable_pathway()->set_name("clinics/box/pathways/asks");
  request.mutable_pathway()->add_safety_categories("walk");
  Good(world_.Call(&Engine::pathways, &Pathways::Update, request));
  world_.Update("clinics/box/enrollments/e",
                "pathway_revision: 2 contact_points { channel: CHANNEL_SMS address: '+15550100' }");
  Reply(kDoubtful);
  EXPECT_EQ(Of("ask.2029-03-02") + " " + Of("walk.2029-03-02"), "SCHEDULED/HELD SCHEDULED");
  EXPECT_THAT(SendUntil("2029-03-02T12:00"), ElementsAre("walk.2029-03-02 by sms"));
  Reply("stop");
  Until("2029-03-03T12:00");
  EXPECT_EQ(Of("walk.2029-03-03"), "SUPPRESSED/OPTED_OUT");
}

TEST_F(SettleReplyTest, APausedEnrollmentStaysPausedWhenADecisionIsMade) {
  Until("2029-03-02T09:00");
  Reply(kDoubtful);
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  Decide(Newest(), v1::REPLY_DECISION_CONTINUE);
  EXPECT_THAT(Send(), IsEmpty());
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by sms"));
  Reply(kDoubtful);
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_THAT(SendUntil("2029-03-02T12:00"), IsEmpty());
}

TEST_F(SettleReplyTest, TheClinicSaysHowLongADecisionMayTake) {
  Good(world_.Call(&Engine::clinics, &Clinics::Update, FromText<v1::UpdateClinicRequest>(R"pb(
    clinic { name: "clinics/box" decision_time { seconds: 3600 } }
  )pb")));
  Reply(kDoubtful);
  EXPECT_EQ(plan::ToTime(NewestReply().decide_by_time()), At("2029-03-01T09:00"));
}

TEST_F(SettleReplyTest, WhatIsWrongIsNamedAndChangesNothing) {
  Reply("hello", "address: '+15559999'");
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(Assign("clinics/box/replies/none", "e"), "NOT_FOUND/REPLY_NOT_FOUND");
  EXPECT_EQ(Assign(Newest(), "none"), "NOT_FOUND/ENROLLMENT_NOT_FOUND");
  EXPECT_EQ(Decide(Newest(), v1::REPLY_DECISION_STOP), "FAILED_PRECONDITION/REPLY_NOT_TO_DECIDE");
  EXPECT_EQ(Decide("clinics/box/replies/none", v1::REPLY_DECISION_STOP), "NOT_FOUND/REPLY_NOT_FOUND");
  const auto assign = world_.Call(&Engine::replies, &Replies::Assign, FromText<v1::AssignReplyRequest>(
      "name: 'clinics/box' enrollment: 'clinics/north' request_id: ' '"));
  EXPECT_THAT(BadFields(assign.status()), ElementsAre("name", "enrollment", "request_id"));
  const auto decide = world_.Call(&Engine::replies, &Replies::Decide, v1::DecideReplyRequest());
  EXPECT_THAT(BadFields(decide.status()), ElementsAre("name", "decision"));
  EXPECT_THAT(BadFields(TryList("parent: 'clinics/box' patient: 'p-1' task: REPLY_TASK_ASSIGN").status()),
              ElementsAre("task"));
  EXPECT_THAT(EventsSince(events), IsEmpty());
  EXPECT_THAT(Tasks(v1::REPLY_TASK_ASSIGN), SizeIs(1));
}

TEST_F(SettleReplyTest, AWishToStopAnswersNothingThoughTheClinicsWordsAreOthersWhenItIsAssigned) {
  const auto set_words = [this](const std::string& words) {
    v1::UpdateClinicRequest request;
    *request.mutable_clinic() = FromText<v1::Clinic>(words);
    request.mutable_clinic()->set_name("clinics/box");
    request.mutable_update_mask()->add_paths("reply_words");
    Good(world_.Call(&Engine::clinics, &Clinics::Update, request));
  };
  SendUntil("2029-03-02T12:00");
  set_words("reply_words { locale: 'en' stop_words: 'ready' }");
  EXPECT_EQ(Reply("ready", "address: '+15559999'"), "STOP, to ASSIGN");
  set_words("reply_words { locale: 'en' done_words: 'ready' }");
  EXPECT_EQ(Assign(Newest(), "e"), "STOP in e");
  EXPECT_EQ(Of("walk.2029-03-02"), "SENT");
  EXPECT_EQ(OptedOut("e"), "1");
}

TEST_F(SettleReplyTest, ASettledReplySentTwiceIsSettledOnceAndItsTextIsKeptNowhereElse) {
  Reply("my secret", "address: '+15559999'");
  v1::AssignReplyRequest request;
  request.set_name(Newest());
  request.set_enrollment("clinics/box/enrollments/e");
  request.set_request_id("r-1");
  const auto first = Good(world_.Call(&Engine::replies, &Replies::Assign, request));
  EXPECT_EQ(first.reply().text(), "my secret");
  EXPECT_TRUE(world_.Call(&Engine::replies, &Replies::Assign, request).ok());
  world_.Read([](store::ReadTransaction& tx) {
    auto stored = tx.GetRequest("box", "r-1");
    EXPECT_TRUE(stored.ok() && stored->has_value());
    EXPECT_EQ((*stored)->response.find("secret"), std::string::npos);
    EXPECT_EQ((*stored)->response.find("9999"), std::string::npos);
    return absl::OkStatus();
  });
}

}  // namespace
}  // namespace aftercare::engine
