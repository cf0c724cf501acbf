// Which question an answer belongs to.
#include "scheduler/plan/reminder_name.h"
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AnswersTest : public Replying {
 protected:
  AnswersTest() { world_.Enrol("box", "e", Patient()); }

  // Leases what is due and reports it sent. Returns the leases.
  std::vector<v1::Lease> SendAndKeep(const std::string& time) {
    Until(time);
    std::vector<v1::Lease> leases = world_.Lease("box");
    for (const v1::Lease& lease : leases) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
    return leases;
  }
  static v1::Enrollment Neighbour() { return Patient("p-2"); }
};

TEST_F(AnswersTest, ALateReceiptMakesNoOldQuestionTheNewestOne) {
  const auto old = SendAndKeep("2029-03-02T12:00");
  SendUntil("2029-03-03T12:00");
  for (const v1::Lease& lease : old) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_DELIVERED);
  EXPECT_EQ(Of("walk.2029-03-02"), "DELIVERED");
  EXPECT_EQ(Reply("done"), "ANSWER of walk.2029-03-03 in e");
}

TEST_F(AnswersTest, TheSevenDaysCountFromTheSendingWhateverReceiptsSay) {
  const auto old = SendAndKeep("2029-03-02T09:00");
  Until("2029-03-05T09:00");
  for (const v1::Lease& lease : old) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_DELIVERED);
  Until("2029-03-09T09:00:01");
  EXPECT_EQ(Reply("7"), "OTHER in e");
}

TEST_F(AnswersTest, ACorrectionOfTheSameDayReplacesTheAnswer) {
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
  Until("2029-03-02T23:59");
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(Reply("3"), "ANSWER 3 of ask.2029-03-02 in e");
  EXPECT_EQ(Good(world_.Get(Name("ask.2029-03-02"))).score(), 3);
  EXPECT_THAT(EventsSince(events), ElementsAre("REPLY_RECEIVED", "REMINDER_CHANGED"));
  Until("2029-03-03T00:00");
  EXPECT_EQ(Reply("5"), "OTHER in e");
  EXPECT_EQ(Good(world_.Get(Name("ask.2029-03-02"))).score(), 3);
  world_.ExpectListsAgree("box");
}

TEST_F(AnswersTest, WhatTheClinicCompletedIsNoQuestionAnyMore) {
  SendUntil("2029-03-02T09:00");
  ASSERT_TRUE(world_.Complete(Name("ask.2029-03-02")).ok());
  EXPECT_EQ(Reply("7"), "OTHER in e");
}

TEST_F(AnswersTest, ARefusalIsAnAnswerToAQuestionWhetherSomethingWasDone) {
  SendUntil("2029-03-02T12:00");
  EXPECT_EQ(Reply("No."), "ANSWER NO of walk.2029-03-02 in e");
  const auto answered = Good(world_.Get(Name("walk.2029-03-02")));
  EXPECT_EQ(StateAndReason(answered), "COMPLETED/ANSWERED");
  EXPECT_TRUE(answered.has_done());
  EXPECT_FALSE(answered.done());
  EXPECT_FALSE(answered.has_score());
  EXPECT_EQ(Reply("hecho"), "ANSWER of walk.2029-03-02 in e");
  EXPECT_TRUE(Good(world_.Get(Name("walk.2029-03-02"))).done());
}

TEST_F(AnswersTest, OkIsNotDone) {
  SendUntil("2029-03-02T12:00");
  EXPECT_EQ(Reply("ok"), "OTHER in e");
  EXPECT_EQ(Of("walk.2029-03-02"), "SENT");
}

TEST_F(AnswersTest, TwoPatientsWhoShareAnAddressAreNotGuessedBetween) {
  world_.Enrol("box", "f", Neighbour());
  SendUntil("2029-03-02T12:00");
  EXPECT_EQ(Reply("7"), "AMBIGUOUS, to ASSIGN");
  EXPECT_EQ(Of("ask.2029-03-02", "e") + " " + Of("ask.2029-03-02", "f"), "SENT SENT");
  const auto listed = Good(TryList("parent: 'clinics/box' task: REPLY_TASK_ASSIGN"));
  ASSERT_EQ(listed.replies_size(), 1);
  EXPECT_EQ(listed.replies(0).address(), "+15550100");
  EXPECT_THAT(listed.replies(0).explanation(), HasSubstr("2 patients"));
  Until("2029-03-03T07:00");
  EXPECT_EQ(Assign(Newest(), "f"), "ANSWER 7 of ask.2029-03-02 in f");
  EXPECT_EQ(Of("ask.2029-03-02", "e") + " " + Of("ask.2029-03-02", "f"), "SENT COMPLETED/ANSWERED");
  const auto answered = Good(world_.Get(Name("ask.2029-03-02", "f")));
  EXPECT_EQ(answered.score(), 7);
  EXPECT_EQ(plan::ToTime(answered.state_time()), At("2029-03-02T12:00")) << "it counts from when it came";
  EXPECT_THAT(Good(TryList("parent: 'clinics/box' task: REPLY_TASK_ASSIGN")).replies(), IsEmpty());
  EXPECT_EQ(Good(TryList("parent: 'clinics/box'")).replies(0).address(), "");
  world_.ExpectListsAgree("box");
}

