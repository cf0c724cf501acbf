// Answers to questions with choices.
#include <algorithm>

#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

// For a procedure on 1 March, each on 2 to 11 March; the window of each message lasts to the end of the next day:
//   swelling  09:00; asks for a choice of three; first rule of the group `g`, with two days' silence after an answer
//   nudge     18:00; asks for the same choice; second rule of that group
//   pain      12:00; asks for a score
//   eaten     15:00; asks for yes or no
//   walk      16:00; asks for a DONE word
v1::Pathway ChoicesPathway() {
  auto pathway = FromText<v1::Pathway>(R"pb(
    display_name: "Asks" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
    groups { id: "g" silence { seconds: 172800 } }
    rules {
      id: "swelling" phase: "p" category: "c" group: "g" answer: ANSWER_KIND_CHOICE
      schedule { daily {} times: "09:00" window { days: 1 } } texts { key: "en" value: "How is the swelling?" }
      choices { labels { key: "en" value: "Better" } labels { key: "es" value: "Mejor" } }
      choices { labels { key: "en" value: "Worse" } labels { key: "es" value: "Está peor" } }
      choices { labels { key: "en" value: "Alto" } }
    }
    rules {
      id: "nudge" phase: "p" category: "c" group: "g" answer: ANSWER_KIND_CHOICE
      schedule { daily {} times: "18:00" window { days: 1 } } texts { key: "en" value: "Please answer." }
    }
    rules { id: "pain" phase: "p" category: "c" answer: ANSWER_KIND_SCORE
            schedule { daily {} times: "12:00" window { days: 1 } } texts { key: "en" value: "How bad?" } }
    rules { id: "eaten" phase: "p" category: "c" answer: ANSWER_KIND_CHOICE
            schedule { daily {} times: "15:00" window { days: 1 } } texts { key: "en" value: "Have you eaten?" }
            choices { labels { key: "en" value: "Yes" } labels { key: "es" value: "Sí" } }
            choices { labels { key: "en" value: "No" } } }
    rules { id: "walk" phase: "p" category: "c" answer: ANSWER_KIND_DONE
            schedule { daily {} times: "16:00" window { days: 1 } } texts { key: "en" value: "Walk, reply DONE." } }
  )pb");
  *pathway.mutable_rules(1)->mutable_choices() = pathway.rules(0).choices();
  return pathway;
}

class ChoicesTest : public Replying {
 protected:
  ChoicesTest() : Replying(ChoicesPathway()) { world_.Enrol("box", "e", Patient()); }

  v1::Reminder Get(const std::string& id, const std::string& enrollment = "e") {
    return Good(world_.Get(Name(id, enrollment)));
  }
  std::string Why(const std::string& text) {
    return Good(TryReply(ReplyRequest(text, "validate_only: true"))).explanation();
  }
};

TEST_F(ChoicesTest, ANumberAnswersTheQuestionAndIsKeptAsItsChoice) {
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Why("2"), "It answers the newest message that asked for such an answer with choice 2.");
  EXPECT_EQ(Reply("2"), "ANSWER choice 2 of swelling.2029-03-02 in e");
  const v1::Reminder answered = Get("swelling.2029-03-02");
  EXPECT_EQ(StateAndReason(answered), "COMPLETED/ANSWERED");
  EXPECT_EQ(answered.choice(), 2);
  EXPECT_FALSE(answered.has_score());
  EXPECT_FALSE(answered.has_done());
  const v1::Reply stored = Good(TryList("parent: 'clinics/box'")).replies(0);
  EXPECT_EQ(stored.choice(), 2);
  EXPECT_FALSE(stored.has_score());
  world_.ExpectListsAgree("box");
}

TEST_F(ChoicesTest, TheLogTellsTheChoice) {
  SendUntil("2029-03-02T09:00");
  Reply("worse");
  const auto events = world_.Events("box");
  const auto received = std::find_if(events.begin(), events.end(), [](const v1::Event& event) {
    return event.type() == v1::EVENT_TYPE_REPLY_RECEIVED;
  });
  ASSERT_NE(received, events.end());
  EXPECT_EQ(received->reply().choice(), 2);
  EXPECT_FALSE(received->reply().has_score());
}

