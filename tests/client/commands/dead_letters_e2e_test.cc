// `aftercare dead-letters`, after a gateway was refused by its channel.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "services/client/connection.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class DeadLettersE2eTest : public ServerFixture {
 protected:
  // Has everything refused that is due, at every contact point.
  void RefuseAll() const {
    const std::string server = environment()[0].substr(std::string("AFTERCARE_SERVER=").size());
    const auto connection = Connection::Create({.address = server}, absl::OkStatus(), absl::Minutes(5));
    v1::LeaseRemindersRequest request;
    request.set_parent("clinics/demo");
    while (true) {
      const auto leased = connection->Call(request);
      ASSERT_TRUE(leased.ok()) << leased.status();
      if (leased->leases().empty()) return;
      v1::ReportDeliveriesRequest reports;
      for (const v1::Lease& lease : leased->leases()) {
        v1::DeliveryReport* report = reports.add_reports();
        report->set_lease_id(lease.lease_id());
        report->set_outcome(v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
        report->set_error_code("KANNEL_REJECTED");
      }
      ASSERT_TRUE(connection->Call(reports).ok());
    }
  }
};

TEST_F(DeadLettersE2eTest, WhatFailedIsListedAndSentAgain) {
  MakeSandbox();
  EXPECT_EQ(Must({"dead-letters", "list"}), "No message has failed.\n");
  Must({"clock", "advance", "--to", "2026-03-03T08:00"});
  RefuseAll();
  const std::string list = Must({"dead-letters", "list"});
  EXPECT_THAT(list, HasSubstr("ana/ice-am.2026-03-03"));
  EXPECT_THAT(list, HasSubstr("rejected-by-channel  KANNEL_REJECTED  yes"));
  EXPECT_EQ(Must({"dead-letters", "redrive", "ana/ice-am.2026-03-03"}), "1 message will be sent again.\n");
  EXPECT_THAT(Must({"dead-letters", "list"}), Not(HasSubstr("ana/ice-am")));
  RefuseAll();
  EXPECT_EQ(Must({"dead-letters", "redrive", "--all"}), "2 messages will be sent again.\n");
  EXPECT_THAT(Must({"deliver", "--once"}), HasSubstr("attempt 3"));
}

TEST_F(DeadLettersE2eTest, WhatCannotBeSentAgainIsNamedWithItsReason) {
  MakeSandbox();
  Must({"clock", "advance", "--to", "2026-03-03T08:00"});
  RefuseAll();
  Must({"clock", "advance", "--to", "2026-03-03T12:00"});
  EXPECT_EQ(Must({"dead-letters", "redrive", "--all", "--category", "ice"}), "0 messages will be sent again.\n");
  const ProcessResult outcome = Aftercare({"dead-letters", "redrive", "ana/ice-am.2026-03-03"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("ana/ice-am.2026-03-03: "));
  EXPECT_THAT(outcome.err, HasSubstr("out of its window"));
}

TEST_F(DeadLettersE2eTest, ACommandLineThatMakesNoSenseIsRefused) {
  EXPECT_EQ(Aftercare({"dead-letters", "redrive"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"dead-letters", "redrive", "ana/ice-am.2026-03-03", "--all"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"dead-letters", "redrive", "nonsense"}).exit_code, 2);
}

}  // namespace
}  // namespace aftercare::client
