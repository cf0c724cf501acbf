// Who may do what: every RPC of the API is refused to whom the authorizer refuses it, in time also while it is open.
#include <grpcpp/generic/generic_stub.h>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "google/rpc/error_details.pb.h"
#include "scheduler/engine/runtime/authorizer.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/permissions.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::SizeIs;

// Allows everything, except what a test forbids: a clinic, or a permission.
class TestAuthorizer : public engine::Authorizer {
 public:
  absl::Status Authorize(const engine::Caller&, engine::Permission permission,
                         absl::string_view clinic) const override {
    const MutexLock lock(mutex_);
    if (!clinic.empty() && clinic == foreign_clinic_) {
      return engine::MakeError(absl::StatusCode::kPermissionDenied, "CLINIC_NOT_YOURS", "not yours");
    }
    if (permission == forbidden_) {
      return engine::MakeError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED", "not allowed");
    }
    return absl::OkStatus();
  }
  uint64_t Generation() const override { return generation_; }

  void ForbidClinic(const std::string& clinic) {
    const MutexLock lock(mutex_);
    foreign_clinic_ = clinic;
    ++generation_;
  }
  void Forbid(std::optional<engine::Permission> permission) {
    const MutexLock lock(mutex_);
    forbidden_ = permission;
    ++generation_;
  }

 private:
  mutable Mutex mutex_;
  std::string foreign_clinic_ ABSL_GUARDED_BY(mutex_);
  std::optional<engine::Permission> forbidden_ ABSL_GUARDED_BY(mutex_);
  std::atomic<uint64_t> generation_{0};
};