TEST_F(ChoicesTest, ANumberAnswersTheNewestQuestionThatItFits) {
  SendUntil("2029-03-02T09:00");
  SendUntil("2029-03-02T12:00");
  EXPECT_EQ(Reply("3"), "ANSWER 3 of pain.2029-03-02 in e") << "the score was asked for last";
  SendUntil("2029-03-02T15:00");
  EXPECT_EQ(Reply("2"), "ANSWER choice 2 of eaten.2029-03-02 in e");
  EXPECT_EQ(Reply("3"), "ANSWER 3 of pain.2029-03-02 in e") << "the newest question has two choices";
  EXPECT_EQ(Reply("0"), "ANSWER 0 of pain.2029-03-02 in e");
  EXPECT_EQ(Reply("2/10"), "ANSWER 2 of pain.2029-03-02 in e") << "out of ten is a score";
  EXPECT_EQ(Of("swelling.2029-03-02"), "SENT");
}

TEST_F(ChoicesTest, ANumberThatFitsNoQuestionIsNoAnswer) {
  SendUntil("2029-03-02T09:00");
  for (const char* text : {"0", "4", "10"}) EXPECT_EQ(Reply(text), "OTHER in e") << text;
  EXPECT_EQ(Why("4"), "It may be an answer, but no message of the last 7 days asked for one like it.");
  EXPECT_EQ(Why("option 4"), "It is no word of the clinic's, and no answer.");
  EXPECT_EQ(Of("swelling.2029-03-02"), "SENT");
}

TEST_F(ChoicesTest, ALabelAnswersTheNewestQuestionThatHasIt) {
  SendUntil("2029-03-02T09:00");
  SendUntil("2029-03-02T15:00");
  EXPECT_EQ(Reply("esta PEOR, gracias"), "ANSWER choice 2 of swelling.2029-03-02 in e");
  EXPECT_EQ(Reply("Better!"), "ANSWER choice 1 of swelling.2029-03-02 in e") << "a correction";
  EXPECT_EQ(Reply("much better"), "OTHER in e");
}

TEST_F(ChoicesTest, YesAndNoAnswerTheNewestQuestionThatTheyFit) {
  SendUntil("2029-03-02T15:00");
  EXPECT_EQ(Reply("yes"), "ANSWER choice 1 of eaten.2029-03-02 in e");
  EXPECT_EQ(Reply("si"), "ANSWER choice 1 of eaten.2029-03-02 in e");
  EXPECT_EQ(Reply("done"), "OTHER in e");
  SendUntil("2029-03-02T16:00");
  EXPECT_EQ(Reply("no"), "ANSWER NO of walk.2029-03-02 in e");
  EXPECT_EQ(Reply("done"), "ANSWER of walk.2029-03-02 in e");
  SendUntil("2029-03-03T15:00");
  EXPECT_EQ(Reply("no"), "ANSWER choice 2 of eaten.2029-03-03 in e");
}

TEST_F(ChoicesTest, ACorrectionOfTheSameDayReplacesTheChoice) {
  SendUntil("2029-03-02T15:00");
  Reply("yes");
  Until("2029-03-02T23:59");
  EXPECT_EQ(Why("2"), "It answers the newest message that asked for such an answer with choice 2, and replaces the "
                      "answer of the same day.");
  EXPECT_EQ(Reply("2"), "ANSWER choice 2 of eaten.2029-03-02 in e");
  EXPECT_EQ(Get("eaten.2029-03-02").choice(), 2);
  Until("2029-03-03T00:00");
  EXPECT_EQ(Reply("yes"), "OTHER in e");
  EXPECT_EQ(Why("yes"), "The newest message that asked for such an answer was answered on another day.");
  EXPECT_EQ(Get("eaten.2029-03-02").choice(), 2);
}

