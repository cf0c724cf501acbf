// Reminders that come due only if the patient's answers so far meet the conditions of their rule.
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The pathway of Replying with rules that have conditions:
//   cheer   a message on 6 March 10:00 if walks were done on fewer than half of the days of the last week, two days
//           asked at least
//   call    a task on 6 March 11:00 on the same condition
//   nag     a message on 6 March 13:00 unless at least 90 percent of all questions were answered
//   worst   a task at once for a score of 7 or more, if the score before was one too
class ObservedConditionsTest : public Replying {
 protected:
  ObservedConditionsTest() : Replying(Pathway()) { world_.Enrol("box", "e", Patient()); }

  static v1::Pathway Pathway() {
    v1::Pathway pathway = AsksPathway();
    pathway.MergeFrom(FromText<v1::Pathway>(R"pb(
      rules {
        id: "cheer" phase: "p" category: "cheer"
        observed { adherence { category: "walk" days: 7 below: 50 min_asked: 2 } }
        schedule { on { days: 5 } times: "10:00" }
        texts { key: "en" value: "You can do it." }
      }
      rules {
        id: "call" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        observed { adherence { category: "walk" days: 7 below: 50 min_asked: 2 } }
        schedule { on { days: 5 } times: "11:00" }
        texts { key: "en" value: "{first_name} does not walk." }
      }
      rules {
        id: "nag" phase: "p" category: "nag"
        observed { adherence { measure: ADHERENCE_MEASURE_ANSWERED at_least: 90 min_asked: 3 } unless: true }
        schedule { on { days: 5 } times: "13:00" }
        texts { key: "en" value: "Please answer." }
      }
      rules {
        id: "worst" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        reaction { rules: "ask" score_at_least: 7 }
        observed { answers { rules: "ask" last: 2 score_at_least: 7 } }
        schedule {}
        texts { key: "en" value: "Twice bad." }
      }
    )pb"));
    return pathway;
  }

  std::string Day(int day, const std::string& time) { return absl::StrCat("2029-03-0", day, "T", time); }

  // Sends the walks of 2 to 5 March, and answers each with one of these words, in order. Empty: no answer.
  void Walk(const std::vector<std::string>& words) {
    for (int i = 0; i < static_cast<int>(words.size()); ++i) {
      SendUntil(Day(2 + i, "12:00"));
      if (!words[i].empty()) Reply(words[i]);
    }
  }
};

TEST_F(ObservedConditionsTest, AReminderComesDueWhereItsConditionHolds) {
  Walk({"yes", "no", "", "no"});
  Until("2029-03-06T11:00");
  EXPECT_EQ(Of("cheer.2029-03-06"), "DUE");
  EXPECT_EQ(Of("call.2029-03-06"), "DUE");
  const v1::Reminder cheer = Good(world_.Get(Name("cheer.2029-03-06")));
  ASSERT_EQ(cheer.observations_size(), 1);
  EXPECT_TRUE(cheer.observations(0).held());
  EXPECT_EQ(cheer.observations(0).asked(), 4);
  EXPECT_EQ(cheer.observations(0).percent(), 25);
  EXPECT_EQ(cheer.observations(0).condition().adherence().below(), 50);
  EXPECT_FALSE(cheer.conditional());
  world_.ExpectListsAgree("box");
}

TEST_F(ObservedConditionsTest, AReminderIsSuppressedWhereItsConditionDoesNotHold) {
  Walk({"yes", "yes", "", ""});
  Until("2029-03-06T11:00");
  EXPECT_EQ(Of("cheer.2029-03-06"), "SUPPRESSED/CONDITION_NOT_MET") << "half of the days is not less than half";
  EXPECT_EQ(Of("call.2029-03-06"), "SUPPRESSED/CONDITION_NOT_MET") << "a task too";
  const v1::Reminder call = Good(world_.Get(Name("call.2029-03-06")));
  ASSERT_EQ(call.observations_size(), 1);
  EXPECT_FALSE(call.observations(0).held());
  EXPECT_EQ(call.observations(0).percent(), 50);
  world_.ExpectListsAgree("box");
}

TEST_F(ObservedConditionsTest, WhatIsStillToComeIsConditional) {
  Until("2029-03-05T08:00");
  EXPECT_TRUE(Good(world_.Get(Name("cheer.2029-03-06"))).conditional());
  EXPECT_FALSE(Good(world_.Get(Name("walk.2029-03-06"))).conditional());
  ASSERT_TRUE(world_.Move(Name("cheer.2029-03-06"), At("2029-03-06T09:00")).ok());
  EXPECT_TRUE(Good(world_.Get(Name("cheer.2029-03-06"))).conditional()) << "moved by hand";
  Until("2029-03-06T09:00");
  EXPECT_EQ(Of("cheer.2029-03-06"), "SUPPRESSED/CONDITION_NOT_MET") << "nothing was sent, so nothing was asked";
  EXPECT_FALSE(Good(world_.Get(Name("cheer.2029-03-06"))).conditional());
}

TEST_F(ObservedConditionsTest, TodayDoesNotCountForAdherence) {
  Walk({"no", "no", "no", "no"});
  SendUntil("2029-03-05T23:00");
  ASSERT_TRUE(world_.Move(Name("cheer.2029-03-06"), At("2029-03-05T23:30")).ok());
  Until("2029-03-05T23:30");
  EXPECT_EQ(Good(world_.Get(Name("cheer.2029-03-06"))).observations(0).asked(), 3);
}

TEST_F(ObservedConditionsTest, AnUnlessHoldsAlsoWhereTooLittleWasAsked) {
  Until("2029-03-06T13:00");
  EXPECT_EQ(Of("nag.2029-03-06"), "DUE");
}

TEST_F(ObservedConditionsTest, WhoAlwaysAnswersIsSparedTheNag) {
  for (int day = 2; day <= 5; ++day) {
    SendUntil(Day(day, "09:00"));
    if (day % 2 == 0) EXPECT_EQ(Reply("3").substr(0, 8), "ANSWER 3");
    SendUntil(Day(day, "12:00"));
    Reply("yes");
  }
  Until("2029-03-06T13:00");
  EXPECT_EQ(Of("nag.2029-03-06"), "SUPPRESSED/CONDITION_NOT_MET");
}

TEST_F(ObservedConditionsTest, AReactionLooksAtTheAnswersBefore) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  EXPECT_EQ(Of("worst.2029-03-02-0900"), "SUPPRESSED/CONDITION_NOT_MET") << "there was no answer before";
  SendUntil("2029-03-06T09:00");  // The answer silences the question of 4 March.
  Reply("9");
  EXPECT_EQ(Of("worst.2029-03-06-0900"), "DUE");
  EXPECT_THAT(Good(world_.Get(Name("worst.2029-03-06-0900"))).observations(0).answers(), ElementsAre(9, 8));
  world_.ExpectListsAgree("box");
}

TEST_F(ObservedConditionsTest, WhatWasDecidedIsNotDecidedAgain) {
  Walk({"no", "no", "no", "no"});
  Until("2029-03-06T11:00");
  ASSERT_EQ(Of("call.2029-03-06"), "DUE");
  SendUntil("2029-03-06T12:00");
  for (int i = 0; i < 4; ++i) Reply("yes");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Of("call.2029-03-06"), "DUE");
}

}  // namespace
}  // namespace aftercare::engine
