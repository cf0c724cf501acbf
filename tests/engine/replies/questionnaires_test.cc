// Questionnaires: questions asked in turn, their score, and what reacts to it. Scores in a range of their own.
#include <algorithm>

#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A questionnaire `function` of three questions. The score is 100 less 10 for each point. For a procedure on 1 March:
//   walk    2, 5 and 8 March 09:00; a choice that counts 0, 1 or 2 points
//   stairs  once that is answered; a score from 1 to 5
//   chair   once that is answered, one day later at that time; a choice that counts its number, 1 or 2
//   poor    a task at once for a score of 40 or less
//   fine    a message on the next day at 10:00 for a score of 70 or more
//   vas     3 March 12:00; a score from 0 to 100
v1::Pathway FunctionPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Function" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
    rules {
      id: "walk" phase: "p" category: "function" answer: ANSWER_KIND_CHOICE
      schedule { on { days: 1 } on { days: 4 } on { days: 7 } times: "09:00" window { days: 2 } }
      texts { key: "en" value: "Walking?" }
      choices { labels { key: "en" value: "easy" } points: 0 }
      choices { labels { key: "en" value: "hard" } points: 1 }
      choices { labels { key: "en" value: "not at all" } points: 2 }
    }
    rules {
      id: "stairs" phase: "p" category: "function" answer: ANSWER_KIND_SCORE score_range { min: 1 max: 5 }
      reaction { rules: "walk" answered: true } schedule { window { days: 2 } }
      texts { key: "en" value: "Stairs, 1 to 5?" }
    }
    rules {
      id: "chair" phase: "p" category: "function" answer: ANSWER_KIND_CHOICE
      reaction { rules: "stairs" answered: true } schedule { on { days: 1 } window { days: 2 } }
      texts { key: "en" value: "Getting up?" }
      choices { labels { key: "en" value: "possible" } }
      choices { labels { key: "en" value: "impossible" } }
    }
    rules {
      id: "poor" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
      reaction { questionnaire: "function" score_at_most: 40 } schedule { window { days: 1 } }
      texts { key: "en" value: "Call {first_name}." }
    }
    rules {
      id: "fine" phase: "p" category: "praise"
      reaction { questionnaire: "function" score_at_least: 70 } schedule { on { days: 1 } times: "10:00" }
      texts { key: "en" value: "Well done." }
    }
    rules { id: "vas" phase: "p" category: "pain" answer: ANSWER_KIND_SCORE score_range { max: 100 }
            schedule { on { days: 2 } times: "12:00" window { days: 1 } } texts { key: "en" value: "0 to 100?" } }
    questionnaires { id: "function" rules: "walk" rules: "stairs" rules: "chair" linear { offset: 100 factor: -10 } }
  )pb");
}

class QuestionnairesTest : public Replying {
 protected:
  QuestionnairesTest() : Replying(FunctionPathway()) { world_.Enrol("box", "e", Patient()); }

  // Returns the reminders of these rules, whatever became of them, as `poor.2029-03-03-0905 DUE`.
  std::vector<std::string> Shown(const std::vector<std::string>& rules) {
    std::vector<std::string> shown;
    const v1::GetTimelineResponse timeline = world_.Timeline("clinics/box/enrollments/e");
    for (const v1::Reminder& reminder : timeline.reminders()) {
      const std::string id = IdOf(reminder.name());
      if (std::find(rules.begin(), rules.end(), id.substr(0, id.find('.'))) == rules.end()) continue;
      shown.push_back(absl::StrCat(id, " ", StateAndReason(reminder)));
    }
    return shown;
  }
  std::vector<std::string> SetOff() { return Shown({"poor", "fine"}); }

