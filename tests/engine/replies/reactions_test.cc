// What answers set off: tasks and messages of rules that react to them.
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// The pathway of Replying with rules that react:
//   bad      a task at once for a score of 7 or more
//   fine     a message on the day after a score of 2 or less, 10:00
//   idle     a task on the next day at 09:00 if the walk was not done
//   mute     a task when the window of ask closes without an answer
//   alarm    an urgent task at once for a word of the list `danger`
class ReactionsTest : public Replying {
 protected:
  ReactionsTest() : Replying(Pathway()) { world_.Enrol("box", "e", Patient()); }

  static v1::Pathway Pathway() {
    v1::Pathway pathway = AsksPathway();
    pathway.MergeFrom(FromText<v1::Pathway>(R"pb(
      word_lists {
        id: "danger"
        words { locale: "en" words: "fever" words: "chest pain" }
        words { locale: "es" words: "fiebre" }
        words { locale: "fr" words: "gonflé" }
      }
      rules {
        id: "bad" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        reaction { rules: "ask" rules: "nudge" score_at_least: 7 }
        schedule { window { hours: 4 } }
        texts { key: "en" value: "Call {first_name}: bad pain." }
      }
      rules {
        id: "fine" phase: "p" category: "praise"
        reaction { rules: "ask" rules: "nudge" score_at_most: 2 }
        schedule { on { days: 1 } times: "10:00" }
        texts { key: "en" value: "Good." }
      }
      rules {
        id: "idle" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        reaction { rules: "walk" done: false }
        schedule { on { days: 1 } times: "09:00" }
        texts { key: "en" value: "Ask {first_name} about walking." }
      }
      rules {
        id: "mute" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        reaction { rules: "ask" no_answer: true }
        schedule { window { days: 2 } }
        texts { key: "en" value: "{first_name} has not answered." }
      }
      rules {
        id: "alarm" phase: "p" category: "alarm" audience: AUDIENCE_CARE_TEAM urgency: URGENCY_EMERGENCY
        reaction { word_list: "danger" }
        schedule { window { hours: 1 } }
        texts { key: "en" value: "Call {first_name} at once." }
      }
    )pb"));
    return pathway;
  }

  // Returns the reminders of rules that react, whatever became of them, as `bad.2029-03-02-1015 DUE`.
  std::vector<std::string> SetOff(const std::string& enrollment = "e") {
    std::vector<std::string> shown;
    const v1::GetTimelineResponse timeline = world_.Timeline("clinics/box/enrollments/" + enrollment);
    for (const v1::Reminder& reminder : timeline.reminders()) {
      const std::string id = IdOf(reminder.name());
      const std::string rule = id.substr(0, id.find('.'));
      if (rule != "bad" && rule != "fine" && rule != "idle" && rule != "mute" && rule != "alarm") continue;
      shown.push_back(absl::StrCat(id, " ", StateAndReason(reminder)));
    }
    return shown;
  }

  v1::Reminder Task(const std::string& id) { return Good(world_.Get(Name(id))); }
};

TEST_F(ReactionsTest, ABadScoreIsATaskAtOnce) {
  SendUntil("2029-03-02T09:00");
  Until("2029-03-02T10:15:30");
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(Reply("8"), "ANSWER 8 of ask.2029-03-02 in e");
  EXPECT_THAT(SetOff(), ElementsAre("bad.2029-03-02-1015 DUE"));
  const v1::Reminder task = Task("bad.2029-03-02-1015");
  EXPECT_EQ(task.cause(), Newest());
  EXPECT_EQ(plan::ToTime(task.due_time()), At("2029-03-02T10:15:30"));
  EXPECT_EQ(plan::ToTime(task.expire_time()), At("2029-03-02T14:15"));
  EXPECT_EQ(task.nominal_local_time(), "2029-03-02T10:15");
  EXPECT_EQ(task.text(), "Call Ana: bad pain.");
  EXPECT_THAT(task.steps(0).description(), HasSubstr("the date of the answer"));
  EXPECT_THAT(EventsSince(events), ElementsAre("REPLY_RECEIVED", "REMINDER_CHANGED", "REMINDER_CHANGED",
                                               "REMINDER_CHANGED", "REMINDER_CHANGED", "REMINDER_CHANGED"));
  world_.ExpectListsAgree("box");
}

TEST_F(ReactionsTest, AMiddlingScoreSetsNothingOff) {
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("5"), "ANSWER 5 of ask.2029-03-02 in e");
  EXPECT_THAT(SetOff(), IsEmpty());
}