// A valid request of each RPC about the clinic `south`, in text format. ListClinics is about no clinic.
const std::map<std::string, std::string>& Requests() {
  static const auto& requests = *new std::map<std::string, std::string>{
      {"ClinicService/AdvanceTestClock", "name: 'clinics/south' duration { seconds: 60 }"},
      {"ClinicService/CreateClinic", "clinic_id: 'south' clinic { display_name: 'South' time_zone: 'Etc/UTC' }"},
      {"ClinicService/GetClinic", "name: 'clinics/south'"},
      {"ClinicService/ListClinics", ""},
      {"ClinicService/UpdateClinic",
       "clinic { name: 'clinics/south' display_name: 'S' } update_mask { paths: 'display_name' }"},
      {"DeliveryService/ExtendLeases", "lease_ids: 'LEASE'"},
      {"DeliveryService/LeaseReminders", "parent: 'clinics/south'"},
      {"DeliveryService/ListDeadLetters", "parent: 'clinics/south'"},
      {"DeliveryService/RedriveReminders",
       "parent: 'clinics/south' names: 'clinics/south/enrollments/e/reminders/r.2026-03-02'"},
      {"DeliveryService/ReportDeliveries", "reports { lease_id: 'LEASE' outcome: DELIVERY_OUTCOME_SENT }"},
      {"DeliveryService/StreamReminders", "configuration { parent: 'clinics/south' max_outstanding: 1 }"},
      {"EnrollmentService/CreateEnrollment", ""},  // filled in below
      {"EnrollmentService/EndEnrollment", "name: 'clinics/south/enrollments/e' reason: END_REASON_COMPLETED"},
      {"EnrollmentService/ListConsentDecisions", "parent: 'clinics/south' patient: 'p'"},
      {"EnrollmentService/GetAdherence", "name: 'clinics/south/enrollments/e'"},
      {"EnrollmentService/GetEnrollment", "name: 'clinics/south/enrollments/e'"},
      {"EnrollmentService/GetTimeline", "name: 'clinics/south/enrollments/e'"},
      {"EnrollmentService/ImportEnrollments", "parent: 'clinics/south'"},
      {"EnrollmentService/ListEnrollments", "parent: 'clinics/south'"},
      {"EnrollmentService/MigrateEnrollments", "pathway: 'clinics/south/pathways/knee'"},
      {"EnrollmentService/PauseEnrollment", "name: 'clinics/south/enrollments/e'"},
      {"EnrollmentService/ResumeEnrollment", "name: 'clinics/south/enrollments/e'"},
      {"EnrollmentService/SetConsent",
       "parent: 'clinics/south' patient: 'p' decision { channel: CHANNEL_SMS consent: CONSENT_REFUSED }"},
      {"EnrollmentService/UpdateEnrollment",
       "enrollment { name: 'clinics/south/enrollments/e' locale: 'es' } update_mask { paths: 'locale' }"},
      {"PathwayService/CreatePathway", ""},  // filled in below
      {"PathwayService/GetPathway", "name: 'clinics/south/pathways/knee'"},
      {"PathwayService/ListPathwayRevisions", "name: 'clinics/south/pathways/knee'"},
      {"PathwayService/ListPathways", "parent: 'clinics/south'"},
      {"PathwayService/PreviewPlan", "parent: 'clinics/south' pathway_name: 'clinics/south/pathways/knee'"},
      {"PathwayService/UpdatePathway", ""},  // filled in below
      {"ReminderService/AcknowledgeReminder", "name: 'clinics/south/enrollments/e/reminders/ice-day1.2026-03-02'"},
      {"ReminderService/CancelReminder", "name: 'clinics/south/enrollments/e/reminders/ice-day1.2026-03-02'"},
      {"ReminderService/CompleteReminder", "name: 'clinics/south/enrollments/e/reminders/ice-day1.2026-03-02'"},
      {"ReminderService/CountReminders", "parent: 'clinics/south'"},
      {"ReminderService/GetReminder", "name: 'clinics/south/enrollments/e/reminders/ice-day1.2026-03-02'"},
      {"ReminderService/ListReminders", "parent: 'clinics/south'"},
      {"ReminderService/MoveReminder",
       "name: 'clinics/south/enrollments/e/reminders/ice-day1.2026-03-02' due_time { seconds: 1800000000 }"},
      {"ReminderService/RestoreReminder", "name: 'clinics/south/enrollments/e/reminders/ice-day1.2026-03-02'"},
      {"ReminderService/WatchEvents", "parent: 'clinics/south' resume_token: 'made up'"},
      {"ReplyService/AssignReply", "name: 'clinics/south/replies/r' enrollment: 'clinics/south/enrollments/e'"},
      {"ReplyService/DecideReply", "name: 'clinics/south/replies/r' decision: REPLY_DECISION_CONTINUE"},
      {"ReplyService/ListReplies", "parent: 'clinics/south'"},
      {"ReplyService/RecordReply", "parent: 'clinics/south' channel: CHANNEL_SMS address: '+15550100' text: 'ok'"},
      {"VisitService/ListVisits", "parent: 'clinics/south/enrollments/e'"},
      {"VisitService/RecordVisitOutcome", "name: 'clinics/south/enrollments/e/visits/v' outcome: VISIT_STATE_ATTENDED"},
      {"VisitService/ScheduleVisit",
       "name: 'clinics/south/enrollments/e/visits/v' start_time { seconds: 1800000000 }"}};
  return requests;
}

// Every RPC of the API, `ClinicService/GetClinic`, from the descriptors.
std::map<std::string, const google::protobuf::MethodDescriptor*> AllMethods() {
  std::map<std::string, const google::protobuf::MethodDescriptor*> methods;
  for (const char* service : {v1::ClinicService::service_full_name(), v1::DeliveryService::service_full_name(),
                              v1::EnrollmentService::service_full_name(), v1::PathwayService::service_full_name(),
                              v1::ReplyService::service_full_name(),
                              v1::ReminderService::service_full_name(), v1::VisitService::service_full_name()}) {
    const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
    for (int i = 0; i < found->method_count(); ++i) {
      methods[absl::StrCat(found->name(), "/", found->method(i)->name())] = found->method(i);
    }
  }
  return methods;
}

