#include "tests/e2e/every_rpc.h"

#include <grpcpp/generic/generic_stub.h>

#include "absl/strings/str_cat.h"
#include "aftercare/v1/access_service.grpc.pb.h"
#include "google/protobuf/text_format.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

namespace pb = google::protobuf;

// A valid request of each RPC about the clinic `south`, in text format. ListClinics and the
// AccessService are about no clinic.
const std::map<std::string, std::string>& Requests() {
  static const auto& requests = *new std::map<std::string, std::string>{
      {"AccessService/BindRole", "binding { principal: 'p' role: ROLE_READER clinic: 'clinics/south' }"},
      {"AccessService/CreateToken", "principal: 'p'"},
      {"AccessService/ListRoleBindings", ""},
      {"AccessService/ListTokens", ""},
      {"AccessService/RevokeToken", "name: 'tokens/t'"},
      {"AccessService/UnbindRole", "binding { principal: 'p' role: ROLE_READER clinic: 'clinics/south' }"},
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

const pb::ServiceDescriptor& ServiceNamed(const std::string& name) {
  return *pb::DescriptorPool::generated_pool()->FindServiceByName(absl::StrCat("aftercare.v1.", name));
}

}  // namespace

std::vector<std::string> AllMethods() {
  std::vector<std::string> names;
  for (const char* service : {"AccessService", "ClinicService", "DeliveryService", "EnrollmentService",
                              "PathwayService", "ReminderService", "ReplyService", "VisitService"}) {
    const pb::ServiceDescriptor& found = ServiceNamed(service);
    for (int i = 0; i < found.method_count(); ++i) names.push_back(absl::StrCat(service, "/", found.method(i)->name()));
  }
  return names;
}

bool HasRequest(const std::string& name) { return Requests().contains(name); }

std::string RequestOf(const std::string& name, const std::string& lease_id) {
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
  const size_t slash = name.find('/');
  const pb::MethodDescriptor* method = ServiceNamed(name.substr(0, slash)).FindMethodByName(name.substr(slash + 1));
  std::unique_ptr<pb::Message> request(
      pb::MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
  std::string text = Requests().at(name);
  if (const size_t place = text.find("'LEASE'"); place != text.npos) text.replace(place + 1, 5, lease_id);
  EXPECT_TRUE(pb::TextFormat::ParseFromString(text, request.get())) << name;
  return request->SerializeAsString();
}

grpc::Status CallOnce(const std::shared_ptr<grpc::Channel>& channel, const std::string& name,
                      const std::string& request, const std::multimap<std::string, std::string>& metadata,
                      std::string* answer) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
  const auto call = stub.PrepareCall(&context, absl::StrCat("/aftercare.v1.", name), &queue);
  const auto await = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  call->StartCall(nullptr);
  await();
  const grpc::Slice slice(request);
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

}  // namespace aftercare::e2e
