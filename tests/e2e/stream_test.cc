// StreamReminders over a real channel.
#include <thread>

#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::SizeIs;
using Stream = grpc::ClientReaderWriter<v1::StreamRemindersRequest, v1::StreamRemindersResponse>;

// One stream of a gateway.
struct Gateway {
  explicit Gateway(Client& client) {
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    stream = client.deliveries->StreamReminders(&context);
  }

  bool Send(const std::string& text) { return stream->Write(FromText<v1::StreamRemindersRequest>(text)); }
  bool Report(const v1::Lease& lease, const std::string& outcome) {
    return Send("reports { reports { lease_id: '" + lease.lease_id() + "' outcome: DELIVERY_OUTCOME_" + outcome + " } }");
  }
  v1::StreamRemindersResponse Read() {
    v1::StreamRemindersResponse response;
    EXPECT_TRUE(stream->Read(&response));
    return response;
  }
  // Reads until the end, which says why.
  grpc::Status End() {
    v1::StreamRemindersResponse rest;
    while (stream->Read(&rest)) continue;
    return stream->Finish();
  }

  grpc::ClientContext context;
  std::unique_ptr<Stream> stream;
};

class StreamTest : public Service {
 protected:
  StreamTest() {
    CreateClinic(*client, "riverside", "2026-03-02T09:00:00-05:00");
    CreatePathway(*client, "riverside", "knee", KneePathway());
    for (const char* id : {"ana", "ben", "cy"}) Enroll(*client, Patient("riverside", id, "2026-03-02"));
  }

  v1::ReminderState StateOf(const std::string& name) {
    v1::GetReminderRequest request;
    request.set_name(name);
    return Call(*client->reminders, &v1::ReminderService::Stub::GetReminder, request)->reminder().state();
  }

  static constexpr char kConfiguration[] = "configuration { parent: 'clinics/riverside' max_outstanding: 2 }";
};

TEST_F(StreamTest, MessagesComeAsTheyComeDueAndPermitsComeBackWithReports) {
  Gateway gateway(*client);
  ASSERT_TRUE(gateway.Send(kConfiguration));
  Advance(*client, "riverside", "2026-03-03T08:00:00-05:00");
  std::vector<v1::Lease> leases;
  std::vector<std::string> sent;
  while (sent.size() < 3 || sent.size() < leases.size()) {
    const v1::StreamRemindersResponse response = gateway.Read();
    for (const v1::Lease& lease : response.leases()) {
      ASSERT_TRUE(gateway.Report(lease, "SENT"));
      leases.push_back(lease);
    }
    for (const v1::DeliveryResult& result : response.results()) {
      EXPECT_EQ(result.status().code(), 0);
      sent.push_back(result.lease_id());
    }
    EXPECT_LE(leases.size() - sent.size(), 2u);
  }
  for (const v1::Lease& lease : leases) EXPECT_EQ(StateOf(lease.reminder()), v1::REMINDER_STATE_SENT);
  gateway.stream->WritesDone();
  EXPECT_TRUE(gateway.End().ok());
}

TEST_F(StreamTest, AGatewayIsToldOfWhatIsCalledOffWhileItHasIt) {
  Gateway gateway(*client);
  ASSERT_TRUE(gateway.Send(kConfiguration));
  Advance(*client, "riverside", "2026-03-03T08:00:00-05:00");
  std::vector<v1::Lease> leases;
  while (leases.size() < 2) {
    const v1::StreamRemindersResponse response = gateway.Read();
    leases.insert(leases.end(), response.leases().begin(), response.leases().end());
  }
  v1::CancelReminderRequest request;
  request.set_name(leases[0].reminder());
  ASSERT_TRUE(Call(*client->reminders, &v1::ReminderService::Stub::CancelReminder, request).ok());
  const v1::StreamRemindersResponse told = gateway.Read();
  ASSERT_THAT(told.ended_leases(), SizeIs(1));
  EXPECT_EQ(told.ended_leases(0).lease_id(), leases[0].lease_id());
  EXPECT_EQ(told.ended_leases(0).reason(), v1::REMINDER_REASON_CANCELLED_BY_CLINIC);
  EXPECT_THAT(gateway.Read().leases(), SizeIs(1)) << "its permit is free";
}

TEST_F(StreamTest, MisuseEndsTheStreamWithItsReason) {
  const auto end_of = [this](const std::vector<std::string>& messages) {
    Gateway gateway(*client);
    for (const std::string& message : messages) gateway.Send(message);
    return gateway.End();
  };
  EXPECT_EQ(ReasonOf(end_of({"reports { reports { lease_id: 'x' } }"})), "NOT_CONFIGURED");
  EXPECT_EQ(ReasonOf(end_of({kConfiguration, kConfiguration})), "ALREADY_CONFIGURED");
  const grpc::Status bad = end_of({"configuration { parent: 'clinics/riverside' max_outstanding: 1000000 }"});
  EXPECT_EQ(bad.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(FieldsOf(bad), ::testing::ElementsAre("configuration.max_outstanding"));
  EXPECT_EQ(ReasonOf(end_of({"configuration { parent: 'clinics/west' max_outstanding: 1 }"})), "CLINIC_NOT_FOUND");
}

TEST_F(StreamTest, ANewStreamTakesOverWhatABrokenOneHeld) {
  Advance(*client, "riverside", "2026-03-03T08:00:00-05:00");
  v1::Lease lease;
  {
    Gateway gateway(*client);
    ASSERT_TRUE(gateway.Send("configuration { parent: 'clinics/riverside' max_outstanding: 1 }"));
    lease = gateway.Read().leases(0);
    gateway.context.TryCancel();
    EXPECT_EQ(gateway.End().error_code(), grpc::StatusCode::CANCELLED);
  }
  Gateway gateway(*client);
  ASSERT_TRUE(gateway.Send("configuration { parent: 'clinics/riverside' max_outstanding: 10 }"));
  const auto leases = gateway.Read().leases();
  EXPECT_FALSE(leases.empty());
  for (const v1::Lease& other : leases) EXPECT_NE(other.reminder(), lease.reminder()) << "it is still leased";
  ASSERT_TRUE(gateway.Report(lease, "SENT"));
  EXPECT_EQ(gateway.Read().results(0).status().code(), 0);
}

TEST_F(StreamTest, TheServersEndEndsAStreamUnavailable) {
  Gateway gateway(*client);
  ASSERT_TRUE(gateway.Send(kConfiguration));
  Advance(*client, "riverside", "2026-03-03T08:00:00-05:00");
  EXPECT_FALSE(gateway.Read().leases().empty());
  std::thread stop([this] { server->Shutdown(absl::Seconds(10)); });
  const grpc::Status end = gateway.End();
  stop.join();
  EXPECT_EQ(end.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(HasRetryInfo(end));
}

}  // namespace
}  // namespace aftercare::e2e
