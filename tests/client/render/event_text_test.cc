#include "services/client/render/event_text.h"

#include "gtest/gtest.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

TEST(EventTextTest, AnEventIsALine) {
  v1::Event event;
  event.set_type(v1::EVENT_TYPE_REMINDER_CHANGED);
  event.set_patient("P-17");
  event.mutable_event_time()->set_seconds(1772524800);
  event.mutable_reminder()->set_name("clinics/demo/enrollments/ana/reminders/ice-am.2026-03-03");
  event.mutable_reminder()->set_phase("first");
  event.mutable_reminder()->set_state(v1::REMINDER_STATE_FAILED);
  event.mutable_reminder()->set_reason(v1::REMINDER_REASON_REJECTED_BY_CHANNEL);
  EXPECT_EQ(RenderEvent(event, {}),
            "2026-03-03 08:00  reminder  failed     ana/ice-am.2026-03-03  rejected-by-channel  P-17 first\n");
  v1::Event ended;
  ended.set_type(v1::EVENT_TYPE_ENROLLMENT_ENDED);
  ended.set_enrollment("clinics/demo/enrollments/ana");
  ended.set_patient("P-17");
  ended.set_end_reason(v1::END_REASON_WITHDRAWN);
  ended.mutable_event_time()->set_seconds(1772524800);
  EXPECT_EQ(RenderEvent(ended, {}), "2026-03-03 08:00  patient   ended      ana  withdrawn  P-17\n");
  ended.set_type(v1::EVENT_TYPE_ENROLLMENT_UPDATED);
  EXPECT_EQ(RenderEvent(ended, {}), "2026-03-03 08:00  patient   updated    ana  withdrawn  P-17\n");
}

TEST(EventTextTest, ATaskTellsItsStepItsUrgencyAndWhetherItIsAcknowledged) {
  v1::Event event;
  event.set_type(v1::EVENT_TYPE_REMINDER_CHANGED);
  event.set_patient("P-17");
  event.mutable_event_time()->set_seconds(1772524800);
  event.mutable_reminder()->set_name("clinics/demo/enrollments/ana/reminders/call.2026-03-03");
  event.mutable_reminder()->set_phase("first");
  event.mutable_reminder()->set_state(v1::REMINDER_STATE_DUE);
  event.mutable_reminder()->set_urgency(v1::URGENCY_ROUTINE);
  EXPECT_EQ(RenderEvent(event, {}), "2026-03-03 08:00  reminder  due        ana/call.2026-03-03  P-17 first\n");
  event.mutable_reminder()->set_urgency(v1::URGENCY_URGENT);
  event.mutable_reminder()->set_escalation_step(1);
  EXPECT_EQ(RenderEvent(event, {}),
            "2026-03-03 08:00  reminder  due        ana/call.2026-03-03  step 1  urgent  P-17 first\n");
  event.mutable_reminder()->mutable_acknowledge_time()->set_seconds(1772524800);
  EXPECT_EQ(RenderEvent(event, {}),
            "2026-03-03 08:00  reminder  due        ana/call.2026-03-03  step 1, acknowledged  urgent  P-17 first\n");
}

TEST(EventTextTest, AReplyAndADecisionOfAPatientAreOneLineEach) {
  v1::Event reply;
  reply.set_type(v1::EVENT_TYPE_REPLY_RECEIVED);
  reply.set_enrollment("clinics/demo/enrollments/ana");
  reply.set_patient("P-17");
  reply.mutable_event_time()->set_seconds(1772524800);
  reply.mutable_reply()->set_meaning(v1::REPLY_MEANING_OTHER);
  reply.mutable_reply()->set_channel(v1::CHANNEL_SMS);
  EXPECT_EQ(RenderEvent(reply, {}), "2026-03-03 08:00  reply     other      ana  by sms  P-17\n");
  reply.mutable_reply()->set_meaning(v1::REPLY_MEANING_ANSWER);
  reply.mutable_reply()->set_reminder("clinics/demo/enrollments/ana/reminders/pain.2026-03-03");
  reply.mutable_reply()->set_score(0);
  EXPECT_EQ(RenderEvent(reply, {}),
            "2026-03-03 08:00  reply     answer     ana/pain.2026-03-03  score 0  by sms  P-17\n");
  v1::Event consent;
  consent.set_type(v1::EVENT_TYPE_CONSENT_CHANGED);
  consent.set_patient("P-17");
  consent.mutable_event_time()->set_seconds(1772524800);
  consent.mutable_consent()->set_channel(v1::CHANNEL_EMAIL);
  consent.mutable_consent()->set_consent(v1::CONSENT_REFUSED);
  EXPECT_EQ(RenderEvent(consent, {}), "2026-03-03 08:00  consent   refused    email  P-17\n");
  consent.mutable_consent()->clear_channel();
  consent.mutable_consent()->set_category("ice");
  EXPECT_EQ(RenderEvent(consent, {}), "2026-03-03 08:00  consent   refused    category ice  P-17\n");
  consent.mutable_consent()->clear_category();
  consent.mutable_consent()->set_health_information(true);
  EXPECT_EQ(RenderEvent(consent, {}), "2026-03-03 08:00  consent   refused    health information  P-17\n");
}