  // Returns the scores of questionnaires, as `function 60 (4) at 2029-03-03T09:05 of walk.2029-03-02 and 2 more`.
  std::vector<std::string> Scores() {
    v1::GetAdherenceRequest request;
    request.set_name("clinics/box/enrollments/e");
    const auto got = Good(world_.Call(&Engine::enrollments, &Enrollments::GetAdherence, request));
    std::vector<std::string> scores;
    for (const v1::QuestionnaireScore& score : got.adherence().questionnaires()) {
      scores.push_back(absl::StrCat(
          score.questionnaire(), " ", score.score(), " (", score.sum(), ") at ",
          absl::FormatTime("%Y-%m-%dT%H:%M", plan::ToTime(score.answer_time()), absl::UTCTimeZone()), " of ",
          IdOf(score.reminders(0)), " and ", score.reminders_size() - 1, " more"));
    }
    return scores;
  }

  // Answers the first two questions of the round of 2 March, with `walk` and `stairs`, and sends the third.
  void AnswerTwo(const std::string& walk, const std::string& stairs) {
    SendUntil("2029-03-02T09:00");
    Until("2029-03-02T09:02");
    Reply(walk);
    Send();
    Until("2029-03-02T09:05");
    Reply(stairs);
    EXPECT_THAT(SendUntil("2029-03-03T09:05"), Contains("chair.2029-03-03-0905 by sms"));
  }
};

TEST_F(QuestionnairesTest, EachQuestionIsSentOnceTheOneBeforeIsAnswered) {
  EXPECT_THAT(SendUntil("2029-03-02T09:00"), ElementsAre("walk.2029-03-02 by sms"));
  EXPECT_THAT(SendUntil("2029-03-02T09:01"), IsEmpty());
  Until("2029-03-02T09:02:30");
  EXPECT_EQ(Reply("hard"), "ANSWER choice 2 of walk.2029-03-02 in e");
  const std::string reply = Newest();
  EXPECT_THAT(Send(), ElementsAre("stairs.2029-03-02-0902 by sms"));
  EXPECT_EQ(Good(world_.Get(Name("stairs.2029-03-02-0902"))).cause(), reply);
  Until("2029-03-02T09:05");
  EXPECT_EQ(Reply("5"), "ANSWER 5 of stairs.2029-03-02-0902 in e");
  EXPECT_THAT(Send(), IsEmpty());
  EXPECT_THAT(SendUntil("2029-03-03T09:05"), ElementsAre("chair.2029-03-03-0905 by sms"));
  EXPECT_THAT(Scores(), IsEmpty());
  EXPECT_EQ(Reply("possible"), "ANSWER choice 1 of chair.2029-03-03-0905 in e");
  EXPECT_THAT(Scores(), ElementsAre("function 30 (7) at 2029-03-03T09:05 of walk.2029-03-02 and 2 more"));
  world_.ExpectListsAgree("box");
}

TEST_F(QuestionnairesTest, TheScoreOfACompleteRoundIsReactedTo) {
  AnswerTwo("hard", "5");
  EXPECT_THAT(SetOff(), IsEmpty());
  Until("2029-03-03T11:20");
  Reply("possible");
  EXPECT_THAT(SetOff(), ElementsAre("poor.2029-03-03-1120 DUE"));
  EXPECT_EQ(Good(world_.Get(Name("poor.2029-03-03-1120"))).cause(), Newest());
  world_.ExpectListsAgree("box");
}

TEST_F(QuestionnairesTest, AScoreBetweenTheBoundsSetsNothingOff) {
  AnswerTwo("hard", "3");
  Reply("possible");
  EXPECT_THAT(Scores(), ElementsAre(HasSubstr("function 50 (5)")));
  EXPECT_THAT(SetOff(), IsEmpty());
}

TEST_F(QuestionnairesTest, ACorrectionOfTheLastAnswerCorrectsTheScoreAndWhatReactedToIt) {
  AnswerTwo("hard", "4");
  Reply("impossible");
  EXPECT_THAT(Scores(), ElementsAre(HasSubstr("function 30 (7)")));
  EXPECT_THAT(SetOff(), ElementsAre("poor.2029-03-03-0905 DUE"));
  Until("2029-03-03T09:06");
  Reply("possible");
  EXPECT_THAT(Scores(), ElementsAre("function 40 (6) at 2029-03-03T09:06 of walk.2029-03-02 and 2 more"));
  EXPECT_THAT(SetOff(), ElementsAre("poor.2029-03-03-0905 DUE")) << "it is poor still";
  world_.ExpectListsAgree("box");
}

