// The gateway with the real server: what is due goes out, and stays sent.
#include "absl/strings/str_cat.h"
#include "services/gateway/gateway.h"
#include "tests/e2e/harness.h"
#include "tests/gateway/receiver.h"

namespace aftercare::gateway {
namespace {

// A clinic with one patient who is reached by webhook, at 8 in the morning of day 2: an ice pack is due.
class ServerTest : public e2e::Service {
 protected:
  ServerTest() {
    e2e::CreateClinic(*client, "riverside");
    e2e::CreatePathway(*client, "riverside", "knee", e2e::KneePathway());
    e2e::Enroll(*client, e2e::Patient("riverside", "ana", "2026-03-02",
                                      "contact_points { channel: CHANNEL_WEBHOOK address: 'patient-7' }"));
  }

  void Begin() {
    auto started = Gateway::Start(
        Configured(absl::StrCat("server: '127.0.0.1:", server->port(), "' webhook { url: '", receiver.url(),
                                "' secret: '0123456789abcdef' }")));
    ASSERT_TRUE(started.ok()) << started.status();
    gateway = *std::move(started);
  }

  // Those in `state`.
  std::vector<v1::Reminder> Reminders(v1::ReminderState state) {
    v1::ListRemindersRequest request;
    request.set_parent("clinics/riverside");
    request.mutable_filter()->add_states(state);
    request.mutable_filter()->set_audience(v1::AUDIENCE_PATIENT);
    return e2e::ListAll(*client, request);
  }

  // Waits until so many are in a state: by the clinic's log, which tells of each change.
  void AwaitState(v1::ReminderState state, size_t count) {
    v1::WatchEventsRequest request;
    request.set_parent("clinics/riverside");
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + e2e::kPatience);
    const auto watch = client->reminders->WatchEvents(&context, request);
    v1::WatchEventsResponse some;
    while (Reminders(state).size() < count && watch->Read(&some)) continue;
    EXPECT_GE(Reminders(state).size(), count);
    context.TryCancel();
    while (watch->Read(&some)) continue;
    watch->Finish();
  }

  Receiver receiver;
  std::unique_ptr<Gateway> gateway;
};

TEST_F(ServerTest, WhatComesDueIsSentOnceAndStaysSent) {
  Begin();
  clock.Set(e2e::At("2026-03-04T13:00:00Z"));
  const auto requests = receiver.Await(1);
  AwaitState(v1::REMINDER_STATE_SENT, 1);
  EXPECT_EQ(gateway->Drain(), 0u);
  const size_t sent = Reminders(v1::REMINDER_STATE_SENT).size();
  EXPECT_EQ(receiver.Await(sent).size(), sent);
  EXPECT_TRUE(Reminders(v1::REMINDER_STATE_LEASED).empty());
}

TEST_F(ServerTest, AServerThatIsStartedAgainWhileAMessageIsSentLearnsOfItOnce) {
  Begin();
  receiver.Hold();
  clock.Set(e2e::At("2026-03-04T13:00:00Z"));
  receiver.Await(1);
  Start();
  receiver.Release();
  AwaitState(v1::REMINDER_STATE_SENT, 1);
  EXPECT_EQ(gateway->Drain(), 0u);
  const size_t sent = Reminders(v1::REMINDER_STATE_SENT).size();
  EXPECT_EQ(receiver.Await(sent).size(), sent) << "each once";
}

TEST_F(ServerTest, ARefusalEndsWithTheReasonThatTheChannelGave) {
  receiver.Answer(410);
  Begin();
  clock.Set(e2e::At("2026-03-04T13:00:00Z"));
  AwaitState(v1::REMINDER_STATE_FAILED, 1);
  EXPECT_EQ(Reminders(v1::REMINDER_STATE_FAILED)[0].reason(), v1::REMINDER_REASON_REJECTED_BY_CHANNEL);
}

TEST_F(ServerTest, AStopGivesBackWhatIsNotSent) {
  Begin();
  receiver.Answer(401);
  clock.Set(e2e::At("2026-03-04T13:00:00Z"));
  receiver.Await(1);
  EXPECT_EQ(gateway->Drain(), 0u);
  EXPECT_TRUE(Reminders(v1::REMINDER_STATE_LEASED).empty());
  EXPECT_FALSE(Reminders(v1::REMINDER_STATE_DUE).empty());
  EXPECT_TRUE(Reminders(v1::REMINDER_STATE_FAILED).empty());
}

}  // namespace
}  // namespace aftercare::gateway