class AccessTest : public Service {
 protected:
  // The fixture's own server has no such authorizer, so it is replaced by one that has.
  AccessTest() {
    options_.engine.authorizer = &authorizer_;
    Start();
    CreateClinic(*client, "south", "2026-03-01T09:00:00-05:00");
    CreateClinic(*client, "north", "2026-03-01T09:00:00-05:00");
    CreatePathway(*client, "south", "knee", KneePathway());
    Enroll(*client, Patient("south", "e", "2026-03-01", kWithPhone));
    Advance(*client, "south", "2026-03-03T23:00:00-05:00");
  }

  // A lease of a message of `south`.
  std::string Lease() {
    v1::LeaseRemindersRequest request;
    request.set_parent("clinics/south");
    const auto leased = Call(*client->deliveries, &v1::DeliveryService::Stub::LeaseReminders, request);
    EXPECT_TRUE(leased.ok()) << leased.status.error_message();
    EXPECT_GT(leased->leases_size(), 0);
    return leased->leases().empty() ? "" : leased->leases(0).lease_id();
  }

  std::string RequestOf(const google::protobuf::MethodDescriptor& method, const std::string& name) {
    if (name == "EnrollmentService/CreateEnrollment") return Patient("south", "n", "2026-03-01").SerializeAsString();
    if (name == "PathwayService/CreatePathway") {
      v1::CreatePathwayRequest request;
      request.set_parent("clinics/south");
      request.set_pathway_id("other");
      *request.mutable_pathway() = KneePathway();
      return request.SerializeAsString();
    }
    if (name == "PathwayService/UpdatePathway") {
      v1::UpdatePathwayRequest request;
      *request.mutable_pathway() = KneePathway();
      request.mutable_pathway()->set_name("clinics/south/pathways/knee");
      return request.SerializeAsString();
    }
    std::unique_ptr<google::protobuf::Message> request(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
    std::string text = Requests().at(name);
    if (const size_t place = text.find("LEASE"); place != text.npos && text[place - 1] == '\'') {
      text.replace(place, 5, lease_id_);
    }
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << name;
    return request->SerializeAsString();
  }

  // Calls the RPC with one request, and reads until the call ends. Bytes of the last answer, if any, go to `answer`.
  grpc::Status CallOnce(const std::string& name, const std::string& bytes, std::string* answer) {
    grpc::GenericStub stub(client->channel);
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    const auto call = stub.PrepareCall(&context, absl::StrCat("/aftercare.v1.", name), &queue);
    const auto await = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    call->StartCall(nullptr);
    await();
    const grpc::Slice slice(bytes);
    call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    await();
    call->WritesDone(nullptr);
    await();
    grpc::ByteBuffer read;
    while (true) {
      call->Read(&read, nullptr);
      if (!await()) break;
      grpc::Slice whole;
      read.DumpToSingleSlice(&whole).ok();
      answer->assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
    }
    grpc::Status status;
    call->Finish(&status, nullptr);
    await();
    return status;
  }

  // The reasons with which each RPC refuses, by its status or by that of its only item; empty if it does not.
  std::string RefusalOf(const std::string& name) {
    const auto* method = AllMethods().at(name);
    std::string answer;
    const grpc::Status status = CallOnce(name, RequestOf(*method, name), &answer);
    if (!status.ok()) {
      return status.error_code() == grpc::StatusCode::PERMISSION_DENIED ? ReasonOf(status) : status.error_message();
    }
    google::rpc::Status item;
    if (name == "DeliveryService/ReportDeliveries") {
      v1::ReportDeliveriesResponse response;
      response.ParseFromString(answer);
      item = response.results(0).status();
    } else if (name == "DeliveryService/ExtendLeases") {
      v1::ExtendLeasesResponse response;
      response.ParseFromString(answer);
      item = response.extensions(0).status();
    }
    google::rpc::ErrorInfo info;
    if (item.details_size() > 0) item.details(0).UnpackTo(&info);
    return info.reason();
  }

  static constexpr char kWithPhone[] = "contact_points { channel: CHANNEL_SMS address: '+15550100' }";

  TestAuthorizer authorizer_;
  std::string lease_id_;
};

TEST_F(AccessTest, EveryRpcIsKnownToTheTableAndToThisTest) {
  std::set<std::string> in_table;
  for (const engine::Method& method : engine::Methods()) {
    EXPECT_TRUE(in_table.insert(std::string(method.name)).second) << method.name << " is there twice";
  }
  std::set<std::string> in_api;
  for (const auto& [name, method] : AllMethods()) {
    in_api.insert(absl::StrCat("aftercare.v1.", name));
    EXPECT_TRUE(Requests().contains(name)) << name;
  }
  EXPECT_EQ(in_table, in_api);
}

TEST_F(AccessTest, EveryRpcRefusesAForeignClinic) {
  lease_id_ = Lease();
  authorizer_.ForbidClinic("south");
  for (const auto& [name, method] : AllMethods()) {
    if (name == "ClinicService/ListClinics") continue;
    EXPECT_EQ(RefusalOf(name), "CLINIC_NOT_YOURS") << name;
  }
}

TEST_F(AccessTest, ListsAndLeasesOverAllClinicsLeaveOutForeignOnes) {
  authorizer_.ForbidClinic("south");
  const auto clinics = Call(*client->clinics, &v1::ClinicService::Stub::ListClinics, v1::ListClinicsRequest());
  ASSERT_THAT(clinics->clinics(), SizeIs(1));
  EXPECT_EQ(clinics->clinics(0).name(), "clinics/north");
}

TEST_F(AccessTest, EveryRpcRefusesARoleThatLacksItsPermission) {
  lease_id_ = Lease();
  for (const engine::Method& method : engine::Methods()) {
    const std::string name(method.name.substr(method.name.rfind('.') + 1));
    authorizer_.Forbid(method.permission);
    EXPECT_EQ(RefusalOf(name), "ROLE_NOT_ALLOWED") << name;
  }
}

TEST_F(AccessTest, WhatIsOpenEndsWhenThePermissionIsWithdrawn) {
  lease_id_ = Lease();
  v1::LeaseRemindersRequest poll;
  poll.set_parent("clinics/north");
  poll.mutable_wait()->set_seconds(60);
  grpc::ClientContext poll_context;
  auto polled = std::async(std::launch::async, [&] {
    v1::LeaseRemindersResponse response;
    return client->deliveries->LeaseReminders(&poll_context, poll, &response);
  });
  grpc::ClientContext stream_context;
  auto stream = client->deliveries->StreamReminders(&stream_context);
  v1::StreamRemindersRequest configuration;
  configuration.mutable_configuration()->set_parent("clinics/north");
  configuration.mutable_configuration()->set_max_outstanding(1);
  stream->Write(configuration);
  grpc::ClientContext watch_context;
  v1::WatchEventsRequest watch;
  watch.set_parent("clinics/north");
  auto events = client->reminders->WatchEvents(&watch_context, watch);
  grpc::ClientContext import_context;
  v1::ImportEnrollmentsResponse imported;
  auto import = client->enrollments->ImportEnrollments(&import_context, &imported);
  v1::ImportEnrollmentsRequest lines;
  lines.set_parent("clinics/north");
  import->Write(lines);
  authorizer_.ForbidClinic("north");

  const auto expect_denied = [](const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << status.error_message();
    EXPECT_EQ(ReasonOf(status), "CLINIC_NOT_YOURS");
  };
  expect_denied(polled.get());
  v1::StreamRemindersResponse response;
  while (stream->Read(&response)) continue;
  expect_denied(stream->Finish());
  v1::WatchEventsResponse event;
  while (events->Read(&event)) continue;
  expect_denied(events->Finish());
  while (import->Write(lines)) continue;
  expect_denied(import->Finish());
}

}  // namespace
}  // namespace aftercare::e2e
