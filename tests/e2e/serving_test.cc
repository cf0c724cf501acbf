// What the process offers beside its API: health, reflection, an orderly end.
#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <iterator>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"
#include "scheduler/store/sqlite_driver.h"
#include "tests/e2e/harness.h"
#include "tests/store/faulty_disk.h"

namespace aftercare::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using HealthStatus = grpc::health::v1::HealthCheckResponse::ServingStatus;

constexpr const char* kServices[] = {"aftercare.v1.ClinicService",     "aftercare.v1.PathwayService",
                                     "aftercare.v1.EnrollmentService", "aftercare.v1.ReminderService",
                                     "aftercare.v1.DeliveryService",   "aftercare.v1.VisitService"};

class ServingTest : public Service {
 protected:
  // The first answer to `request`, as bytes on the wire both.
  std::string Ask(const std::string& method, const std::string& request) {
    grpc::GenericStub stub(client->channel);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    auto call = stub.PrepareCall(&context, method, &queue);
    const auto await = [&] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    call->StartCall(nullptr);
    EXPECT_TRUE(await());
    const grpc::Slice slice(request);
    call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    EXPECT_TRUE(await());
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    EXPECT_TRUE(await());
    grpc::Status status;
    call->Finish(&status, nullptr);
    EXPECT_TRUE(await());
    EXPECT_TRUE(status.ok()) << status.error_message();
    queue.Shutdown();
    grpc::Slice whole;
    answer.DumpToSingleSlice(&whole);
    return std::string(reinterpret_cast<const char*>(whole.begin()), whole.size());
  }

  // The health of a service; without a name, that of the whole server.
  HealthStatus Health(const std::string& service = "") {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    EXPECT_TRUE(response.ParseFromString(Ask("/grpc.health.v1.Health/Check", request.SerializeAsString())));
    return response.status();
  }

  // The health of the whole server and of each service; one value if it is the same for all.
  std::set<HealthStatus> HealthOfAll() {
    std::set<HealthStatus> found = {Health()};
    for (const char* service : kServices) found.insert(Health(service));
    return found;
  }
};

TEST_F(ServingTest, HealthIsServingByNameToo) {
  EXPECT_THAT(HealthOfAll(), ElementsAre(grpc::health::v1::HealthCheckResponse::SERVING));
}

TEST_F(ServingTest, NoServiceIsHealthyWhileTheDiskIsFull) {
  store::FaultyDisk disk(dir.File("aftercare.db"));
  disk.SetFull(true);
  v1::CreateClinicRequest request;
  request.mutable_clinic()->set_display_name("Riverside");
  request.mutable_clinic()->set_time_zone("America/New_York");
  grpc::Status status;
  for (int i = 0; status.ok(); ++i) {
    request.set_clinic_id(absl::StrCat("clinic-", i));
    status = Call(*client->clinics, &v1::ClinicService::Stub::CreateClinic, request).status;
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  EXPECT_TRUE(HasRetryInfo(status));
  EXPECT_THAT(HealthOfAll(), ElementsAre(grpc::health::v1::HealthCheckResponse::NOT_SERVING));
  disk.SetFull(false);
  while (Health() != grpc::health::v1::HealthCheckResponse::SERVING) std::this_thread::yield();
  EXPECT_THAT(HealthOfAll(), ElementsAre(grpc::health::v1::HealthCheckResponse::SERVING));
  EXPECT_TRUE(Call(*client->clinics, &v1::ClinicService::Stub::CreateClinic, request).ok());
}

TEST_F(ServingTest, ReflectionListsAndDescribesEveryService) {
  constexpr char kMethod[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  const std::string services = Ask(kMethod, "\x3a\x01*");  // list_services: "*"
  std::vector<std::string> names(std::begin(kServices), std::end(kServices));
  names.push_back("grpc.health.v1.Health");
  for (const std::string& name : names) {
    EXPECT_THAT(services, HasSubstr(name));
    // file_containing_symbol: the file's descriptor, or an error that has none of it.
    const std::string request = absl::StrCat("\x22", std::string(1, static_cast<char>(name.size())), name);
    EXPECT_THAT(Ask(kMethod, request), HasSubstr(".proto")) << name;
  }
}

TEST_F(ServingTest, ASecondServerOnTheSamePortIsRefused) {
  auto driver = store::OpenSqlite(dir.File("other.db"));
  ASSERT_TRUE(driver.ok()) << driver.status();
  auto store = store::Store::Open(*std::move(driver), {});
  ASSERT_TRUE(store.ok()) << store.status();
  const std::string address = absl::StrCat("127.0.0.1:", server->port());
  const auto second = server::Server::Start(address, *std::move(store), clock);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address));
}

TEST_F(ServingTest, ShutdownEndsStreamsAndLongPollsAtOnceAndSaysWhy) {
  CreateClinic(*client, "riverside");
  grpc::ClientContext context;
  v1::WatchEventsRequest request;
  request.set_parent("clinics/riverside");
  auto watch = client->reminders->WatchEvents(&context, request);
  v1::WatchEventsResponse response;
  ASSERT_TRUE(watch->Read(&response));
  grpc::ClientContext polling;
  v1::LeaseRemindersRequest lease;
  lease.set_parent("clinics/riverside");
  lease.mutable_wait()->set_seconds(60);
  v1::LeaseRemindersResponse leased;
  std::promise<grpc::Status> polled;
  client->deliveries->async()->LeaseReminders(&polling, &lease, &leased,
                                              [&](grpc::Status status) { polled.set_value(status); });
  // What is asked later on the same connection and answered shows that the poll has arrived.
  ASSERT_EQ(Health(), grpc::health::v1::HealthCheckResponse::SERVING);

  server->Shutdown(absl::Minutes(1));
  while (watch->Read(&response)) {
  }
  const grpc::Status ended = watch->Finish();
  EXPECT_EQ(ended.error_code(), grpc::StatusCode::UNAVAILABLE) << ended.error_message();
  EXPECT_EQ(ReasonOf(ended), "SHUTTING_DOWN");
  EXPECT_TRUE(HasRetryInfo(ended));
  const grpc::Status poll = polled.get_future().get();
  EXPECT_EQ(poll.error_code(), grpc::StatusCode::UNAVAILABLE) << poll.error_message();
  EXPECT_EQ(ReasonOf(poll), "SHUTTING_DOWN");
}

TEST_F(ServingTest, ManyClientsThatGoAwayInTheMiddleLeaveNothingBehind) {
  CreateClinic(*client, "riverside");
  for (int i = 0; i < 50; ++i) {
    grpc::ClientContext watching;
    v1::WatchEventsRequest watch;
    watch.set_parent("clinics/riverside");
    auto stream = client->reminders->WatchEvents(&watching, watch);
    v1::WatchEventsResponse response;
    ASSERT_TRUE(i % 2 == 0 || stream->Read(&response));
    watching.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);

    grpc::ClientContext leasing;
    leasing.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(i % 5));
    v1::LeaseRemindersRequest lease;
    lease.set_parent("clinics/riverside");
    lease.mutable_wait()->set_seconds(60);
    v1::LeaseRemindersResponse leased;
    EXPECT_EQ(client->deliveries->LeaseReminders(&leasing, lease, &leased).error_code(),
              grpc::StatusCode::DEADLINE_EXCEEDED);
  }
  server->Shutdown(absl::Minutes(1));  // would wait for ever for a call that never finishes
}

}  // namespace
}  // namespace aftercare::e2e
