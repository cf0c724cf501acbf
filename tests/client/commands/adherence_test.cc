// How a patient follows the care plan: what the program asks a server, and what it prints.
#include "gmock/gmock.h"
#include "tests/client/fake_server.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

class AdherenceCommandTest : public FakeServerFixture {
 protected:
  AdherenceCommandTest() {
    server_.Answer(FromText<v1::GetEnrollmentResponse>(
        R"pb(enrollment {
               name: "clinics/demo/enrollments/ana" time_zone: "America/New_York" pathway: "clinics/demo/pathways/knee"
               pathway_revision: 3
             })pb"));
    server_.Answer(FromText<v1::GetPathwayResponse>(
        R"pb(pathway { rules { id: "ache" score_range { min: 1 max: 15 } }
                       rules { id: "walk" } rules { id: "stairs" }
                       questionnaires { id: "function" rules: "walk" rules: "stairs" linear { factor: 5 } } })pb"));
    server_.Answer(FromText<v1::GetAdherenceResponse>(R"pb(
      adherence {
        enrollment: "clinics/demo/enrollments/ana" end_date: "2026-03-10"
        categories {
          periods { days: 7 asked: 3 answered: 2 done: 2 unanswered: 1 days_asked: 3 days_done: 2 rate: 0.5 }
        }
        scores {
          reminder: "clinics/demo/enrollments/ana/reminders/ache.2026-03-09" rule: "ache"
          answer_time { seconds: 1773100800 } score: 7
        }
        questionnaires {
          questionnaire: "function" reminders: "clinics/demo/enrollments/ana/reminders/walk.2026-03-09"
          reminders: "clinics/demo/enrollments/ana/reminders/stairs.2026-03-09-2000"
          answer_time { seconds: 1773100800 } sum: 11 score: 55
        }
      })pb"));
  }
};

TEST_F(AdherenceCommandTest, ThePatientsAdherenceIsShownByThePatientsClock) {
  EXPECT_EQ(Must({"adherence", "ana"}),
            "ana, to the end of Tue 10 Mar 2026 (America/New_York)\n"
            "Each period: days on which all that was asked was done, and questions answered/asked.\n"
            "\n"
            "CATEGORY      7 DAYS\n"
            "all       66%    2/3\n"
            "\n"
            "SCORE  ANSWERS  LAST  ANSWERED (America/New_York)  SCALE  TREND\n"
            "ache         1     7  2026-03-09 20:00             1-15   ▄\n"
            "\n"
            "QUESTIONNAIRE  ROUNDS  LAST  ANSWERED (America/New_York)  SCALE  TREND\n"
            "function            1    55  2026-03-09 20:00             0-100  ▅\n");
  EXPECT_EQ(server_.Last<v1::GetAdherenceRequest>().name(), "clinics/demo/enrollments/ana");
  EXPECT_EQ(server_.Last<v1::GetPathwayRequest>().name(), "clinics/demo/pathways/knee");
  EXPECT_EQ(server_.Last<v1::GetPathwayRequest>().revision(), 3);
}

TEST_F(AdherenceCommandTest, AFileForATableHasEitherTheRatesOrTheScores) {
  EXPECT_EQ(Must({"adherence", "ana", "--csv"}),
            "\"enrollment\",\"category\",\"phase\",\"days\",\"asked\",\"answered\",\"done\",\"not_done\","
            "\"unanswered\",\"days_asked\",\"days_done\",\"rate\"\n"
            "\"ana\",\"\",\"\",\"7\",\"3\",\"2\",\"2\",\"0\",\"1\",\"3\",\"2\",\"0.5000\"\n");
  EXPECT_EQ(Must({"adherence", "ana", "--csv", "--scores"}),
            "\"enrollment\",\"rule\",\"reminder\",\"answer_time\",\"score\",\"questionnaire\"\n"
            "\"ana\",\"ache\",\"ache.2026-03-09\",\"2026-03-10T00:00:00Z\",\"7\",\"\"\n"
            "\"ana\",\"\",\"walk.2026-03-09\",\"2026-03-10T00:00:00Z\",\"55\",\"function\"\n");
}

TEST_F(AdherenceCommandTest, TheJsonIsTheAdherence) {
  const auto json = ObjectsOf(Must({"adherence", "ana", "--json"}));
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(TextOf(json[0], "endDate"), "2026-03-10");
}

TEST_F(AdherenceCommandTest, OptionsThatDoNotGoTogetherAreAUsageError) {
  const ProcessResult both = Aftercare({"adherence", "ana", "--csv", "--json"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_THAT(both.err, HasSubstr("--csv and --json do not go together"));
  EXPECT_EQ(Aftercare({"adherence", "ana", "--scores"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"adherence"}).exit_code, 2);
  EXPECT_TRUE(server_.All<v1::GetAdherenceRequest>().empty());
}

TEST_F(AdherenceCommandTest, ARefusalIsTold) {
  server_.Refuse<v1::GetAdherenceResponse>(grpc::StatusCode::NOT_FOUND, "ENROLLMENT_NOT_FOUND");
  const ProcessResult refused = Aftercare({"adherence", "nobody"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("ENROLLMENT_NOT_FOUND"));
}

}  // namespace
}  // namespace aftercare::client
