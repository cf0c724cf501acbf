#include "tests/e2e/harness.h"

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "scheduler/store/sqlite_driver.h"
#include "scheduler/store/store.h"

namespace aftercare::e2e {
namespace {

template <typename Detail>
bool FindDetail(const grpc::Status& status, Detail* detail) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return false;
  for (const google::protobuf::Any& any : details.details()) {
    if (any.Is<Detail>()) return any.UnpackTo(detail);
  }
  return false;
}

}  // namespace

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::ErrorInfo info;
  if (!FindDetail(status, &info)) return "";
  EXPECT_EQ(info.domain(), "aftercare");
  return info.reason();
}

std::vector<std::string> FieldsOf(const grpc::Status& status) {
  google::rpc::BadRequest bad;
  FindDetail(status, &bad);
  std::vector<std::string> fields;
  for (const auto& violation : bad.field_violations()) {
    EXPECT_NE(violation.description(), "");
    fields.push_back(violation.field());
  }
  return fields;
}

bool HasRetryInfo(const grpc::Status& status) {
  google::rpc::RetryInfo retry;
  return FindDetail(status, &retry) && (retry.retry_delay().seconds() > 0 || retry.retry_delay().nanos() > 0);
}

absl::Time At(const std::string& rfc3339) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, rfc3339, &time, &error)) << error;
  return time;
}

google::protobuf::Timestamp Stamp(const std::string& rfc3339) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(absl::ToUnixSeconds(At(rfc3339)));
  return timestamp;
}

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

Client::Client(std::shared_ptr<grpc::Channel> channel)
    : channel(channel),
      access(v1::AccessService::NewStub(channel)),
      clinics(v1::ClinicService::NewStub(channel)),
      pathways(v1::PathwayService::NewStub(channel)),
      enrollments(v1::EnrollmentService::NewStub(channel)),
      reminders(v1::ReminderService::NewStub(channel)),
      deliveries(v1::DeliveryService::NewStub(channel)),
      replies(v1::ReplyService::NewStub(channel)),
      visits(v1::VisitService::NewStub(channel)) {}

v1::Pathway KneePathway() {
  return FromText<v1::Pathway>(ReadFile(AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto"));
}

void CreateClinic(Client& client, const std::string& id, const std::string& test_clock) {
  auto request = FromText<v1::CreateClinicRequest>(R"(
      clinic { display_name: "Riverside Knee Clinic" phone: "+1 555 0100" time_zone: "America/New_York" })");
  request.set_clinic_id(id);
  if (!test_clock.empty()) *request.mutable_clinic()->mutable_test_clock_time() = Stamp(test_clock);
  const auto answer = Call(*client.clinics, &v1::ClinicService::Stub::CreateClinic, request);
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
}

void CreatePathway(Client& client, const std::string& clinic, const std::string& id, const v1::Pathway& pathway) {
  v1::CreatePathwayRequest request;
  request.set_parent("clinics/" + clinic);
  request.set_pathway_id(id);
  *request.mutable_pathway() = pathway;
  const auto answer = Call(*client.pathways, &v1::PathwayService::Stub::CreatePathway, request);
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
}

v1::CreateEnrollmentRequest Patient(const std::string& clinic, const std::string& id, const std::string& date,
                                    const std::string& more) {
  v1::CreateEnrollmentRequest request;
  request.set_parent("clinics/" + clinic);
  request.set_enrollment_id(id);
  v1::Enrollment& enrollment = *request.mutable_enrollment();
  enrollment.set_patient("mrn-" + id);
  enrollment.set_first_name("Ana");
  enrollment.set_pathway("clinics/" + clinic + "/pathways/knee");
  enrollment.set_procedure_date(date);
  enrollment.set_time_zone("America/New_York");
  enrollment.set_consent(v1::CONSENT_GRANTED);
  if (more.find("contact_points") == std::string::npos) {
    v1::ContactPoint* point = enrollment.add_contact_points();
    point->set_channel(v1::CHANNEL_SMS);
    point->set_address("+15550111");
  }
  enrollment.MergeFrom(FromText<v1::Enrollment>(more));
  return request;
}

void Enroll(Client& client, const v1::CreateEnrollmentRequest& request) {
  const auto answer = Call(*client.enrollments, &v1::EnrollmentService::Stub::CreateEnrollment, request);
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
}

v1::AdvanceTestClockResponse Advance(Client& client, const std::string& clinic, const std::string& time) {
  v1::AdvanceTestClockRequest request;
  request.set_name("clinics/" + clinic);
  *request.mutable_time() = Stamp(time);
  const auto answer = Call(*client.clinics, &v1::ClinicService::Stub::AdvanceTestClock, request);
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return answer.response;
}

std::vector<v1::Lease> LeaseAll(Client& client, const std::string& clinic) {
  v1::LeaseRemindersRequest request;
  request.set_parent("clinics/" + clinic);
  request.set_max_reminders(1000);
  const auto answer = Call(*client.deliveries, &v1::DeliveryService::Stub::LeaseReminders, request);
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return {answer->leases().begin(), answer->leases().end()};
}

void ReportSent(Client& client, const std::vector<v1::Lease>& leases) {
  if (leases.empty()) return;
  v1::ReportDeliveriesRequest request;
  for (const v1::Lease& lease : leases) {
    v1::DeliveryReport* report = request.add_reports();
    report->set_lease_id(lease.lease_id());
    report->set_outcome(v1::DELIVERY_OUTCOME_SENT);
  }
  const auto answer = Call(*client.deliveries, &v1::DeliveryService::Stub::ReportDeliveries, request);
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  for (const v1::DeliveryResult& result : answer->results()) {
    EXPECT_EQ(result.status().code(), 0) << result.status().message();
    EXPECT_EQ(result.state(), v1::REMINDER_STATE_SENT);
  }
}

std::vector<v1::Reminder> ListAll(Client& client, const v1::ListRemindersRequest& request, int page_size) {
  std::vector<v1::Reminder> all;
  v1::ListRemindersRequest next = request;
  next.set_page_size(page_size);
  do {
    const auto answer = Call(*client.reminders, &v1::ReminderService::Stub::ListReminders, next);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    EXPECT_LE(answer->reminders_size(), page_size);
    all.insert(all.end(), answer->reminders().begin(), answer->reminders().end());
    next.set_page_token(answer->next_page_token());
  } while (!next.page_token().empty());
  return all;
}

void Service::Start() {
  client.reset();
  server.reset();
  auto driver = store::OpenSqlite(dir.File("aftercare.db"));
  ASSERT_TRUE(driver.ok()) << driver.status();
  auto store = store::Store::Open(*std::move(driver), {});
  ASSERT_TRUE(store.ok()) << store.status();
  auto started = server::Server::Start(absl::StrCat("127.0.0.1:", port_), *std::move(store), clock, options_);
  ASSERT_TRUE(started.ok()) << started.status();
  server = *std::move(started);
  port_ = server->port();
  client = std::make_unique<Client>(grpc::CreateChannel(absl::StrCat("127.0.0.1:", server->port()),
                                                        grpc::InsecureChannelCredentials()));
}

}  // namespace aftercare::e2e
