#include "services/server/services.h"

#include "aftercare/v1/access_service.grpc.pb.h"
#include "aftercare/v1/clinic_service.grpc.pb.h"
#include "aftercare/v1/delivery_service.grpc.pb.h"
#include "aftercare/v1/enrollment_service.grpc.pb.h"
#include "aftercare/v1/pathway_service.grpc.pb.h"
#include "aftercare/v1/reminder_service.grpc.pb.h"
#include "aftercare/v1/reply_service.grpc.pb.h"
#include "aftercare/v1/visit_service.grpc.pb.h"
#include "services/server/import_call.h"
#include "services/server/lease_call.h"
#include "services/server/raw_callback_service.h"
#include "services/server/stream_call.h"
#include "services/server/watch_call.h"

namespace aftercare::server {
namespace {

using engine::Access;
using engine::Clinics;
using engine::Consents;
using engine::Deliveries;
using engine::Engine;
using engine::Enrollments;
using engine::Pathways;
using engine::Reminders;
using engine::Replies;
using engine::Visits;

std::unique_ptr<grpc::Service> AccessService(const CallEnvironment& environment) {
  Engine& engine = environment.engine;
  auto service = std::make_unique<RawCallbackService<v1::AccessService>>(environment);
  service->Unary("CreateToken", engine.access, &Access::CreateToken);
  service->Unary("ListTokens", engine.access, &Access::ListTokens);
  service->Unary("RevokeToken", engine.access, &Access::RevokeToken);
  service->Unary("BindRole", engine.access, &Access::BindRole);
  service->Unary("UnbindRole", engine.access, &Access::UnbindRole);
  service->Unary("ListRoleBindings", engine.access, &Access::ListRoleBindings);
  return service;
}

std::unique_ptr<grpc::Service> ClinicService(const CallEnvironment& environment) {
  Engine& engine = environment.engine;
  auto service = std::make_unique<RawCallbackService<v1::ClinicService>>(environment);
  service->Unary("CreateClinic", engine.clinics, &Clinics::Create);
  service->Unary("GetClinic", engine.clinics, &Clinics::Get);
  service->Unary("ListClinics", engine.clinics, &Clinics::List);
  service->Unary("UpdateClinic", engine.clinics, &Clinics::Update);
  service->Unary("AdvanceTestClock", engine.clinics, &Clinics::AdvanceTestClock);
  return service;
}

std::unique_ptr<grpc::Service> PathwayService(const CallEnvironment& environment) {
  Engine& engine = environment.engine;
  auto service = std::make_unique<RawCallbackService<v1::PathwayService>>(environment);
  service->Unary("CreatePathway", engine.pathways, &Pathways::Create);
  service->Unary("GetPathway", engine.pathways, &Pathways::Get);
  service->Unary("ListPathways", engine.pathways, &Pathways::List);
  service->Unary("UpdatePathway", engine.pathways, &Pathways::Update);
  service->Unary("ListPathwayRevisions", engine.pathways, &Pathways::ListRevisions);
  service->Unary("PreviewPlan", engine.pathways, &Pathways::Preview);
  return service;
}

std::unique_ptr<grpc::Service> EnrollmentService(const CallEnvironment& environment) {
  Engine& engine = environment.engine;
  auto service = std::make_unique<RawCallbackService<v1::EnrollmentService>>(environment);
  service->Unary("CreateEnrollment", engine.enrollments, &Enrollments::Create);
  service->Unary("GetEnrollment", engine.enrollments, &Enrollments::Get);
  service->Unary("ListEnrollments", engine.enrollments, &Enrollments::List);
  service->ClientStream("ImportEnrollments", &ImportEnrollmentsCall::Start);
  service->Unary("UpdateEnrollment", engine.enrollments, &Enrollments::Update);
  service->Unary("MigrateEnrollments", engine.enrollments, &Enrollments::Migrate);
  service->Unary("PauseEnrollment", engine.enrollments, &Enrollments::Pause);
  service->Unary("ResumeEnrollment", engine.enrollments, &Enrollments::Resume);
  service->Unary("EndEnrollment", engine.enrollments, &Enrollments::End);
  service->Unary("SetConsent", engine.consents, &Consents::Set);
  service->Unary("ListConsentDecisions", engine.consents, &Consents::List);
  service->Unary("GetTimeline", engine.enrollments, &Enrollments::GetTimeline);
  service->Unary("GetAdherence", engine.enrollments, &Enrollments::GetAdherence);
  return service;
}

std::unique_ptr<grpc::Service> VisitService(const CallEnvironment& environment) {
  Engine& engine = environment.engine;
  auto service = std::make_unique<RawCallbackService<v1::VisitService>>(environment);
  service->Unary("ListVisits", engine.visits, &Visits::List);
  service->Unary("ScheduleVisit", engine.visits, &Visits::Schedule);
  service->Unary("RecordVisitOutcome", engine.visits, &Visits::RecordOutcome);
  return service;
}

std::unique_ptr<grpc::Service> ReminderService(const CallEnvironment& environment) {
  Engine& engine = environment.engine;
  auto service = std::make_unique<RawCallbackService<v1::ReminderService>>(environment);
  service->Unary("ListReminders", engine.reminders, &Reminders::List);
  service->Unary("CountReminders", engine.reminders, &Reminders::Count);
  service->Unary("GetReminder", engine.reminders, &Reminders::Get);
  service->Unary("CompleteReminder", engine.reminders, &Reminders::Complete);
  service->Unary("AcknowledgeReminder", engine.reminders, &Reminders::Acknowledge);
  service->Unary("MoveReminder", engine.reminders, &Reminders::Move);
  service->Unary("CancelReminder", engine.reminders, &Reminders::Cancel);
  service->Unary("RestoreReminder", engine.reminders, &Reminders::Restore);
  service->ServerStream("WatchEvents", &WatchEventsCall::Start);
  return service;
}

std::unique_ptr<grpc::Service> DeliveryService(const CallEnvironment& environment) {
  Engine& engine = environment.engine;
  auto service = std::make_unique<RawCallbackService<v1::DeliveryService>>(environment);
  service->Unary("LeaseReminders", &LeaseRemindersCall::Start);
  service->BidiStream("StreamReminders", &StreamRemindersCall::Start);
  service->Unary("ReportDeliveries", engine.deliveries, &Deliveries::Report);
  service->Unary("ExtendLeases", engine.deliveries, &Deliveries::Extend);
  service->Unary("ListDeadLetters", engine.deliveries, &Deliveries::ListDeadLetters);
  service->Unary("RedriveReminders", engine.deliveries, &Deliveries::Redrive);
  return service;
}

std::unique_ptr<grpc::Service> ReplyService(const CallEnvironment& environment) {
  Engine& engine = environment.engine;
  auto service = std::make_unique<RawCallbackService<v1::ReplyService>>(environment);
  service->Unary("RecordReply", engine.replies, &Replies::Record);
  service->Unary("ListReplies", engine.replies, &Replies::List);
  service->Unary("AssignReply", engine.replies, &Replies::Assign);
  service->Unary("DecideReply", engine.replies, &Replies::Decide);
  return service;
}

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeServices(const CallEnvironment& environment) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(ClinicService(environment));
  services.push_back(AccessService(environment));
  services.push_back(PathwayService(environment));
  services.push_back(EnrollmentService(environment));
  services.push_back(VisitService(environment));
  services.push_back(ReminderService(environment));
  services.push_back(DeliveryService(environment));
  services.push_back(ReplyService(environment));
  // A method that stands in no table is left to the generated code, which has it synchronous.
  for (const auto& service : services) {
    if (service->has_synchronous_methods()) RefuseTable("a method of the API has no use case");
  }
  return services;
}

}  // namespace aftercare::server