TEST_F(QuestionnairesTest, ACorrectionOfAnyAnswerOfACompleteRoundIsReactedTo) {
  SendUntil("2029-03-02T09:00");
  Until("2029-03-02T23:50");
  Reply("not at all");
  Send();
  Until("2029-03-03T09:00");
  Reply("2");
  SendUntil("2029-03-04T09:00");
  Until("2029-03-04T09:30");
  Reply("possible");
  EXPECT_THAT(Scores(), ElementsAre(HasSubstr("function 50 (5)")));
  EXPECT_THAT(SetOff(), IsEmpty());
  // The channel names the message that is corrected; only answers of today may be.
  const auto to = [this](const std::string& id) { return absl::StrCat("reminder: '", Name(id), "'"); };
  EXPECT_EQ(Reply("1", to("stairs.2029-03-02-2350")), "OTHER in e");
  Until("2029-03-04T09:40");
  EXPECT_EQ(Reply("2", to("chair.2029-03-04-0900")), "ANSWER choice 2 of chair.2029-03-04-0900 in e");
  EXPECT_THAT(SetOff(), ElementsAre("poor.2029-03-04-0940 DUE"));
  Reply("1", to("chair.2029-03-04-0900"));
  EXPECT_THAT(SetOff(), ElementsAre("poor.2029-03-04-0940 CANCELLED/ANSWER_CORRECTED"));
  world_.ExpectListsAgree("box");
}

// All questions are asked within minutes, so that the first answer may be corrected when the round is complete.
class QuickQuestionnairesTest : public QuestionnairesTest {
 protected:
  QuickQuestionnairesTest() {
    v1::Pathway quick = FunctionPathway();
    quick.mutable_rules(2)->mutable_schedule()->clear_on();
    quick.set_name("clinics/box/pathways/asks");
    v1::UpdatePathwayRequest request;
    *request.mutable_pathway() = quick;
    Good(world_.Call(&Engine::pathways, &Pathways::Update, request));
    v1::MigrateEnrollmentsRequest migrate;
    migrate.set_pathway("clinics/box/pathways/asks");
    Good(world_.Call(&Engine::enrollments, &Enrollments::Migrate, migrate));
  }

  // Answers a whole round, a minute after the other from `time` on, such as `2029-03-02T09:0`.
  void AnswerRound(const std::string& time, const std::vector<std::string>& answers) {
    SendUntil(time + "0");
    for (size_t i = 0; i < answers.size(); ++i) {
      Until(absl::StrCat(time, i + 1));
      EXPECT_THAT(Reply(answers[i]), HasSubstr("ANSWER"));
      Send();
    }
  }
};

TEST_F(QuickQuestionnairesTest, ACorrectionOfTheFirstAnswerFindsTheRound) {
  AnswerRound("2029-03-02T09:0", {"easy", "1", "1"});
  EXPECT_THAT(SetOff(), ElementsAre("fine.2029-03-03 SCHEDULED"));
  Until("2029-03-02T10:00");
  const std::string first = absl::StrCat("reminder: '", Name("walk.2029-03-02"), "'");
  EXPECT_EQ(Reply("not at all", first), "ANSWER choice 3 of walk.2029-03-02 in e");
  EXPECT_THAT(Scores(), ElementsAre("function 60 (4) at 2029-03-02T10:00 of walk.2029-03-02 and 2 more"));
  EXPECT_THAT(SetOff(), IsEmpty()) << "it was never more than planned";
  EXPECT_THAT(Shown({"stairs"}), ElementsAre("stairs.2029-03-02-0901 COMPLETED/ANSWERED")) << "any answer still fits";
  Reply("hard", first);
  EXPECT_THAT(SetOff(), ElementsAre("fine.2029-03-03 SCHEDULED"));
  world_.ExpectListsAgree("box");
}

