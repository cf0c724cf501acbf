// A harness for tests of a whole server: it serves on loopback, over a database in a temporary directory, and tests
// call it with gRPC stubs.
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
#include "aftercare/v1/access_service.grpc.pb.h"
#include "aftercare/v1/clinic_service.grpc.pb.h"
#include "aftercare/v1/delivery_service.grpc.pb.h"
#include "aftercare/v1/enrollment_service.grpc.pb.h"
#include "aftercare/v1/pathway_service.grpc.pb.h"
#include "aftercare/v1/reminder_service.grpc.pb.h"
#include "aftercare/v1/reply_service.grpc.pb.h"
#include "aftercare/v1/visit_service.grpc.pb.h"
#include "scheduler/engine/runtime/clock.h"
#include "services/server/server.h"
#include "tests/engine/fake_clock.h"
#include "tests/support/temp_dir.h"
#include "tests/support/text_proto.h"

namespace aftercare::e2e {

// The status and the response of a call. The response is empty if the call failed.
template <typename Response>
struct Answer {
  grpc::Status status;
  Response response;

  bool ok() const { return status.ok(); }
  const Response* operator->() const { return &response; }
};

// Return the reason of an error (empty if it has none), and the fields that its BadRequest names.
std::string ReasonOf(const grpc::Status& status);
std::vector<std::string> FieldsOf(const grpc::Status& status);
// Returns whether an error says when to try again.
bool HasRetryInfo(const grpc::Status& status);

absl::Time At(const std::string& rfc3339);
google::protobuf::Timestamp Stamp(const std::string& rfc3339);
absl::Time ToTime(const google::protobuf::Timestamp& timestamp);

// The stubs of all services, over one channel. Thread safe, as stubs are.
struct Client {
  explicit Client(std::shared_ptr<grpc::Channel> channel);

  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::AccessService::Stub> access;
  std::unique_ptr<v1::ClinicService::Stub> clinics;
  std::unique_ptr<v1::PathwayService::Stub> pathways;
  std::unique_ptr<v1::EnrollmentService::Stub> enrollments;
  std::unique_ptr<v1::ReminderService::Stub> reminders;
  std::unique_ptr<v1::DeliveryService::Stub> deliveries;
  std::unique_ptr<v1::ReplyService::Stub> replies;
  std::unique_ptr<v1::VisitService::Stub> visits;
};

// How long anything may take before a test gives up. Long, because a loaded machine must not fail a test.
inline constexpr std::chrono::minutes kPatience(5);

// Makes one unary call. It ends with DEADLINE_EXCEEDED after kPatience.
template <typename Stub, typename Request, typename Response>
Answer<Response> Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  Answer<Response> answer;
  answer.status = (stub.*method)(&context, request, &answer.response);
  return answer;
}

// Returns the knee pathway that ships with the project (deploy/pathways).
v1::Pathway KneePathway();

// These functions make one call each, and fail the test if it fails. `clinic` is an id, times are RFC 3339. A clinic
// with a `test_clock` is a sandbox.
void CreateClinic(Client& client, const std::string& id, const std::string& test_clock = "");
void CreatePathway(Client& client, const std::string& clinic, const std::string& id, const v1::Pathway& pathway);

// Returns a request that enrols a patient of `clinics/{clinic}` on its pathway `knee`. The patient lives in New York,
// consented, and has the number +15550111, unless `more` has contact points. `more`, an enrollment in text format, is
// merged over it. `date` is the date of the procedure.
v1::CreateEnrollmentRequest Patient(const std::string& clinic, const std::string& id, const std::string& date,
                                    const std::string& more = "");
void Enroll(Client& client, const v1::CreateEnrollmentRequest& request);
v1::AdvanceTestClockResponse Advance(Client& client, const std::string& clinic, const std::string& time);
std::vector<v1::Lease> LeaseAll(Client& client, const std::string& clinic);
void ReportSent(Client& client, const std::vector<v1::Lease>& leases);
// Reads the whole list, with pages of `page_size` items.
std::vector<v1::Reminder> ListAll(Client& client, const v1::ListRemindersRequest& request, int page_size = 1000);

// A test with a server, whose clock stands at 2026-03-01T12:00:00Z until the test moves it, and a client.
class Service : public ::testing::Test {
 protected:
  Service() : clock(At("2026-03-01T12:00:00Z")) { Start(); }

  // Starts the server. If it runs already, shuts it down first, and keeps the database and the port.
  void Start();

  TempDir dir;
  engine::FakeClock clock;
  server::ServerOptions options_;  // The options for the next Start.
  std::unique_ptr<server::Server> server;
  std::unique_ptr<Client> client;

 private:
  int port_ = 0;
};

}  // namespace aftercare::e2e

#endif  // AFTERCARE_TESTS_E2E_HARNESS_H_