TEST(EventTextTest, AChangeOfTheClinicItsClockOrAPathwayIsOneLine) {
  v1::Event event;
  event.mutable_event_time()->set_seconds(1772524800);
  event.set_type(v1::EVENT_TYPE_CLINIC_UPDATED);
  event.mutable_clinic()->set_name("clinics/demo");
  event.mutable_clinic()->set_etag("v7");
  EXPECT_EQ(RenderEvent(event, {}), "2026-03-03 08:00  clinic    updated    demo\n");
  event.set_type(v1::EVENT_TYPE_CLINIC_CLOCK_MOVED);
  EXPECT_EQ(RenderEvent(event, {}), "2026-03-03 08:00  clinic    clock      demo\n");
  event.clear_clinic();
  event.set_type(v1::EVENT_TYPE_PATHWAY_REVISED);
  event.mutable_pathway()->set_name("clinics/demo/pathways/knee");
  event.mutable_pathway()->set_revision(2);
  EXPECT_EQ(RenderEvent(event, {}), "2026-03-03 08:00  pathway   revised    knee r2\n");
}

TEST(EventTextTest, AMessageThatArrivedIsShownAsDelivered) {
  v1::Event event;
  event.set_type(v1::EVENT_TYPE_REMINDER_CHANGED);
  event.set_patient("P-17");
  event.mutable_event_time()->set_seconds(1772524800);
  event.mutable_reminder()->set_name("clinics/demo/enrollments/ana/reminders/ice-am.2026-03-03");
  event.mutable_reminder()->set_phase("first");
  event.mutable_reminder()->set_state(v1::REMINDER_STATE_DELIVERED);
  EXPECT_EQ(RenderEvent(event, {}), "2026-03-03 08:00  reminder  delivered  ana/ice-am.2026-03-03  P-17 first\n");
}

// Returns the line of a reply event of `ana` that came at 08:00, without the time.
std::string ReplyLine(const std::string& event) {
  const std::string line = RenderEvent(FromText<v1::Event>("event_time { seconds: 1772524800 } " + event), {});
  EXPECT_EQ(line.substr(0, 18), "2026-03-03 08:00  ");
  return line.substr(18);
}

TEST(EventTextTest, AReplyThatWaitsForTheCareTeamSaysForWhatAndItsId) {
  EXPECT_EQ(ReplyLine(R"pb(
              type: EVENT_TYPE_REPLY_RECEIVED
              reply {
                name: "clinics/demo/replies/0a" channel: CHANNEL_SMS meaning: REPLY_MEANING_OTHER
                task: REPLY_TASK_ASSIGN
              })pb"),
            "reply     other      0a  by sms  to do: assign 0a\n");
  EXPECT_EQ(ReplyLine(R"pb(
              type: EVENT_TYPE_REPLY_RECEIVED enrollment: "clinics/demo/enrollments/ana" patient: "P-17"
              reply {
                name: "clinics/demo/replies/0a" channel: CHANNEL_SMS meaning: REPLY_MEANING_DOUBTFUL
                task: REPLY_TASK_DECIDE
              })pb"),
            "reply     doubtful   ana  by sms  to do: decide 0a  P-17\n");
}

TEST(EventTextTest, WhatTheCareTeamMadeOfAReplyIsALine) {
  EXPECT_EQ(ReplyLine(R"pb(
              type: EVENT_TYPE_REPLY_ASSIGNED enrollment: "clinics/demo/enrollments/ana" patient: "P-17"
              reply {
                name: "clinics/demo/replies/0a" channel: CHANNEL_SMS meaning: REPLY_MEANING_ANSWER done: false
                reminder: "clinics/demo/enrollments/ana/reminders/walk.2026-03-03"
              })pb"),
            "reply     assigned   ana/walk.2026-03-03  answer  not done  by sms  P-17\n");
  EXPECT_EQ(ReplyLine(R"pb(
              type: EVENT_TYPE_REPLY_RECEIVED enrollment: "clinics/demo/enrollments/ana" patient: "P-17"
              reply {
                name: "clinics/demo/replies/0a" channel: CHANNEL_SMS meaning: REPLY_MEANING_ANSWER choice: 2
                reminder: "clinics/demo/enrollments/ana/reminders/swelling.2026-03-03"
              })pb"),
            "reply     answer     ana/swelling.2026-03-03  choice 2  by sms  P-17\n");
  EXPECT_EQ(ReplyLine(R"pb(
              type: EVENT_TYPE_REPLY_DECIDED enrollment: "clinics/demo/enrollments/ana" patient: "P-17"
              reply {
                name: "clinics/demo/replies/0a" channel: CHANNEL_SMS meaning: REPLY_MEANING_DOUBTFUL
                decision: REPLY_DECISION_STOP
              })pb"),
            "reply     decided    ana  doubtful  decided stop  by sms  P-17\n");
}

}  // namespace
}  // namespace aftercare::client