TEST_F(ReactionsTest, ACorrectionWithdrawsWhatTheAnswerSetOff) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  Until("2029-03-02T10:00");
  Reply("9");
  EXPECT_THAT(SetOff(), ElementsAre("bad.2029-03-02-0900 DUE"));
  Reply("1");
  EXPECT_THAT(SetOff(), UnorderedElementsAre("bad.2029-03-02-0900 CANCELLED/ANSWER_CORRECTED",
                                             "fine.2029-03-03 SCHEDULED"));
  Until("2029-03-02T11:00");
  Reply("7");
  EXPECT_THAT(SetOff(), UnorderedElementsAre("bad.2029-03-02-0900 CANCELLED/ANSWER_CORRECTED",
                                             "bad.2029-03-02-1100 DUE"));
  world_.ExpectListsAgree("box");
}

TEST_F(ReactionsTest, WhatIsDoneStaysDoneWhateverTheCorrection) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  ASSERT_TRUE(world_.Complete(Name("bad.2029-03-02-0900")).ok());
  Reply("1");
  EXPECT_THAT(SetOff(), UnorderedElementsAre("bad.2029-03-02-0900 COMPLETED", "fine.2029-03-03 SCHEDULED"));
}

TEST_F(ReactionsTest, AMessageThatAnAnswerSetsOffIsSentLikeAnyOther) {
  SendUntil("2029-03-02T09:00");
  Reply("1");
  EXPECT_THAT(SendUntil("2029-03-03T09:59"), testing::Not(testing::Contains(HasSubstr("fine"))));
  EXPECT_THAT(SendUntil("2029-03-03T10:00"), testing::Contains("fine.2029-03-03 by sms"));
  world_.ExpectListsAgree("box");
}

TEST_F(ReactionsTest, ARefusalIsReactedToOnTheNextDay) {
  SendUntil("2029-03-02T12:00");
  Reply("no");
  EXPECT_THAT(SetOff(), UnorderedElementsAre("idle.2029-03-03 SCHEDULED", "mute.2029-03-04-0000 SCHEDULED"));
  Until("2029-03-03T09:00");
  EXPECT_EQ(Of("idle.2029-03-03"), "DUE");
}

TEST_F(ReactionsTest, AMissingAnswerIsReactedToWhenTheWindowCloses) {
  SendUntil("2029-03-02T09:00");
  EXPECT_THAT(SetOff(), ElementsAre("mute.2029-03-04-0000 SCHEDULED"));
  Until("2029-03-03T23:59:59");
  EXPECT_EQ(Of("mute.2029-03-04-0000"), "SCHEDULED");
  Until("2029-03-04T00:00");
  const v1::Reminder task = Task("mute.2029-03-04-0000");
  EXPECT_EQ(StateAndReason(task), "DUE");
  EXPECT_EQ(task.cause(), Name("ask.2029-03-02"));
  // Late is better than never.
  Until("2029-03-04T08:00");
  EXPECT_EQ(Reply("5"), "ANSWER 5 of ask.2029-03-02 in e");
  EXPECT_THAT(SetOff(), ElementsAre("mute.2029-03-04-0000 CANCELLED/ANSWER_CORRECTED"));
  world_.ExpectListsAgree("box");
}

TEST_F(ReactionsTest, AnAnswerToANudgeAnswersTheQuestionToo) {
  SendUntil("2029-03-02T09:00");
  SendUntil("2029-03-02T18:00");
  EXPECT_EQ(Reply("5"), "ANSWER 5 of nudge.2029-03-02 in e");
  EXPECT_THAT(SetOff(), IsEmpty());
}

