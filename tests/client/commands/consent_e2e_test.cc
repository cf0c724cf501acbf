// What patients decide about messages, from the command line.
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

class ConsentE2eTest : public ServerFixture {
 protected:
  ConsentE2eTest() {
    MakeSandbox();
    Must({"enroll", "--id", "zoe", "--patient", "P-9", "--first-name", "Zoe", "--pathway", "knee", "--procedure-date",
          "2026-03-01", "--consent", "granted", "--consent-method", "written", "--consent-wording", "form 3", "--zone",
          "America/New_York", "--sms", "+15550109"});
  }
};

TEST_F(ConsentE2eTest, DecisionsAreRecordedListedAndToldWithEachMessage) {
  EXPECT_EQ(Must({"consent", "P-9", "refused", "--category", "ice", "--method", "verbal"}),
            "Patient P-9 has refused messages of category ice.\n");
  WriteFile(Path("wording.txt"), "I want to read about\r\nmy health.\n");
  EXPECT_EQ(Must({"consent", "P-9", "granted", "--health-information", "--wording", "@" + Path("wording.txt")}),
            "Patient P-9 has granted health information.\n");
  const std::vector<std::string> lines = LinesOf(Must({"consents", "P-9"}));
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_THAT(lines[0], HasSubstr("RECORDED"));
  EXPECT_THAT(lines[1], AllOf(HasSubstr("health information"), HasSubstr("I want to read about my health.")));
  EXPECT_THAT(lines[2], HasSubstr("messages of category ice  refused   verbal   local-operator"));
  EXPECT_THAT(lines[3], AllOf(HasSubstr("all messages"), HasSubstr("written"), HasSubstr("form 3")));
  EXPECT_THAT(ObjectsOf(Must({"consents", "P-9", "--json"})), SizeIs(3));
  EXPECT_THAT(Must({"enrollments", "zoe"}), HasSubstr("decided          all messages: granted, written, recorded by"));
  Must({"clock", "advance", "--to", "2026-03-02T20:00"});
  Must({"deliver", "--once"});
  EXPECT_THAT(Must({"why", "zoe/pain-check.2026-03-02"}),
              AllOf(HasSubstr("consent   all messages: granted, written, recorded by local-operator on "),
                    HasSubstr("health information: granted, recorded by local-operator on ")));
  EXPECT_THAT(Must({"why", "zoe/ice-am.2026-03-02"}), HasSubstr("the patient wants no messages of this category"));
}

TEST_F(ConsentE2eTest, AnUpdateSaysHowItWasObtained) {
  Must({"update", "zoe", "--consent", "refused"});
  EXPECT_THAT(Must({"enrollments", "zoe"}), HasSubstr("all messages: refused, recorded by"));
  Must({"update", "zoe", "--consent-method", "electronic"});
  EXPECT_THAT(Must({"enrollments", "zoe"}), HasSubstr("all messages: refused, electronic, recorded by"));
  EXPECT_THAT(LinesOf(Must({"consents", "P-9"})), SizeIs(4));
}

TEST_F(ConsentE2eTest, WhatMakesNoSenseIsSaid) {
  EXPECT_THAT(Aftercare({"consent", "P-9", "refused"}).err, HasSubstr("--channel, --category or --health-information"));
  EXPECT_EQ(Aftercare({"consent", "P-9", "refused", "--channel", "sms", "--category", "ice"}).exit_code, 2);
  EXPECT_THAT(Aftercare({"consent", "P-9", "refused", "--channel", "sms", "--method", "shouted"}).err,
              HasSubstr("--method"));
  EXPECT_THAT(Aftercare({"consent", "P-9", "refused", "--category", "Ice!"}).err, HasSubstr("decision.category"));
  EXPECT_THAT(Aftercare({"consents", "P-0"}).err, HasSubstr("PATIENT_NOT_FOUND"));
}

}  // namespace
}  // namespace aftercare::client
