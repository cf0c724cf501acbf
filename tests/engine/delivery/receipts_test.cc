// Receipts: what the channel says after a message was sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kIce[] = "clinics/box/enrollments/e/reminders/ice.2029-03-02-0900";

class ReceiptsTest : public SandboxFixture {
 protected:
  ReceiptsTest() {
    world_.Enrol("box", "e", KneePatient("box"));
    world_.Advance("box", At("2029-03-02T09:00"));
    lease_ = world_.Lease("box")[0].lease_id();
  }

  // What one report, in text, is answered and where the reminder then stands.
  std::string Report(const std::string& text) {
    v1::ReportDeliveriesRequest request;
    *request.add_reports() = FromText<v1::DeliveryReport>(text);
    const auto response = Good(world_.Call(&Engine::deliveries, &Deliveries::Report, request));
    const v1::DeliveryResult& result = response.results(0);
    EXPECT_EQ(result.provider_message_id().empty(), !result.lease_id().empty());
    return absl::StrCat(ErrorOf(result.status()), " ", world_.StateOf(kIce));
  }
  std::string ByLease(const std::string& outcome, const std::string& more = "") {
    return Report(absl::StrCat("lease_id: '", lease_, "' outcome: DELIVERY_OUTCOME_", outcome, " ", more));
  }
  std::string ByMessage(const std::string& outcome, const std::string& id, const std::string& clinic = "clinics/box") {
    return Report(absl::StrCat("provider_message_id: '", id, "' clinic: '", clinic, "' outcome: DELIVERY_OUTCOME_",
                               outcome));
  }

  std::string lease_;
};

TEST_F(ReceiptsTest, AMessageIsSentAndThenDeliveredAndNothingUndoesThat) {
  EXPECT_EQ(ByLease("SENT"), "OK SENT");
  EXPECT_EQ(ByLease("DELIVERED"), "OK DELIVERED");
  for (const char* later : {"SENT", "BOUNCED", "DELIVERED"}) EXPECT_EQ(ByLease(later), "OK DELIVERED") << later;
  world_.Advance("box", At("2029-03-02T13:00"));
  EXPECT_EQ(world_.StateOf(kIce), "DELIVERED");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
}

TEST_F(ReceiptsTest, WhatBouncesHasFailedAndIsNotSentAgain) {
  EXPECT_EQ(ByLease("SENT"), "OK SENT");
  EXPECT_EQ(ByLease("BOUNCED", "error_code: 'SMTP_550'"), "OK FAILED/BOUNCED");
  EXPECT_EQ(ByLease("SENT"), "OK FAILED/BOUNCED") << "the same report once more";
  EXPECT_EQ(ByLease("BOUNCED"), "OK FAILED/BOUNCED");
  world_.Advance("box", At("2029-03-02T10:00"));
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  EXPECT_EQ(ByLease("DELIVERED"), "OK DELIVERED") << "it arrived all the same";
}

TEST_F(ReceiptsTest, AChangedPlanDoesNotBringBackWhatBounced) {
  ByLease("SENT");
  ByLease("BOUNCED");
  world_.Update("clinics/box/enrollments/e", "procedure_date: '2029-02-28'");  // its time stays in the plan
  EXPECT_EQ(world_.StateOf(kIce), "FAILED/BOUNCED");
  world_.Advance("box", At("2029-03-02T12:00"));
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
}

TEST_F(ReceiptsTest, WhatBouncedStaysSoWhenTheProcedureIsPostponedAndTheNewDayIsTold) {
  ByLease("SENT");
  ByLease("BOUNCED");
  world_.Update("clinics/box/enrollments/e", "procedure_date: '2029-03-08'");
  EXPECT_EQ(world_.StateOf(kIce), "FAILED/BOUNCED");
  world_.Advance("box", At("2029-03-09T09:00"));
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("ice.2029-03-09-0900"));
  EXPECT_EQ(world_.StateOf(kIce), "FAILED/BOUNCED");
}

TEST_F(ReceiptsTest, AReceiptBeforeItsSendIsRefusedAndHarmsNothing) {
  EXPECT_EQ(ByLease("DELIVERED"), "FAILED_PRECONDITION/NOT_SENT LEASED");
  EXPECT_EQ(ByLease("BOUNCED"), "FAILED_PRECONDITION/NOT_SENT LEASED");
  EXPECT_EQ(ByMessage("DELIVERED", "m-1"), "NOT_FOUND/MESSAGE_NOT_FOUND LEASED");
  EXPECT_EQ(ByLease("SENT"), "OK SENT");
}

TEST_F(ReceiptsTest, AReceiptMayKnowTheMessageByItsChannelsNameOnly) {
  EXPECT_EQ(ByLease("SENT", "provider_message_id: 'm-1'"), "OK SENT");
  EXPECT_EQ(ByMessage("DELIVERED", "m-2"), "NOT_FOUND/MESSAGE_NOT_FOUND SENT");
  EXPECT_EQ(ByMessage("DELIVERED", "m-1"), "OK DELIVERED");
}

TEST_F(ReceiptsTest, AReceiptOfACompletedReminderChangesNothing) {
  ByLease("SENT");
  ASSERT_TRUE(world_.Complete(kIce).ok());
  EXPECT_EQ(ByLease("DELIVERED"), "OK COMPLETED");
  EXPECT_EQ(ByLease("BOUNCED"), "OK COMPLETED");
}

TEST_F(ReceiptsTest, WhatWasDeliveredCanBeCompleted) {
  ByLease("SENT");
  ByLease("DELIVERED");
  ASSERT_TRUE(world_.Complete(kIce).ok());
  EXPECT_EQ(world_.StateOf(kIce), "COMPLETED");
}