TEST_F(ChoicesTest, AnyChoiceEndsTheInstanceOfTheGroupAndBeginsItsSilence) {
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("1"), "ANSWER choice 1 of swelling.2029-03-02 in e");
  EXPECT_EQ(Of("nudge.2029-03-02"), "CANCELLED/ANSWERED");
  EXPECT_EQ(Of("swelling.2029-03-03"), "CANCELLED/SILENCED");
  EXPECT_EQ(Of("nudge.2029-03-03"), "CANCELLED/SILENCED");
  EXPECT_EQ(Of("swelling.2029-03-04"), "CANCELLED/SILENCED") << "the end of the silence is included";
  EXPECT_EQ(Of("swelling.2029-03-05"), "SCHEDULED");
  world_.ExpectListsAgree("box");
}

TEST_F(ChoicesTest, AStopWordStopsAndALabelThatIsADoubtfulWordIsHeldForADecision) {
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("stop", "validate_only: true"), "STOP in e");
  EXPECT_EQ(Reply("alto"), "DOUBTFUL in e, to DECIDE");
  EXPECT_EQ(Of("swelling.2029-03-02"), "SENT");
}

TEST_F(ChoicesTest, AReplyToANamedQuestionIsReadAsItsAnswer) {
  SendUntil("2029-03-02T09:00");
  SendUntil("2029-03-02T15:00");
  const auto to = [this](const std::string& id) { return absl::StrCat("reminder: '", Name(id), "'"); };
  EXPECT_EQ(Reply("no", to("swelling.2029-03-02")), "OTHER in e");
  EXPECT_EQ(Reply("better", to("eaten.2029-03-02")), "OTHER in e");
  EXPECT_EQ(Reply("2", to("swelling.2029-03-02")), "ANSWER choice 2 of swelling.2029-03-02 in e");
  EXPECT_EQ(Reply("2", to("pain.2029-03-02")), "ANSWER 2 of pain.2029-03-02 in e");
  EXPECT_EQ(Reply("yes", to("eaten.2029-03-02")), "ANSWER choice 1 of eaten.2029-03-02 in e");
  EXPECT_EQ(Reply("yes", to("eaten.2029-03-05")), "OTHER in e") << "it was never sent";
}

TEST_F(ChoicesTest, AChoiceOfOneOfTwoPatientsIsAssigned) {
  world_.Enrol("box", "f", Patient("p-2"));
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("worse"), "AMBIGUOUS, to ASSIGN");
  Until("2029-03-03T07:00");
  EXPECT_EQ(Assign(Newest(), "f"), "ANSWER choice 2 of swelling.2029-03-02 in f");
  EXPECT_EQ(Get("swelling.2029-03-02", "f").choice(), 2);
  EXPECT_FALSE(Get("swelling.2029-03-02", "e").has_choice());
  const auto events = world_.Events("box");
  const auto assigned = std::find_if(events.begin(), events.end(), [](const v1::Event& event) {
    return event.type() == v1::EVENT_TYPE_REPLY_ASSIGNED;
  });
  ASSERT_NE(assigned, events.end());
  EXPECT_EQ(assigned->reply().choice(), 2);
}

TEST_F(ChoicesTest, AnAnswerIsReadByTheRevisionThatAsked) {
  SendUntil("2029-03-02T15:00");
  Reply("yes");
  v1::Pathway changed = ChoicesPathway();
  changed.mutable_rules(3)->mutable_choices()->SwapElements(0, 1);
  changed.set_name("clinics/box/pathways/asks");
  v1::UpdatePathwayRequest request;
  *request.mutable_pathway() = changed;
  Good(world_.Call(&Engine::pathways, &Pathways::Update, request));
  v1::MigrateEnrollmentsRequest migrate;
  migrate.set_pathway("clinics/box/pathways/asks");
  Good(world_.Call(&Engine::enrollments, &Enrollments::Migrate, migrate));
  EXPECT_EQ(Reply("no"), "ANSWER choice 2 of eaten.2029-03-02 in e");
  EXPECT_EQ(Get("eaten.2029-03-02").choice(), 2);
  SendUntil("2029-03-03T15:00");
  EXPECT_EQ(Reply("no"), "ANSWER choice 1 of eaten.2029-03-03 in e");
}

}  // namespace
}  // namespace aftercare::engine
