// A questionnaire over a real channel: its questions in turn, a correction, its score and what reacts to that.
#include "absl/strings/str_cat.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Enrollments = v1::EnrollmentService::Stub;

// Two questions whose answers make a score from 0 to 100, and a task for a score of 50 or less.
v1::Pathway FunctionPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Function" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 0 last: 10 } } }
    rules {
      id: "stairs" phase: "p" category: "function" answer: ANSWER_KIND_CHOICE
      schedule { on { days: 1 } times: "09:00" window { days: 1 } } texts { key: "en" value: "Are stairs hard?" }
      choices { labels { key: "en" value: "no" } points: 0 }
      choices { labels { key: "en" value: "a little" } points: 1 }
      choices { labels { key: "en" value: "very" } points: 2 }
    }
    rules {
      id: "garden" phase: "p" category: "function" answer: ANSWER_KIND_SCORE score_range { max: 18 }
      reaction { rules: "stairs" answered: true } schedule { window { days: 1 } }
      texts { key: "en" value: "Minutes in the garden, 0 to 18?" }
    }
    rules {
      id: "poor" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
      reaction { questionnaire: "function" score_at_most: 50 } schedule { window { days: 1 } }
      texts { key: "en" value: "Call {first_name}." }
    }
    questionnaires { id: "function" rules: "stairs" rules: "garden" linear { offset: 100 factor: -5 } }
  )pb");
}

class QuestionnaireE2eTest : public Service {
 protected:
  QuestionnaireE2eTest() {
    CreateClinic(*client, "box", "2026-03-01T12:00:00Z");
    CreatePathway(*client, "box", "knee", FunctionPathway());
    Enroll(*client, Patient("box", "ana", "2026-03-01", "time_zone: 'UTC'"));
  }

  // Sends what is due. Returns the texts.
  std::vector<std::string> Send() {
    const std::vector<v1::Lease> leases = LeaseAll(*client, "box");
    ReportSent(*client, leases);
    std::vector<std::string> texts;
    for (const v1::Lease& lease : leases) texts.push_back(lease.text());
    return texts;
  }
  v1::Reply Reply(const std::string& text) {
    auto request = FromText<v1::RecordReplyRequest>(
        R"pb(parent: "clinics/box" channel: CHANNEL_SMS address: "+15550111")pb");
    request.set_text(text);
    return Call(*client->replies, &v1::ReplyService::Stub::RecordReply, request)->reply();
  }
  // Returns the scores of questionnaires, as `function 6 70`.
  std::vector<std::string> Scores() {
    v1::GetAdherenceRequest request;
    request.set_name("clinics/box/enrollments/ana");
    const auto got = Call(*client->enrollments, &Enrollments::GetAdherence, request);
    std::vector<std::string> scores;
    for (const v1::QuestionnaireScore& score : got->adherence().questionnaires()) {
      EXPECT_EQ(score.reminders_size(), 2);
      scores.push_back(absl::StrCat(score.questionnaire(), " ", score.sum(), " ", score.score()));
    }
    return scores;
  }
  // Returns the states of the tasks that the score set off.
  std::vector<std::string> Tasks() {
    auto request = FromText<v1::ListRemindersRequest>(
        R"pb(parent: "clinics/box" filter { audience: AUDIENCE_CARE_TEAM })pb");
    std::vector<std::string> states;
    for (const v1::Reminder& task : ListAll(*client, request)) {
      states.push_back(v1::ReminderState_Name(task.state()).substr(15));
    }
    return states;
  }
};

TEST_F(QuestionnaireE2eTest, TheQuestionsAreAskedInTurnAndTheScoreFollowsACorrection) {
  Advance(*client, "box", "2026-03-02T09:00:00Z");
  EXPECT_THAT(Send(), ElementsAre("Are stairs hard?"));
  EXPECT_EQ(Reply("3").choice(), 3);
  EXPECT_THAT(Send(), ElementsAre("Minutes in the garden, 0 to 18?"));
  EXPECT_EQ(Reply("19").meaning(), v1::REPLY_MEANING_OTHER);
  EXPECT_THAT(Scores(), IsEmpty());
  EXPECT_EQ(Reply("18/18").score(), 18);
  EXPECT_THAT(Scores(), ElementsAre("function 20 0"));
  EXPECT_THAT(Tasks(), ElementsAre("DUE"));

  Advance(*client, "box", "2026-03-02T09:30:00Z");
  EXPECT_EQ(Reply("4").score(), 4) << "a correction of the same day";
  EXPECT_THAT(Scores(), ElementsAre("function 6 70"));
  EXPECT_THAT(Tasks(), ElementsAre("CANCELLED"));

  Start();  // All of it outlasts the server.
  EXPECT_THAT(Scores(), ElementsAre("function 6 70"));
  EXPECT_THAT(Tasks(), ElementsAre("CANCELLED"));
}

TEST_F(QuestionnaireE2eTest, EveryFaultOfAQuestionnaireIsNamed) {
  v1::CreatePathwayRequest request;
  request.set_parent("clinics/box");
  request.set_pathway_id("faulty");
  *request.mutable_pathway() = FunctionPathway();
  request.mutable_pathway()->mutable_rules(1)->mutable_score_range()->set_min(18);
  request.mutable_pathway()->mutable_questionnaires(0)->mutable_linear()->set_factor(0);
  request.mutable_pathway()->mutable_rules(2)->mutable_reaction()->set_questionnaire("other");
  EXPECT_THAT(FieldsOf(Call(*client->pathways, &v1::PathwayService::Stub::CreatePathway, request).status),
              testing::UnorderedElementsAre("pathway.rules[1].score_range", "pathway.questionnaires[0].linear.factor",
                                            "pathway.rules[2].reaction.questionnaire"));
}

}  // namespace
}  // namespace aftercare::e2e
