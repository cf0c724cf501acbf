// Lists of enrollments by adherence: what the program asks a server, and what it prints.
#include "gmock/gmock.h"
#include "tests/client/fake_server.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class EnrollmentListTest : public FakeServerFixture {
 protected:
  EnrollmentListTest() {
    server_.Answer(FromText<v1::ListEnrollmentsResponse>(R"pb(
      enrollments {
        name: "clinics/demo/enrollments/eva" patient: "P-1" pathway: "clinics/demo/pathways/knee" pathway_revision: 2
        procedure_date: "2026-03-01" state: ENROLLMENT_STATE_ACTIVE
      }
      enrollments {
        name: "clinics/demo/enrollments/ben" patient: "P-2" pathway: "clinics/demo/pathways/knee" pathway_revision: 2
        procedure_date: "2026-03-02" state: ENROLLMENT_STATE_PAUSED
      }
      summaries {
        end_date: "2026-03-10" silent_days: 1
        periods { days: 7 days_asked: 7 days_done: 1 rate: 0.14 }
        periods { days: 14 days_asked: 8 days_done: 2 rate: 0.25 }
        periods { days: 28 days_asked: 8 days_done: 2 rate: 0.25 }
      }
      summaries { end_date: "2026-03-09" periods { days: 7 } periods { days: 14 } periods { days: 28 } }
    )pb"));
  }
};

TEST_F(EnrollmentListTest, ATableTellsWhoFallsBehind) {
  EXPECT_EQ(Must({"enrollments", "--order", "adherence"}),
            "ENROLLMENT  PATIENT  PATHWAY  PROCEDURE   STATE   14 DAYS  ASKED ON  SILENT FOR  TO THE END OF\n"
            "eva         P-1      knee r2  2026-03-01  active      25%    8 days       1 day  2026-03-10\n"
            "ben         P-2      knee r2  2026-03-02  paused        -    0 days           -  2026-03-09\n");
  const auto request = server_.Last<v1::ListEnrollmentsRequest>();
  EXPECT_EQ(request.order(), v1::ENROLLMENT_ORDER_ADHERENCE);
  EXPECT_TRUE(request.has_adherence());
  EXPECT_EQ(request.page_size(), 1000);
}

TEST_F(EnrollmentListTest, TheOptionsAreThoseOfTheRequest) {
  EXPECT_THAT(Must({"enrollments", "--state", "active", "--rate-below", "50", "--days", "7", "--min-days-asked", "5",
                    "--silent", "3", "--order", "silence", "--limit", "20"}),
              HasSubstr("   7 DAYS  ASKED ON"));
  const auto request = server_.Last<v1::ListEnrollmentsRequest>();
  EXPECT_EQ(request.order(), v1::ENROLLMENT_ORDER_SILENCE);
  EXPECT_EQ(request.state(), v1::ENROLLMENT_STATE_ACTIVE);
  EXPECT_EQ(request.adherence().rate_below_percent(), 50);
  EXPECT_EQ(request.adherence().days(), 7);
  EXPECT_EQ(request.adherence().min_days_asked(), 5);
  EXPECT_EQ(request.adherence().silent_days(), 3);
  EXPECT_EQ(request.page_size(), 20);
}

TEST_F(EnrollmentListTest, WithoutTheseOptionsTheListIsAsItWas) {
  EXPECT_THAT(Must({"enrollments"}), Not(HasSubstr("SILENT")));
  EXPECT_FALSE(server_.Last<v1::ListEnrollmentsRequest>().has_adherence());
}

TEST_F(EnrollmentListTest, InJsonEachSummaryGoesWithItsEnrollment) {
  const auto objects = ObjectsOf(Must({"enrollments", "--silent", "1", "--json"}));
  ASSERT_EQ(objects.size(), 2u);
  const auto first = objects[0].fields();
  EXPECT_EQ(TextOf(first.at("enrollments").list_value().values(0).struct_value(), "patient"), "P-1");
  EXPECT_EQ(TextOf(first.at("summaries").list_value().values(0).struct_value(), "endDate"), "2026-03-10");
}

TEST_F(EnrollmentListTest, ValuesOutsideTheirLimitsAreUsageErrors) {
  EXPECT_EQ(Aftercare({"enrollments", "--rate-below", "0"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"enrollments", "--silent", "61"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"enrollments", "--order", "name"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"enrollments", "ana", "--order", "silence"}).exit_code, 2);
  EXPECT_TRUE(server_.All<v1::ListEnrollmentsRequest>().empty());
}

}  // namespace
}  // namespace aftercare::client
