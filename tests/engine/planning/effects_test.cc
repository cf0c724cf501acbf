// Reactions that end a group or change a factor, and what becomes of that when the answer is corrected.
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The pathway of Replying with the factor `course`, a message `extra` at 20:00 for a hard course, and reactions:
//   hard    a score of 8 or more makes the course hard; a task at once
//   easy    a score of 1 or less makes the course easy; a task at once
//   fine    a score of 0 ends the group `pain`; a task on the next day at 10:00
//   mute    no answer by the end of the window of walk ends the group `pain`; a task then
//   alarm   a score of 8 or more on a plain course; a task at once
class EffectsTest : public Replying {
 protected:
  EffectsTest() : Replying(Pathway()) { world_.Enrol("box", "e", Patient()); }

  static v1::Pathway Pathway() {
    v1::Pathway pathway = AsksPathway();
    pathway.MergeFrom(FromText<v1::Pathway>(R"pb(
      factors { id: "course" values: "plain" values: "hard" values: "easy" default_value: "plain" }
      rules {
        id: "extra" phase: "p" category: "extra" conditions { factor: "course" values: "hard" }
        schedule { daily {} times: "20:00" }
        texts { key: "en" value: "Ice once more." }
      }
      rules {
        id: "hard" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        reaction { rules: "ask" score_at_least: 8 set_factor { factor: "course" value: "hard" } }
        schedule { window { days: 1 } }
        texts { key: "en" value: "{first_name} is on the hard course now." }
      }
      rules {
        id: "easy" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        reaction { rules: "ask" score_at_most: 1 set_factor { factor: "course" value: "easy" } }
        schedule { window { days: 1 } }
        texts { key: "en" value: "{first_name} is on the easy course now." }
      }
      rules {
        id: "fine" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        reaction { rules: "ask" score_at_most: 0 end_group: "pain" }
        schedule { on { days: 1 } times: "10:00" }
        texts { key: "en" value: "{first_name} is not asked any more." }
      }
      rules {
        id: "mute" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        reaction { rules: "walk" no_answer: true end_group: "pain" }
        schedule { window { days: 1 } }
        texts { key: "en" value: "{first_name} does not answer." }
      }
      rules {
        id: "alarm" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        conditions { factor: "course" values: "plain" }
        reaction { rules: "ask" score_at_least: 8 }
        schedule { window { days: 1 } }
        texts { key: "en" value: "Call {first_name}." }
      }
    )pb"));
    return pathway;
  }

  v1::Enrollment Enrolled() {
    v1::GetEnrollmentRequest request;
    request.set_name("clinics/box/enrollments/e");
    return Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment();
  }
  // Returns the value of the factor that the enrollment names; empty if it names none.
  std::string Course() {
    const v1::Enrollment enrolled = Enrolled();
    const auto course = enrolled.factors().find("course");
    return course == enrolled.factors().end() ? "" : course->second;
  }
  void SetCourse(const std::string& value) {
    v1::UpdateEnrollmentRequest request;
    request.mutable_enrollment()->set_name("clinics/box/enrollments/e");
    (*request.mutable_enrollment()->mutable_factors())["course"] = value;
    request.mutable_update_mask()->add_paths("factors");
    ASSERT_TRUE(world_.Call(&Engine::enrollments, &Enrollments::Update, request).ok());
  }
};

TEST_F(EffectsTest, AnAnswerChangesAFactorAndThePlanWithIt) {
  SendUntil("2029-03-02T09:00");
  const size_t events = world_.Events("box").size();
  const std::string etag = Enrolled().etag();
  Reply("8");
  EXPECT_EQ(Course(), "hard");
  EXPECT_NE(Enrolled().etag(), etag);
  EXPECT_EQ(Of("hard.2029-03-02-0900"), "DUE");
  EXPECT_EQ(Of("extra.2029-03-02"), "SCHEDULED");
  EXPECT_THAT(EventsSince(events), Contains("ENROLLMENT_UPDATED"));
  EXPECT_THAT(SendUntil("2029-03-02T20:00"), Contains("extra.2029-03-02 by sms"));
  world_.ExpectListsAgree("box");
}

TEST_F(EffectsTest, ACorrectionGivesTheFactorItsEarlierValueBack) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  Reply("5");
  EXPECT_EQ(Course(), "") << "the enrollment did not name the factor before";
  EXPECT_EQ(Of("hard.2029-03-02-0900"), "CANCELLED/ANSWER_CORRECTED");
  EXPECT_EQ(ErrorOf(world_.Get(Name("extra.2029-03-02")).status()), "NOT_FOUND/REMINDER_NOT_FOUND");
  Reply("1");
  EXPECT_EQ(Course(), "easy");
  Reply("9");
  EXPECT_EQ(Course(), "hard");
  world_.ExpectListsAgree("box");
}

TEST_F(EffectsTest, AnAlarmStaysThoughTheSameAnswerChangesTheFactorThatItsRuleNames) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  EXPECT_EQ(Course(), "hard");
  EXPECT_EQ(Of("alarm.2029-03-02-0900"), "DUE");
  SetCourse("easy");
  EXPECT_EQ(Of("alarm.2029-03-02-0900"), "DUE");
  world_.ExpectListsAgree("box");
  Reply("5");
  EXPECT_EQ(Of("alarm.2029-03-02-0900"), "CANCELLED/ANSWER_CORRECTED");
}