TEST_F(AnswersTest, WhoMayHaveCorrectedAnAnswerIsNotGuessedEither) {
  world_.Enrol("box", "f", Neighbour());
  SendUntil("2029-03-02T09:00");
  Reply("7");
  EXPECT_EQ(Assign(Newest(), "f"), "ANSWER 7 of ask.2029-03-02 in f");
  EXPECT_EQ(Reply("5"), "AMBIGUOUS, to ASSIGN");
  Until("2029-03-03T07:00");
  EXPECT_EQ(Reply("5"), "ANSWER 5 of ask.2029-03-02 in e") << "the other one may not correct it any more";
}

TEST_F(AnswersTest, WhereOnlyOneOfTwoPatientsWasAskedThatOneAnswers) {
  world_.Enrol("box", "f", Neighbour());
  SendUntil("2029-03-02T09:00");
  ASSERT_TRUE(world_.Complete(Name("ask.2029-03-02", "f")).ok());
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
}

TEST_F(AnswersTest, TheQuestionThatWentToTheAddressCountsBeforeThatWhichWentElsewhere) {
  v1::Enrollment other = Neighbour();
  other.mutable_contact_points()->SwapElements(0, 1);
  other.mutable_contact_points(0)->set_address("bea@example.com");
  world_.Enrol("box", "f", other);
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
}

TEST_F(AnswersTest, AnAnswerFromTheAddressOfBeforeFindsTheQuestionThatWentThere) {
  SendUntil("2029-03-02T09:00");
  world_.Update("clinics/box/enrollments/e", "contact_points { channel: CHANNEL_SMS address: '+15550111' }");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
  Until("2029-03-09T09:00:01");
  EXPECT_EQ(Reply("7"), "OTHER, to ASSIGN") << "nobody was written to there for a week";
}

TEST_F(AnswersTest, TwoKneesOfOnePatientAreAskedInTurn) {
  v1::Enrollment second = Patient();
  second.set_procedure_date("2029-03-02");
  v1::CreateEnrollmentRequest request;
  request.set_parent("clinics/box");
  request.set_enrollment_id("f");
  request.set_allow_concurrent(true);
  *request.mutable_enrollment() = second;
  Good(world_.Call(&Engine::enrollments, &Enrollments::Create, request));
  SendUntil("2029-03-02T12:00");
  SendUntil("2029-03-03T12:00");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-03 in f");
}

TEST_F(AnswersTest, AValidationSaysWhichQuestionAndStoresNothing) {
  SendUntil("2029-03-02T09:00");
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(Reply("7", "validate_only: true"), "ANSWER 7 of ask.2029-03-02 in e");
  EXPECT_EQ(Reply("stop", "validate_only: true"), "STOP in e");
  const auto reply = Good(TryReply(ReplyRequest("7", "validate_only: true")));
  EXPECT_EQ(reply.name(), "");
  EXPECT_EQ(reply.explanation(), "It answers the newest message that asked for such an answer.");
  EXPECT_THAT(EventsSince(events), IsEmpty());
  EXPECT_EQ(Of("ask.2029-03-02") + " " + Points("e"), "SENT - -");
  EXPECT_THAT(Good(TryList("parent: 'clinics/box'")).replies(), IsEmpty());
}

