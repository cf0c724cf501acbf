// A whole server on loopback over a database in a directory of its own, and a client's view of it.
#ifndef AFTERCARE_TESTS_E2E_HARNESS_H_
#define AFTERCARE_TESTS_E2E_HARNESS_H_

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/clinic_service.grpc.pb.h"
#include "aftercare/v1/delivery_service.grpc.pb.h"
#include "aftercare/v1/enrollment_service.grpc.pb.h"
#include "aftercare/v1/pathway_service.grpc.pb.h"
#include "aftercare/v1/reminder_service.grpc.pb.h"
#include "aftercare/v1/visit_service.grpc.pb.h"
#include "scheduler/engine/runtime/clock.h"
#include "services/server/server.h"
#include "tests/engine/fake_clock.h"
#include "tests/support/temp_dir.h"
#include "tests/support/text_proto.h"

namespace aftercare::e2e {

// What a client learns from a call.
template <typename Response>
struct Answer {
  grpc::Status status;
  Response response;

  bool ok() const { return status.ok(); }
  const Response* operator->() const { return &response; }
};

// What an error says: its reason, and the fields it names.
std::string ReasonOf(const grpc::Status& status);
std::vector<std::string> FieldsOf(const grpc::Status& status);
// Whether it says when to try again.
bool HasRetryInfo(const grpc::Status& status);

absl::Time At(const std::string& rfc3339);
google::protobuf::Timestamp Stamp(const std::string& rfc3339);
absl::Time ToTime(const google::protobuf::Timestamp& timestamp);

// The stubs over one channel.
struct Client {
  explicit Client(std::shared_ptr<grpc::Channel> channel);

  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::ClinicService::Stub> clinics;
  std::unique_ptr<v1::PathwayService::Stub> pathways;
  std::unique_ptr<v1::EnrollmentService::Stub> enrollments;
  std::unique_ptr<v1::ReminderService::Stub> reminders;
  std::unique_ptr<v1::DeliveryService::Stub> deliveries;
  std::unique_ptr<v1::VisitService::Stub> visits;
};

// How long anything may take before a test gives up. Long, because a loaded machine must not fail a test.
inline constexpr std::chrono::minutes kPatience(5);

// One unary call, which must not take longer than kPatience.
template <typename Stub, typename Request, typename Response>
Answer<Response> Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  Answer<Response> answer;
  answer.status = (stub.*method)(&context, request, &answer.response);
  return answer;
}

// The pathway that ships.
v1::Pathway KneePathway();

// Each step must succeed.
void CreateClinic(Client& client, const std::string& id, const std::string& test_clock = "");
void CreatePathway(Client& client, const std::string& clinic, const std::string& id, const v1::Pathway& pathway);

// A patient of `clinics/{clinic}` on its pathway `knee`, who reads English, lives in New York and agreed. `more`, in
// text format, is merged over it.
v1::CreateEnrollmentRequest Patient(const std::string& clinic, const std::string& id, const std::string& date,
                                    const std::string& more = "");
void Enroll(Client& client, const v1::CreateEnrollmentRequest& request);
v1::AdvanceTestClockResponse Advance(Client& client, const std::string& clinic, const std::string& time);
std::vector<v1::Lease> LeaseAll(Client& client, const std::string& clinic);
void ReportSent(Client& client, const std::vector<v1::Lease>& leases);
// The whole list, by pages of `page_size`.
std::vector<v1::Reminder> ListAll(Client& client, const v1::ListRemindersRequest& request, int page_size = 1000);

class Service : public ::testing::Test {
 protected:
  Service() : clock(At("2026-03-01T12:00:00Z")) { Start(); }

  // Starts, or shuts down and starts again, on the same database and port.
  void Start();

  TempDir dir;
  engine::FakeClock clock;
  server::ServerOptions options_;  // of the next Start
  std::unique_ptr<server::Server> server;
  std::unique_ptr<Client> client;

 private:
  int port_ = 0;
};

}  // namespace aftercare::e2e

#endif  // AFTERCARE_TESTS_E2E_HARNESS_H_