TEST_F(QuickQuestionnairesTest, QuestionsThatWereSentAtOneInstantAreAnsweredOneAfterTheOther) {
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("1"), "ANSWER choice 1 of walk.2029-03-02 in e");
  EXPECT_THAT(Send(), ElementsAre("stairs.2029-03-02-0900 by sms"));
  EXPECT_EQ(Reply("1"), "ANSWER 1 of stairs.2029-03-02-0900 in e");
  EXPECT_THAT(Send(), ElementsAre("chair.2029-03-02-0900 by sms"));
  EXPECT_EQ(Reply("1"), "ANSWER choice 1 of chair.2029-03-02-0900 in e");
  EXPECT_THAT(Scores(), ElementsAre(HasSubstr("function 80 (2)")));
}

TEST_F(QuickQuestionnairesTest, EachRoundHasAScoreOfItsOwn) {
  AnswerRound("2029-03-02T09:0", {"easy", "1", "1"});
  EXPECT_THAT(SendUntil("2029-03-03T10:00"), ElementsAre("fine.2029-03-03 by sms"));
  AnswerRound("2029-03-05T09:0", {"not at all", "5", "2"});
  EXPECT_THAT(Scores(), ElementsAre("function 80 (2) at 2029-03-02T09:03 of walk.2029-03-02 and 2 more",
                                    "function 10 (9) at 2029-03-05T09:03 of walk.2029-03-05 and 2 more"));
  EXPECT_THAT(SetOff(), UnorderedElementsAre("fine.2029-03-03 SENT", "poor.2029-03-05-0903 DUE"));
  // A correction of the second leaves what the first set off.
  Reply("1");
  Reply("easy", absl::StrCat("reminder: '", Name("walk.2029-03-05"), "'"));
  EXPECT_THAT(Scores(), ElementsAre(HasSubstr("function 80"), HasSubstr("function 40 (6)")));
  EXPECT_THAT(SetOff(), UnorderedElementsAre("fine.2029-03-03 SENT", "poor.2029-03-05-0903 DUE"));
  Reply("1", absl::StrCat("reminder: '", Name("stairs.2029-03-05-0901"), "'"));
  EXPECT_THAT(SetOff(), UnorderedElementsAre("fine.2029-03-03 SENT", "fine.2029-03-06 SCHEDULED",
                                             "poor.2029-03-05-0903 CANCELLED/ANSWER_CORRECTED"));
  world_.ExpectListsAgree("box");
}

TEST_F(QuickQuestionnairesTest, ARoundThatIsNotFinishedHasNoScore) {
  AnswerRound("2029-03-02T09:0", {"easy", "1"});
  SendUntil("2029-03-06T08:00");
  EXPECT_THAT(Scores(), IsEmpty());
  EXPECT_THAT(SetOff(), IsEmpty());
}

TEST_F(QuickQuestionnairesTest, WhatTheClinicCompletesIsNoAnswerAndEndsTheRound) {
  SendUntil("2029-03-02T09:00");
  ASSERT_TRUE(world_.Complete(Name("walk.2029-03-02")).ok());
  EXPECT_THAT(SendUntil("2029-03-02T10:00"), IsEmpty());
  EXPECT_THAT(Shown({"stairs"}), IsEmpty());
}

TEST_F(QuickQuestionnairesTest, TheScoreOfARoundStaysThatOfTheRevisionThatAsked) {
  AnswerRound("2029-03-02T09:0", {"easy", "1", "1"});
  v1::Pathway changed = FunctionPathway();
  changed.mutable_questionnaires(0)->mutable_linear()->set_factor(-1);
  changed.set_name("clinics/box/pathways/asks");
  v1::UpdatePathwayRequest request;
  *request.mutable_pathway() = changed;
  Good(world_.Call(&Engine::pathways, &Pathways::Update, request));
  v1::MigrateEnrollmentsRequest migrate;
  migrate.set_pathway("clinics/box/pathways/asks");
  Good(world_.Call(&Engine::enrollments, &Enrollments::Migrate, migrate));
  EXPECT_THAT(Scores(), ElementsAre(HasSubstr("function 80 (2)")));
}