// The pathway of the other tests, with a nudge that follows the question up and asks whether something was done.
class FollowUpTest : public SandboxFixture {
 protected:
  FollowUpTest() : SandboxFixture({.pathway_id = "asks", .pathway = FromText<v1::Pathway>(R"pb(
    display_name: "Asks" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
    groups { id: "walk" silence { seconds: 172800 } }
    rules {
      id: "walk" phase: "p" category: "walk" group: "walk" answer: ANSWER_KIND_DONE
      schedule { daily {} times: "09:00" window { until: "12:00" } }
      texts { key: "en" value: "Did you walk?" }
    }
    rules {
      id: "nudge" phase: "p" category: "walk" group: "walk" answer: ANSWER_KIND_DONE follow_up: true
      schedule { daily {} times: "18:00" }
      texts { key: "en" value: "You have not answered." }
    }
  )pb")}) {
    v1::Enrollment patient = KneePatient("box", "p-1");
    patient.set_pathway("clinics/box/pathways/asks");
    world_.Enrol("box", "e", patient);
  }
  void Send(const std::string& time) {
    Until(time);
    for (const v1::Lease& lease : world_.Lease("box")) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
  }
  std::string Of(const std::string& id) { return StateOf(id, "e"); }
  void Reply(const std::string& text) {
    auto request = FromText<v1::RecordReplyRequest>(
        R"pb(parent: "clinics/box" channel: CHANNEL_SMS address: "+15550100")pb");
    request.set_text(text);
    Good(world_.Call(&Engine::replies, &Replies::Record, request));
  }
};

TEST_F(FollowUpTest, AFollowUpOfAQuestionIsNotSentWhereTheQuestionWasNot) {
  Until("2029-03-02T18:00");
  EXPECT_EQ(Of("walk.2029-03-02"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(Of("nudge.2029-03-02"), "SUPPRESSED/QUESTION_NOT_SENT");
  world_.ExpectListsAgree("box");
}

TEST_F(FollowUpTest, AFollowUpIsSentWhereTheQuestionWas) {
  Send("2029-03-02T09:00");
  Send("2029-03-02T18:00");
  EXPECT_EQ(Of("walk.2029-03-02") + " " + Of("nudge.2029-03-02"), "SENT SENT");
}

TEST_F(FollowUpTest, AQuestionThatCameBackWasNotAsked) {
  Until("2029-03-02T09:00");
  const auto leases = world_.Lease("box");
  world_.Report(leases.at(0).lease_id(), v1::DELIVERY_OUTCOME_SENT);
  world_.Report(leases.at(0).lease_id(), v1::DELIVERY_OUTCOME_BOUNCED);
  Until("2029-03-02T18:00");
  EXPECT_EQ(Of("nudge.2029-03-02"), "SUPPRESSED/QUESTION_NOT_SENT");
}

TEST_F(FollowUpTest, ARefusalEndsTheFollowUpAndBeginsNoSilence) {
  Send("2029-03-02T09:00");
  Reply("no");
  EXPECT_EQ(Of("nudge.2029-03-02"), "CANCELLED/ANSWERED");
  EXPECT_EQ(Of("walk.2029-03-03"), "SCHEDULED");
  Reply("yes");
  EXPECT_EQ(Of("walk.2029-03-03"), "CANCELLED/SILENCED") << "the correction says that it was done";
}

class FollowUpOfLinesTest : public SandboxFixture {
 protected:
  FollowUpOfLinesTest() : SandboxFixture({.pathway_id = "asks", .pathway = FromText<v1::Pathway>(R"pb(
    display_name: "Asks" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 0 last: 30 } } }
    groups { id: "walk" }
    rules {
      id: "walk" phase: "p" category: "walk" group: "walk" answer: ANSWER_KIND_DONE
      schedule { on { days: 1 } on { days: 8 } times: "09:00" window { until: "12:00" } }
      texts { key: "en" value: "Did you walk?" }
    }
    rules {
      id: "nudge" phase: "p" category: "walk" group: "walk" answer: ANSWER_KIND_DONE follow_up: true
      schedule { on { days: 1 } on { days: 8 } times: "18:00" }
      texts { key: "en" value: "You have not answered." }
    }
  )pb")}) {
    v1::Enrollment patient = KneePatient("box", "p-1");
    patient.set_pathway("clinics/box/pathways/asks");
    world_.Enrol("box", "e", patient);
  }
};

// The follow-up was moved by hand, and goes with its line when the procedure is postponed: then it is of the instance
// of the fourth.
TEST_F(FollowUpOfLinesTest, AFollowUpBelongsToTheInstanceThatItCoversWhateverItsName) {
  ASSERT_TRUE(world_.Move(Name("nudge.2029-03-02"), At("2029-03-20T19:00")).ok());
  world_.Update("clinics/box/enrollments/e", "procedure_date: '2029-03-03'");
  Until("2029-03-04T18:00");
  EXPECT_EQ(StateOf("walk.2029-03-04"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(StateOf("nudge.2029-03-02"), "SUPPRESSED/QUESTION_NOT_SENT");
}

TEST_F(FollowUpOfLinesTest, ADiffDoesNotSayThatAFollowUpIsSentWhichEndsAtOnce) {
  Until("2029-03-01T19:00");
  const v1::PlanDiff diff = world_.Update("clinics/box/enrollments/e", "procedure_date: '2029-02-28'");
  EXPECT_EQ(StateOf("nudge.2029-03-01"), "SUPPRESSED/QUESTION_NOT_SENT");
  for (const v1::PlanChange& change : diff.changes()) {
    const bool is_sent = change.kind() == v1::PLAN_CHANGE_KIND_ADDED || change.kind() == v1::PLAN_CHANGE_KIND_MOVED;
    EXPECT_FALSE(is_sent && IdOf(change.name()) == "nudge.2029-03-01") << change.ShortDebugString();
  }
}

}  // namespace
}  // namespace aftercare::engine