TEST_F(EffectsTest, TheDiffOfAChangeDoesNotSayThatAnAlarmIsDropped) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  const v1::PlanDiff diff = world_.Update("clinics/box/enrollments/e", "factors { key: 'course' value: 'easy' }");
  for (const v1::PlanChange& change : diff.changes()) {
    EXPECT_THAT(change.name(), Not(HasSubstr("alarm.")));
  }
}

TEST_F(EffectsTest, ACorrectionLeavesAloneWhatSomebodySetSince) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  SetCourse("easy");
  Reply("5");
  EXPECT_EQ(Course(), "easy");
}

TEST_F(EffectsTest, AValueThatTheFactorHasAlreadyChangesNothing) {
  SetCourse("hard");
  SendUntil("2029-03-02T09:00");
  const size_t events = world_.Events("box").size();
  Reply("8");
  EXPECT_EQ(Of("hard.2029-03-02-0900"), "DUE") << "the task comes all the same";
  EXPECT_THAT(EventsSince(events), Not(Contains("ENROLLMENT_UPDATED")));
  Reply("5");
  EXPECT_EQ(Course(), "hard") << "the answer had not made it so";
}

TEST_F(EffectsTest, AValueThatSeveralAnswersGiveStaysAsLongAsOneOfThemStands) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  SendUntil("2029-03-02T18:00");
  EXPECT_EQ(Course(), "hard");
  SendUntil("2029-03-06T09:00");  // 4 March is silenced.
  Reply("9");
  Reply("5");
  EXPECT_EQ(Course(), "hard") << "the answer of 2 March stands";
}

TEST_F(EffectsTest, AnEarlierChangeIsNoLaterOne) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  SendUntil("2029-03-06T09:00");
  Reply("1");
  EXPECT_EQ(Course(), "easy");
  ASSERT_TRUE(world_.Complete(Name("walk.2029-03-05")).ok());  // So that the group does not end.
  SendUntil("2029-03-10T09:00");
  Reply("9");
  EXPECT_EQ(Course(), "hard");
  Reply("5");
  EXPECT_EQ(Course(), "easy") << "as the answer of 6 March made it";
}

TEST_F(EffectsTest, WhatSomebodySetToTheSameValueSinceIsTheirs) {
  SendUntil("2029-03-02T09:00");
  Reply("8");
  SetCourse("easy");
  SetCourse("hard");
  Reply("5");
  EXPECT_EQ(Course(), "hard");
}

TEST_F(EffectsTest, AGroupEndsWhenTheReactionComesDue) {
  SendUntil("2029-03-02T09:00");
  Reply("0");
  EXPECT_EQ(Of("ask.2029-03-06"), "SCHEDULED") << "the task comes on the next day only";
  EXPECT_EQ(Course(), "easy");
  SendUntil("2029-03-03T10:00");
  EXPECT_EQ(Of("fine.2029-03-03"), "DUE");
  EXPECT_EQ(Of("ask.2029-03-06"), "CANCELLED/GROUP_ENDED");
  EXPECT_EQ(Of("nudge.2029-03-10"), "CANCELLED/GROUP_ENDED");
  EXPECT_EQ(Of("walk.2029-03-06"), "SCHEDULED") << "of no group";
  EXPECT_THAT(SendUntil("2029-03-11T23:00"), Not(Contains(HasSubstr("ask"))));
  world_.ExpectListsAgree("box");
}

TEST_F(EffectsTest, AMissingAnswerEndsAGroupAtTheEndOfItsWindow) {
  SendUntil("2029-03-02T12:00");
  Until("2029-03-03T23:59");
  EXPECT_EQ(Of("ask.2029-03-04"), "SCHEDULED");
  Until("2029-03-04T00:00");
  EXPECT_EQ(Of("mute.2029-03-04-0000"), "DUE");
  EXPECT_EQ(Of("ask.2029-03-04"), "CANCELLED/GROUP_ENDED");
  world_.ExpectListsAgree("box");
}

TEST_F(EffectsTest, AnAnswerThatComesAfterAllGivesTheGroupBack) {
  SendUntil("2029-03-02T12:00");
  Until("2029-03-04T00:00");
  ASSERT_EQ(Of("ask.2029-03-04"), "CANCELLED/GROUP_ENDED");
  EXPECT_THAT(Reply("yes"), HasSubstr("of walk.2029-03-02"));
  EXPECT_EQ(Of("mute.2029-03-04-0000"), "CANCELLED/ANSWER_CORRECTED");
  EXPECT_EQ(Of("ask.2029-03-04"), "SCHEDULED");
  EXPECT_THAT(SendUntil("2029-03-04T09:00"), Contains("ask.2029-03-04 by sms"));
  world_.ExpectListsAgree("box");
}

TEST_F(EffectsTest, AnEffectSurvivesAChangeOfFacts) {
  SendUntil("2029-03-02T12:00");
  Until("2029-03-04T00:00");
  SetCourse("hard");
  EXPECT_EQ(Of("ask.2029-03-04"), "CANCELLED/GROUP_ENDED");
  EXPECT_EQ(Of("ask.2029-03-08"), "CANCELLED/GROUP_ENDED");
}

}  // namespace
}  // namespace aftercare::engine
