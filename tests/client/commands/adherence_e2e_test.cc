// How a patient follows the care plan, from the command line.
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

class AdherenceE2eTest : public ServerFixture {
 protected:
  AdherenceE2eTest() { MakeSandbox(); }
};

TEST_F(AdherenceE2eTest, AnAnswerCountsFromTheNextDay) {
  Must({"enroll", "--id", "zoe", "--patient", "P-9", "--first-name", "Zoe", "--pathway", "knee", "--procedure-date",
        "2026-03-01", "--consent", "granted", "--zone", "America/New_York", "--sms", "+15550109"});
  EXPECT_THAT(Must({"adherence", "zoe"}), HasSubstr("No message that asks for an answer was sent by then.\n"));
  Must({"clock", "advance", "--to", "2026-03-02T20:00"});
  Must({"deliver", "--once"});
  Must({"reply", "--channel", "sms", "--from", "+15550109", "7/10"});
  EXPECT_THAT(Must({"adherence", "zoe"}),
              HasSubstr("SCORE       ANSWERS  LAST  ANSWERED (America/New_York)  SCALE  TREND\n"
                        "pain-check        1     7  2026-03-02 20:00             0-10   ▆\n"));
  Must({"clock", "advance", "--to", "2026-03-03T00:00"});
  EXPECT_THAT(Must({"adherence", "zoe"}), HasSubstr("zoe, to the end of Mon 2 Mar 2026 (America/New_York)\n"));
  const std::string picture = Must({"timeline", "zoe"});
  EXPECT_THAT(picture, HasSubstr("✓ answered 1   "));
  EXPECT_THAT(picture, HasSubstr("\nscores 0-10 "));
  EXPECT_THAT(picture, HasSubstr("\nTo the end of Mon 2 Mar 2026: 1 of 1 question answered.\n"));
  EXPECT_THAT(Must({"adherence", "zoe", "--csv"}),
              HasSubstr("\"zoe\",\"\",\"\",\"7\",\"1\",\"1\",\"0\",\"0\",\"0\",\"0\",\"0\",\"\"\n"));
  EXPECT_EQ(TextOf(ObjectsOf(Must({"adherence", "zoe", "--json"})).at(0), "endDate"), "2026-03-02");
}

TEST_F(AdherenceE2eTest, ThePictureShowsWhatWasAskedByAnEarlierRevision) {
  Must({"enroll", "--id", "zoe", "--patient", "P-9", "--first-name", "Zoe", "--pathway", "knee", "--procedure-date",
        "2026-03-01", "--consent", "granted", "--zone", "America/New_York", "--sms", "+15550109"});
  Must({"clock", "advance", "--to", "2026-03-02T20:00"});
  Must({"deliver", "--once"});
  std::string pathway = ReadFile(kPathway);
  for (size_t at; (at = pathway.find("\"pain-check\"")) != std::string::npos;) pathway.replace(at, 12, "\"pain-asked\"");
  WriteFile(Path("renamed.textproto"), pathway);
  Must({"pathway", "put", Path("renamed.textproto"), "--id", "knee"});
  Must({"migrate", "knee", "--allow-drop"});
  Must({"clock", "advance", "--to", "2026-03-10T12:00"});
  EXPECT_THAT(Must({"timeline", "zoe"}), HasSubstr("○ not answered "));
}

TEST_F(AdherenceE2eTest, APatientWhoIsNotThereIsToldByName) {
  const ProcessResult result = Aftercare({"adherence", "nobody"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("ENROLLMENT_NOT_FOUND"));
}

}  // namespace
}  // namespace aftercare::client