TEST_F(QuickQuestionnairesTest, AfterARestartTheScoresAreAsTheyWere) {
  AnswerRound("2029-03-02T09:0", {"easy", "1", "1"});
  const std::vector<std::string> scores = Scores();
  ASSERT_EQ(scores.size(), 1u);
  world_.Stop();
  world_.Start();
  EXPECT_EQ(Scores(), scores);
}

TEST_F(QuestionnairesTest, TheQuestionsComeOverTheChannelThatTheFirstWentOver) {
  Until("2029-03-02T09:00");
  // The telephone does not work; the message goes by mail.
  for (const v1::Lease& lease : world_.Lease("box")) {
    world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
  }
  EXPECT_THAT(Send(), ElementsAre("walk.2029-03-02 by email"));
  const std::string from_mail = "channel: CHANNEL_EMAIL address: 'ana@example.com'";
  EXPECT_EQ(Reply("easy", from_mail), "ANSWER choice 1 of walk.2029-03-02 in e");
  EXPECT_THAT(Send(), ElementsAre("stairs.2029-03-02-0900 by email"));
  EXPECT_EQ(Reply("3", from_mail), "ANSWER 3 of stairs.2029-03-02-0900 in e");
  EXPECT_THAT(SendUntil("2029-03-03T09:00"), ElementsAre("chair.2029-03-03-0900 by email"));
  // Another message goes where the patient wants to be written to first.
  EXPECT_THAT(SendUntil("2029-03-03T12:00"), ElementsAre("vas.2029-03-03 by sms"));
}

TEST_F(QuestionnairesTest, AQuestionGoesElsewhereIfThatChannelMayNotBeUsedAnyMore) {
  Until("2029-03-02T09:00");
  for (const v1::Lease& lease : world_.Lease("box")) {
    world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
  }
  Send();
  const std::string from_mail = "channel: CHANNEL_EMAIL address: 'ana@example.com'";
  Reply("easy", from_mail);
  EXPECT_THAT(Send(), ElementsAre("stairs.2029-03-02-0900 by email"));
  Reply("3", from_mail);
  Consent("EMAIL", "REFUSED");
  EXPECT_THAT(SendUntil("2029-03-03T09:00"), ElementsAre("chair.2029-03-03-0900 by sms"));
}

TEST_F(QuestionnairesTest, AScoreIsReadInTheRangeOfTheQuestion) {
  SendUntil("2029-03-03T12:00");
  EXPECT_EQ(Reply("101"), "OTHER in e");
  EXPECT_EQ(Reply("7/10"), "OTHER in e") << "that is another scale";
  EXPECT_EQ(Of("vas.2029-03-03"), "SENT");
  EXPECT_EQ(Reply("72"), "ANSWER 72 of vas.2029-03-03 in e");
  EXPECT_EQ(Good(world_.Get(Name("vas.2029-03-03"))).score(), 72);
  EXPECT_EQ(Reply("100/100"), "ANSWER 100 of vas.2029-03-03 in e");
  EXPECT_EQ(Reply("0"), "ANSWER 0 of vas.2029-03-03 in e");
  const std::string to = absl::StrCat("reminder: '", Name("vas.2029-03-03"), "'");
  EXPECT_EQ(Reply("101", to), "OTHER in e");
  EXPECT_EQ(Reply("55", to), "ANSWER 55 of vas.2029-03-03 in e");
}

TEST_F(QuestionnairesTest, ANumberAnswersTheNewestQuestionInWhoseRangeItIs) {
  SendUntil("2029-03-02T09:00");
  Until("2029-03-03T11:00");
  Reply("easy");
  Send();  // stairs, 1 to 5
  SendUntil("2029-03-03T12:00");
  EXPECT_EQ(Reply("5/5"), "ANSWER 5 of stairs.2029-03-03-1100 in e") << "out of a hundred was asked for last";
  EXPECT_EQ(Reply("4"), "ANSWER 4 of vas.2029-03-03 in e");
  EXPECT_EQ(Reply("6"), "ANSWER 6 of vas.2029-03-03 in e");
}

}  // namespace
}  // namespace aftercare::engine