TEST_F(ReceiptsTest, TheNewestMessageOfANameCounts) {
  ByLease("SENT", "provider_message_id: 'm-1'");
  world_.Advance("box", At("2029-03-02T15:00"));
  lease_ = world_.Lease("box")[0].lease_id();
  ByLease("SENT", "provider_message_id: 'm-1'");
  ByMessage("DELIVERED", "m-1");
  EXPECT_EQ(world_.StateOf(kIce), "SENT");
  EXPECT_EQ(world_.StateOf("clinics/box/enrollments/e/reminders/ice.2029-03-02-1500"), "DELIVERED");
}

TEST_F(ReceiptsTest, ANameIsOfOneClinic) {
  ByLease("SENT", "provider_message_id: 'm-1'");
  world_.CreateSandbox("other", At("2029-03-01T08:00"));
  EXPECT_EQ(ByMessage("DELIVERED", "m-1", "clinics/other"), "NOT_FOUND/MESSAGE_NOT_FOUND SENT");
  v1::ReportDeliveriesRequest request;
  *request.add_reports() = FromText<v1::DeliveryReport>(
      "provider_message_id: 'm-1' clinic: 'clinics/box' outcome: DELIVERY_OUTCOME_DELIVERED");
  const Caller southern{.principal = "gateway", .role = Role::kGateway, .clinics = {"south"}};
  const auto response = Good(world_.Call(&Engine::deliveries, &Deliveries::Report, request, southern));
  EXPECT_EQ(ErrorOf(response.results(0).status()), "PERMISSION_DENIED/CLINIC_NOT_YOURS");
}

TEST_F(ReceiptsTest, BadReportsNameEveryBadField) {
  for (const char* bad : {"outcome: DELIVERY_OUTCOME_SENT provider_message_id: 'm'", "outcome: DELIVERY_OUTCOME_SENT",
                          "provider_message_id: 'm' clinic: 'x' outcome: DELIVERY_OUTCOME_BOUNCED",
                          "lease_id: 'x' outcome: DELIVERY_OUTCOME_SENT error_code: 'no such user'",
                          "lease_id: 'x' outcome: DELIVERY_OUTCOME_SENT provider_message_id: 'a\\nb'",
                          "lease_id: 'x'"}) {
    v1::ReportDeliveriesRequest request;
    *request.add_reports() = FromText<v1::DeliveryReport>(bad);
    const auto response = Good(world_.Call(&Engine::deliveries, &Deliveries::Report, request));
    EXPECT_EQ(ErrorOf(response.results(0).status()), "INVALID_ARGUMENT/INVALID_FIELDS") << bad;
  }
  EXPECT_EQ(world_.StateOf(kIce), "LEASED");
}

// What one extension is answered: until when, or why not.
class ExtendTest : public ReceiptsTest {
 protected:
  std::string Extend(const std::string& more = "") {
    const auto request = FromText<v1::ExtendLeasesRequest>(absl::StrCat("lease_ids: '", lease_, "' ", more));
    const auto response = world_.Call(&Engine::deliveries, &Deliveries::Extend, request);
    if (!response.ok()) return ErrorOf(response.status());
    const v1::LeaseExtension& extension = response->extensions(0);
    if (!extension.has_expire_time()) return ErrorOf(extension.status());
    return absl::FormatTime("%H:%M:%S", absl::FromUnixSeconds(extension.expire_time().seconds()), absl::UTCTimeZone());
  }
};

TEST_F(ExtendTest, TheHolderMayHoldALeaseLongerButNotBeyondTheWindow) {
  EXPECT_EQ(Extend("lease_duration { seconds: 600 }"), "09:10:00");
  world_.Advance("box", At("2029-03-02T09:09:59"));
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  EXPECT_EQ(Extend(), "09:10:59");
  world_.Advance("box", At("2029-03-02T12:30"));
  EXPECT_EQ(Extend(), "FAILED_PRECONDITION/LEASE_LOST") << "it ran out";
  lease_ = world_.Lease("box")[0].lease_id();
  EXPECT_EQ(Extend("lease_duration { seconds: 3600 }"), "13:00:00");
  EXPECT_EQ(ByLease("TEMPORARY_FAILURE"), "OK DUE");
  EXPECT_EQ(Extend(), "FAILED_PRECONDITION/LEASE_LOST") << "it was given back";
}

TEST_F(ExtendTest, AnExtensionAppendsNoEvent) {
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(Extend(), "09:01:00");
  EXPECT_THAT(world_.Events("box"), SizeIs(events));
}

TEST_F(ExtendTest, OneBadLeaseIdHarmsNoOther) {
  v1::ExtendLeasesRequest request;
  request.add_lease_ids("nonsense");
  request.add_lease_ids(lease_);
  const auto response = Good(world_.Call(&Engine::deliveries, &Deliveries::Extend, request));
  EXPECT_EQ(ErrorOf(response.extensions(0).status()), "INVALID_ARGUMENT/INVALID_LEASE_ID");
  EXPECT_EQ(ErrorOf(response.extensions(1).status()), "OK");
}

TEST_F(ExtendTest, EveryBadFieldIsNamed) {
  const auto response = world_.Call(&Engine::deliveries, &Deliveries::Extend,
                                    FromText<v1::ExtendLeasesRequest>("lease_duration { seconds: 3601 }"));
  EXPECT_THAT(BadFields(response.status()), ElementsAre("lease_duration", "lease_ids"));
}

}  // namespace
}  // namespace aftercare::engine
