// Messages that failed: listed, and sent again while there is time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/reminder_name.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DeadLettersTest : public SandboxFixture {
 protected:
  // Has the message of `enrollment` refused at both contact points.
  void Fail(const std::string& enrollment) {
    for (int i = 0; i < 2; ++i) {
      for (const v1::Lease& lease : world_.Lease("box")) {
        const bool is_it = ParseReminderName(lease.reminder())->enrollment == enrollment;
        v1::ReportDeliveriesRequest request;
        v1::DeliveryReport* report = request.add_reports();
        report->set_lease_id(lease.lease_id());
        report->set_outcome(is_it ? v1::DELIVERY_OUTCOME_PERMANENT_FAILURE : v1::DELIVERY_OUTCOME_RELEASED);
        if (is_it) report->set_error_code(absl::StrCat("SMTP_55", i));
        Good(world_.Call(&Engine::deliveries, &Deliveries::Report, request));
      }
    }
  }

  // Each dead letter: `a/ice.2029-03-02-0900 SMTP_551 redrivable`.
  std::vector<std::string> Letters(const std::string& more = "") {
    const auto response = Good(world_.Call(&Engine::deliveries, &Deliveries::ListDeadLetters,
                                           FromText<v1::ListDeadLettersRequest>("parent: 'clinics/box' " + more)));
    std::vector<std::string> letters;
    for (const v1::DeadLetter& letter : response.dead_letters()) {
      EXPECT_EQ(letter.reminder().state(), v1::REMINDER_STATE_FAILED);
      const auto key = *ParseReminderName(letter.reminder().name());
      letters.push_back(absl::StrCat(key.enrollment, "/", key.rule, ".", plan::FormatNameCode(key.code), " ",
                                     letter.error_code(), letter.redrivable() ? " redrivable" : ""));
    }
    next_page_ = response.next_page_token();
    return letters;
  }

  std::string Redrive(const std::string& name) {
    v1::RedriveRemindersRequest request;
    request.set_parent("clinics/box");
    request.add_names(name);
    const auto response = Good(world_.Call(&Engine::deliveries, &Deliveries::Redrive, request));
    EXPECT_EQ(response.results(0).name(), name);
    return ErrorOf(response.results(0).status());
  }
  static std::string NameOf(const std::string& enrollment, const std::string& reminder = "ice.2029-03-02-0900") {
    return absl::StrCat("clinics/box/enrollments/", enrollment, "/reminders/", reminder);
  }

  std::string next_page_;
};

TEST_F(DeadLettersTest, WhatFailedIsListedWithWhatTheChannelAnsweredLast) {
  world_.Enrol("box", "a", KneePatient("box"));
  world_.Enrol("box", "b", KneePatient("box", "p-2"));
  world_.Advance("box", At("2029-03-02T09:00"));
  EXPECT_THAT(Letters(), IsEmpty());
  Fail("a");
  EXPECT_THAT(Letters(), ElementsAre("a/ice.2029-03-02-0900 SMTP_551 redrivable"));
  Fail("b");
  EXPECT_THAT(Letters(), ElementsAre("a/ice.2029-03-02-0900 SMTP_551 redrivable",
                                     "b/ice.2029-03-02-0900 SMTP_551 redrivable"));
  EXPECT_THAT(Letters("filter { patient: 'p-2' }"), SizeIs(1));
  EXPECT_THAT(Letters("page_size: 1"), ElementsAre("a/ice.2029-03-02-0900 SMTP_551 redrivable"));
  EXPECT_THAT(Letters(absl::StrCat("page_size: 1 page_token: '", next_page_, "'")),
              ElementsAre("b/ice.2029-03-02-0900 SMTP_551 redrivable"));
  EXPECT_EQ(next_page_, "");
  world_.Advance("box", At("2029-03-02T13:00"));
  EXPECT_THAT(Letters(), ElementsAre("a/ice.2029-03-02-0900 SMTP_551", "b/ice.2029-03-02-0900 SMTP_551"))
      << "their windows are over";
}