TEST_F(ReactionsTest, NoAnswerIsExpectedToWhatWasNotSentOrCameBack) {
  Until("2029-03-02T09:00");
  EXPECT_THAT(SetOff(), IsEmpty());
  const std::vector<v1::Lease> leases = world_.Lease("box");
  for (const v1::Lease& lease : leases) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_THAT(SetOff(), ElementsAre("mute.2029-03-04-0000 SCHEDULED"));
  for (const v1::Lease& lease : leases) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_BOUNCED);
  EXPECT_THAT(SetOff(), IsEmpty());
  for (const v1::Lease& lease : leases) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_DELIVERED);
  EXPECT_THAT(SetOff(), ElementsAre("mute.2029-03-04-0000 SCHEDULED"));
}

TEST_F(ReactionsTest, NoAnswerIsExpectedToAQuestionThatIsReportedSentOnceItsNudgeWasAnswered) {
  Until("2029-03-02T09:00");
  const std::vector<v1::Lease> leases = world_.Lease("box");
  ASSERT_EQ(leases.size(), 1u);
  EXPECT_THAT(SendUntil("2029-03-02T18:00"), testing::Contains("nudge.2029-03-02 by sms"));
  EXPECT_EQ(Reply("5"), "ANSWER 5 of nudge.2029-03-02 in e");
  world_.Report(leases[0].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(Of("ask.2029-03-02"), "SENT");
  EXPECT_THAT(SetOff(), IsEmpty());
}

TEST_F(ReactionsTest, TheCauseStaysKnownInAnotherZone) {
  SendUntil("2029-03-02T09:00");
  Until("2029-03-02T23:30");
  Reply("8");
  const std::string reply = Newest();
  world_.Update("clinics/box/enrollments/e", "time_zone: 'Asia/Tokyo'");
  EXPECT_THAT(SetOff(), ElementsAre("bad.2029-03-02-2330 DUE"));
  EXPECT_EQ(Task("bad.2029-03-02-2330").cause(), reply);
  ASSERT_TRUE(world_.Complete(Name("bad.2029-03-02-2330")).ok());
  EXPECT_EQ(Task("bad.2029-03-02-2330").cause(), reply);
}

TEST_F(ReactionsTest, WhatTheClinicCompletesNeedsNoAnswer) {
  SendUntil("2029-03-02T09:00");
  ASSERT_TRUE(world_.Complete(Name("ask.2029-03-02")).ok());
  EXPECT_THAT(SetOff(), IsEmpty());
}

TEST_F(ReactionsTest, ASignOfDangerIsATaskAtOnceWhateverItAnswers) {
  const auto reply = Good(TryReply(ReplyRequest("I think I have a FEVER!")));
  EXPECT_EQ(Told(reply), "OTHER in e");
  EXPECT_THAT(reply.word_lists(), ElementsAre("danger"));
  EXPECT_THAT(SetOff(), ElementsAre("alarm.2029-03-01-0800 DUE"));
  EXPECT_EQ(Task("alarm.2029-03-01-0800").cause(), reply.name());
  // In the same minute it is the same alarm; later it is another.
  Reply("tengo fiebre");
  EXPECT_THAT(SetOff(), ElementsAre("alarm.2029-03-01-0800 DUE"));
  Until("2029-03-01T08:01");
  Reply("Stop. And my chest   pain, is that normal?");
  EXPECT_THAT(SetOff(), ElementsAre("alarm.2029-03-01-0800 DUE", "alarm.2029-03-01-0801 DUE"));
  Reply("No pain in my chest");
  EXPECT_EQ(SetOff().size(), 2u);
  world_.ExpectListsAgree("box");
}

TEST_F(ReactionsTest, NeitherMarksNorMissingAccentsHideASignOfDanger) {
  for (const std::string text : {"Pain: chest, pain!", "chest\npain", "genou gonfle", "GONFLÉ"}) {
    EXPECT_THAT(Good(TryReply(ReplyRequest(text))).word_lists(), ElementsAre("danger")) << text;
  }
  EXPECT_THAT(Good(TryReply(ReplyRequest("my chest is fine, no pain"))).word_lists(), IsEmpty());
}

TEST_F(ReactionsTest, ASignOfDangerReachesSomebodyWhileThePlanIsPaused) {
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  Until("2029-03-02T09:30");
  Reply("fever");
  EXPECT_THAT(SetOff(), ElementsAre("alarm.2029-03-02-0930 DUE"));
  Until("2029-03-03T09:30");
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_THAT(SetOff(), ElementsAre("alarm.2029-03-02-0930 DUE"));
  world_.ExpectListsAgree("box");
}

TEST_F(ReactionsTest, AWishToStopWithASignOfDangerIsBoth) {
  EXPECT_EQ(Reply("Please stop texting me, I have a fever."), "STOP in e");
  EXPECT_EQ(Points("e"), "STOPPED -");
  EXPECT_THAT(SetOff(), ElementsAre("alarm.2029-03-01-0800 DUE"));
  Until("2029-03-02T09:00");
  EXPECT_THAT(Send(), ElementsAre("ask.2029-03-02 by email"));
  EXPECT_EQ(Points("e"), "STOPPED -");
  world_.ExpectListsAgree("box");
}

TEST_F(ReactionsTest, AnAssignedWishToStopWithASignOfDangerIsBoth) {
  EXPECT_EQ(Reply("Please stop texting me, I have a fever.", "address: '+15550199'"), "STOP, to ASSIGN");
  const std::string reply = Newest();
  Until("2029-03-01T08:30");
  Assign(reply, "e");
  EXPECT_EQ(OptedOut("e"), "1");
  EXPECT_THAT(SetOff(), ElementsAre("alarm.2029-03-01-0800 DUE"));
  EXPECT_EQ(OptedOut("e"), "1");
}

TEST_F(ReactionsTest, ATaskForTheNextDayComesDueWhileThePlanIsPaused) {
  SendUntil("2029-03-02T12:00");
  Reply("no");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  Until("2029-03-03T08:59:59");
  EXPECT_EQ(Of("idle.2029-03-03"), "SCHEDULED");
  Until("2029-03-03T09:00");
  EXPECT_EQ(Of("idle.2029-03-03"), "DUE");
  world_.ExpectListsAgree("box");
}

TEST_F(ReactionsTest, WhatAnUnknownSenderWritesSetsOffItsTaskOnceItIsAssigned) {
  EXPECT_EQ(Reply("fever", "address: '+15550199'"), "OTHER, to ASSIGN");
  EXPECT_THAT(SetOff(), IsEmpty());
  const std::string reply = Newest();
  Until("2029-03-01T08:30");
  EXPECT_EQ(Assign(reply, "e"), "OTHER in e");
  EXPECT_THAT(SetOff(), ElementsAre("alarm.2029-03-01-0800 DUE"));
}

TEST_F(ReactionsTest, AChangeOfThePlanLeavesWhatAnswersSetOff) {
  SendUntil("2029-03-02T09:00");
  Reply("8 fever");
  Reply("8");
  const std::vector<std::string> before = SetOff();
  ASSERT_EQ(before.size(), 2u);
  world_.Update("clinics/box/enrollments/e", "procedure_date: '2029-02-28'");
  EXPECT_EQ(SetOff(), before);
  world_.Update("clinics/box/enrollments/e", "procedure_date: '2029-03-20'");
  EXPECT_EQ(SetOff(), before);
  world_.ExpectListsAgree("box");
}

TEST_F(ReactionsTest, ASignOfDangerIsOfTheEnrollmentThatRunsThoughAnotherWasWrittenToLast) {
  SendUntil("2029-03-02T09:00");
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  world_.Enrol("box", "again", Patient());
  EXPECT_EQ(Reply("fever"), "OTHER in again");
  EXPECT_THAT(SetOff("again"), ElementsAre("alarm.2029-03-02-0900 DUE"));
}

TEST_F(ReactionsTest, WhoHasLeftTheProgramSetsNothingOff) {
  SendUntil("2029-03-02T09:00");
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  Reply("9");
  Reply("fever");
  EXPECT_THAT(SetOff(), ElementsAre("mute.2029-03-04-0000 CANCELLED/ENROLLMENT_ENDED"));
}

TEST_F(ReactionsTest, AfterARestartEverythingIsAsItWas) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  SendUntil("2029-03-02T12:00");
  const std::vector<std::string> before = SetOff();
  world_.Stop();
  world_.Start();
  EXPECT_EQ(SetOff(), before);
  world_.ExpectListsAgree("box");
}

}  // namespace
}  // namespace aftercare::engine
