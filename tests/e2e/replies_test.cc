// Replies and consent over a real channel.
#include "absl/strings/str_cat.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Enrollments = v1::EnrollmentService::Stub;
using Reminders = v1::ReminderService::Stub;

class RepliesE2eTest : public Service {
 protected:
  RepliesE2eTest() {
    CreateClinic(*client, "box", "2026-03-01T12:00:00Z");
    CreatePathway(*client, "box", "knee", KneePathway());
    Enroll(*client, Patient("box", "ana", "2026-03-01", R"pb(
      locale: "es"
      contact_points { channel: CHANNEL_SMS address: "+15550100" }
      contact_points { channel: CHANNEL_EMAIL address: "ana@example.org" }
    )pb"));
  }

  Answer<v1::RecordReplyResponse> Reply(const std::string& text, const std::string& more = "") {
    auto request = FromText<v1::RecordReplyRequest>(
        R"pb(parent: "clinics/box" channel: CHANNEL_SMS address: "+15550100")pb");
    request.set_text(text);
    request.MergeFrom(FromText<v1::RecordReplyRequest>(more));
    return Call(*client->replies, &v1::ReplyService::Stub::RecordReply, request);
  }
  Answer<v1::ListRepliesResponse> List() {
    v1::ListRepliesRequest request;
    request.set_parent("clinics/box");
    return Call(*client->replies, &v1::ReplyService::Stub::ListReplies, request);
  }
  v1::Reminder Get(const std::string& id) {
    v1::GetReminderRequest request;
    request.set_name("clinics/box/enrollments/ana/reminders/" + id);
    return Call(*client->reminders, &Reminders::GetReminder, request)->reminder();
  }
  // Where what is due is sent.
  std::vector<std::string> Channels() {
    std::vector<std::string> channels;
    const std::vector<v1::Lease> leases = LeaseAll(*client, "box");
    for (const v1::Lease& lease : leases) channels.push_back(lease.contact_point().address());
    ReportSent(*client, leases);
    return channels;
  }
};

TEST_F(RepliesE2eTest, APainScoreIsStoredWithTheReminderItAnswers) {
  Advance(*client, "box", "2026-03-03T00:30:00Z");  // In the evening of the second, in New York.
  ReportSent(*client, LeaseAll(*client, "box"));
  const auto answer = Reply("4/10", "request_id: 'carrier-17'");
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  EXPECT_EQ(answer->reply().meaning(), v1::REPLY_MEANING_ANSWER);
  EXPECT_EQ(answer->reply().reminder(), "clinics/box/enrollments/ana/reminders/pain-check.2026-03-02");
  EXPECT_EQ(answer->reply().score(), 4);
  EXPECT_EQ(answer->reply().text(), "4/10");
  const v1::Reminder reminder = Get("pain-check.2026-03-02");
  EXPECT_EQ(reminder.state(), v1::REMINDER_STATE_COMPLETED);
  EXPECT_EQ(reminder.reason(), v1::REMINDER_REASON_ANSWERED);
  EXPECT_EQ(reminder.score(), 4);

  Start();  // What was recorded outlasts the server, and so does that the carrier's message was.
  EXPECT_EQ(Reply("4/10", "request_id: 'carrier-17'")->DebugString(), answer->DebugString());
  ASSERT_THAT(List()->replies(), SizeIs(1));
  EXPECT_EQ(List()->replies(0).DebugString(), answer->reply().DebugString());
}

TEST_F(RepliesE2eTest, StopIsObeyedAtOnceAndAltaUndoesIt) {
  Advance(*client, "box", "2026-03-02T13:00:00Z");
  EXPECT_EQ(Reply("¡PARAR!")->reply().meaning(), v1::REPLY_MEANING_STOP);
  EXPECT_THAT(Channels(), ElementsAre("ana@example.org", "ana@example.org"));  // The welcome, and ice.
  v1::GetEnrollmentRequest get;
  get.set_name("clinics/box/enrollments/ana");
  const auto state = [&] {
    return Call(*client->enrollments, &Enrollments::GetEnrollment, get)->enrollment().contact_points(0).state();
  };
  EXPECT_EQ(state(), v1::CONTACT_POINT_STATE_STOPPED);
  EXPECT_EQ(Reply("alta")->reply().meaning(), v1::REPLY_MEANING_START);
  EXPECT_EQ(state(), v1::CONTACT_POINT_STATE_UNSPECIFIED);
  Advance(*client, "box", "2026-03-02T15:30:00Z");
  EXPECT_THAT(Channels(), ElementsAre("+15550100"));
}

TEST_F(RepliesE2eTest, AClinicRecordsADecisionItself) {
  auto request = FromText<v1::SetConsentRequest>(
      R"pb(parent: "clinics/box" patient: "mrn-ana" decision { channel: CHANNEL_SMS consent: CONSENT_REFUSED })pb");
  EXPECT_THAT(Call(*client->enrollments, &Enrollments::SetConsent, request)->opted_out_channels(),
              ElementsAre(v1::CHANNEL_SMS));
  request.set_patient("nobody");
  const auto unknown = Call(*client->enrollments, &Enrollments::SetConsent, request);
  EXPECT_EQ(unknown.status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(unknown.status), "PATIENT_NOT_FOUND");
}

TEST_F(RepliesE2eTest, AReplyOfAMegabyteOrOfBytesIsRefusedAndNothingIsStored) {
  EXPECT_THAT(FieldsOf(Reply(std::string(1 << 20, 'a')).status), ElementsAre("text"));
  EXPECT_THAT(FieldsOf(Reply(std::string("\0\1\2", 3)).status), ElementsAre("text"));
  EXPECT_THAT(FieldsOf(Reply("\xFF\xD8\xFF\xE0").status), ElementsAre("text"));
  EXPECT_THAT(FieldsOf(Reply("").status), ElementsAre("text"));
  EXPECT_THAT(List()->replies(), IsEmpty());
}

TEST_F(RepliesE2eTest, WhatAnUnknownSenderWroteIsKeptAssignedAndDecided) {
  const auto unknown = Reply("please make these less often", "address: '+15559999'");
  ASSERT_TRUE(unknown.ok()) << unknown.status.error_message();
  EXPECT_EQ(unknown->reply().task(), v1::REPLY_TASK_ASSIGN);
  v1::AssignReplyRequest assign;
  assign.set_name(unknown->reply().name());
  assign.set_enrollment("clinics/box/enrollments/ana");
  EXPECT_EQ(Call(*client->replies, &v1::ReplyService::Stub::AssignReply, assign)->reply().patient(), "mrn-ana");
  const auto again = Call(*client->replies, &v1::ReplyService::Stub::AssignReply, assign);
  EXPECT_EQ(ReasonOf(again.status), "REPLY_NOT_TO_ASSIGN");
  v1::DecideReplyRequest decide;
  decide.set_name(Reply("too many messages")->reply().name());
  decide.set_decision(v1::REPLY_DECISION_STOP);
  EXPECT_EQ(Call(*client->replies, &v1::ReplyService::Stub::DecideReply, decide)->reply().decision(),
            v1::REPLY_DECISION_STOP);
}

}  // namespace
}  // namespace aftercare::e2e