TEST_F(DeadLettersTest, WhatIsRedrivenIsSentFromTheFirstContactPointOn) {
  world_.Enrol("box", "a", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T09:00"));
  Fail("a");
  EXPECT_EQ(Redrive(NameOf("a")), "OK");
  EXPECT_THAT(Letters(), IsEmpty());
  const std::vector<v1::Lease> leases = world_.Lease("box");
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].contact_point().channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(leases[0].attempt(), 3);
  EXPECT_EQ(Redrive(NameOf("a")), "FAILED_PRECONDITION/INVALID_TRANSITION");
  world_.Report(leases[0].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(world_.StateOf(NameOf("a")), "SENT");
}

TEST_F(DeadLettersTest, WhatIsRedrivenStillEndsWithItsWindow) {
  world_.Enrol("box", "a", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T09:00"));
  Fail("a");
  EXPECT_EQ(Redrive(NameOf("a")), "OK");
  world_.Advance("box", At("2029-03-02T13:00"));
  EXPECT_EQ(world_.StateOf(NameOf("a")), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(Redrive(NameOf("a")), "FAILED_PRECONDITION/INVALID_TRANSITION");
}

TEST_F(DeadLettersTest, WhatCannotBeSentAgainIsRefusedWithItsReason) {
  for (const char* id : {"paused", "ended", "refused", "late"}) {
    world_.Enrol("box", id, KneePatient("box", absl::StrCat("p-", id)));
  }
  world_.Advance("box", At("2029-03-02T09:00"));
  for (const char* id : {"paused", "ended", "refused", "late"}) Fail(id);
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/paused").ok());
  ASSERT_TRUE(world_.End("clinics/box/enrollments/ended").ok());
  world_.Update("clinics/box/enrollments/refused", "consent: CONSENT_REFUSED");
  EXPECT_EQ(Redrive(NameOf("paused")), "FAILED_PRECONDITION/ENROLLMENT_PAUSED");
  EXPECT_EQ(Redrive(NameOf("ended")), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_EQ(Redrive(NameOf("refused")), "FAILED_PRECONDITION/NO_CONTACT_POINT");
  EXPECT_EQ(Redrive(NameOf("late", "ice.2029-03-04-1500")), "FAILED_PRECONDITION/INVALID_TRANSITION")
      << "still to come";
  EXPECT_EQ(Redrive(NameOf("late", "ice.2029-03-05-0900")), "NOT_FOUND/REMINDER_NOT_FOUND");
  EXPECT_EQ(Redrive(NameOf("nobody")), "NOT_FOUND/REMINDER_NOT_FOUND");
  EXPECT_EQ(Redrive("clinics/other/enrollments/a/reminders/ice.2029-03-02-0900"), "INVALID_ARGUMENT/INVALID_FIELDS");
  world_.Advance("box", At("2029-03-02T13:00"));
  EXPECT_EQ(Redrive(NameOf("late")), "FAILED_PRECONDITION/WINDOW_CLOSED");
}

TEST_F(DeadLettersTest, WhatBouncedWasSentAndIsListedButNotSentAgain) {
  world_.Enrol("box", "a", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T09:00"));
  const std::string lease = world_.Lease("box")[0].lease_id();
  world_.Report(lease, v1::DELIVERY_OUTCOME_SENT);
  world_.Report(lease, v1::DELIVERY_OUTCOME_BOUNCED);
  EXPECT_THAT(Letters(), ElementsAre("a/ice.2029-03-02-0900 "));
  EXPECT_EQ(Redrive(NameOf("a")), "FAILED_PRECONDITION/ALREADY_SENT");
}

TEST_F(DeadLettersTest, EveryBadFieldIsNamed) {
  const auto list = world_.Call(
      &Engine::deliveries, &Deliveries::ListDeadLetters,
      FromText<v1::ListDeadLettersRequest>("parent: 'x' page_size: -1 page_token: 'y' filter { patient: '!' "
                                           "states: REMINDER_STATE_DUE }"));
  EXPECT_THAT(BadFields(list.status()),
              ElementsAre("parent", "filter.states", "filter.patient", "page_size", "page_token"));
  const auto redrive = world_.Call(&Engine::deliveries, &Deliveries::Redrive,
                                   FromText<v1::RedriveRemindersRequest>("parent: 'x' request_id: '!'"));
  EXPECT_THAT(BadFields(redrive.status()), ElementsAre("parent", "names", "request_id"));
}

}  // namespace
}  // namespace aftercare::engine
