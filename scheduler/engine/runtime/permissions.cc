#include "scheduler/engine/runtime/permissions.h"

#include <cstdio>
#include <cstdlib>

namespace aftercare::engine {
namespace {

using P = Permission;

constexpr Method kMethods[] = {
    {"aftercare.v1.AccessService/BindRole", P::kManageAccess},
    {"aftercare.v1.AccessService/CreateToken", P::kManageAccess},
    {"aftercare.v1.AccessService/ListRoleBindings", P::kManageAccess},
    {"aftercare.v1.AccessService/ListTokens", P::kManageAccess},
    {"aftercare.v1.AccessService/RevokeToken", P::kManageAccess},
    {"aftercare.v1.AccessService/UnbindRole", P::kManageAccess},
    {"aftercare.v1.ClinicService/AdvanceTestClock", P::kManageClinic},
    {"aftercare.v1.ClinicService/CreateClinic", P::kCreateClinics},
    {"aftercare.v1.ClinicService/GetClinic", P::kReadClinic},
    {"aftercare.v1.ClinicService/ListClinics", P::kReadClinic},
    {"aftercare.v1.ClinicService/UpdateClinic", P::kManageClinic},
    {"aftercare.v1.DeliveryService/ExtendLeases", P::kDeliver},
    {"aftercare.v1.DeliveryService/LeaseReminders", P::kDeliver},
    {"aftercare.v1.DeliveryService/ListDeadLetters", P::kManageDelivery},
    {"aftercare.v1.DeliveryService/RedriveReminders", P::kManageDelivery},
    {"aftercare.v1.DeliveryService/ReportDeliveries", P::kDeliver},
    {"aftercare.v1.DeliveryService/StreamReminders", P::kDeliver},
    {"aftercare.v1.EnrollmentService/CreateEnrollment", P::kManagePatients},
    {"aftercare.v1.EnrollmentService/EndEnrollment", P::kManagePatients},
    {"aftercare.v1.EnrollmentService/GetAdherence", P::kReadPatients},
    {"aftercare.v1.EnrollmentService/GetEnrollment", P::kReadPatients},
    {"aftercare.v1.EnrollmentService/GetTimeline", P::kReadPatients},
    {"aftercare.v1.EnrollmentService/ImportEnrollments", P::kManagePatients},
    {"aftercare.v1.EnrollmentService/ListConsentDecisions", P::kReadPatients},
    {"aftercare.v1.EnrollmentService/ListEnrollments", P::kReadPatients},
    {"aftercare.v1.EnrollmentService/MigrateEnrollments", P::kManagePatients},
    {"aftercare.v1.EnrollmentService/PauseEnrollment", P::kManagePatients},
    {"aftercare.v1.EnrollmentService/ResumeEnrollment", P::kManagePatients},
    {"aftercare.v1.EnrollmentService/SetConsent", P::kManagePatients},
    {"aftercare.v1.EnrollmentService/UpdateEnrollment", P::kManagePatients},
    {"aftercare.v1.PathwayService/CreatePathway", P::kManageClinic},
    {"aftercare.v1.PathwayService/GetPathway", P::kReadClinic},
    {"aftercare.v1.PathwayService/ListPathwayRevisions", P::kReadClinic},
    {"aftercare.v1.PathwayService/ListPathways", P::kReadClinic},
    {"aftercare.v1.PathwayService/PreviewPlan", P::kReadClinic},
    {"aftercare.v1.PathwayService/UpdatePathway", P::kManageClinic},
    {"aftercare.v1.ReminderService/AcknowledgeReminder", P::kManagePatients},
    {"aftercare.v1.ReminderService/CancelReminder", P::kManagePatients},
    {"aftercare.v1.ReminderService/CompleteReminder", P::kManagePatients},
    {"aftercare.v1.ReminderService/CountReminders", P::kReadPatients},
    {"aftercare.v1.ReminderService/GetReminder", P::kReadPatients},
    {"aftercare.v1.ReminderService/ListReminders", P::kReadPatients},
    {"aftercare.v1.ReminderService/MoveReminder", P::kManagePatients},
    {"aftercare.v1.ReminderService/RestoreReminder", P::kManagePatients},
    {"aftercare.v1.ReminderService/WatchEvents", P::kReadPatients},
    {"aftercare.v1.ReplyService/AssignReply", P::kManagePatients},
    {"aftercare.v1.ReplyService/DecideReply", P::kManagePatients},
    {"aftercare.v1.ReplyService/ListReplies", P::kReadPatients},
    {"aftercare.v1.ReplyService/RecordReply", P::kRecordReplies},
    {"aftercare.v1.VisitService/ListVisits", P::kReadPatients},
    {"aftercare.v1.VisitService/RecordVisitOutcome", P::kManagePatients},
    {"aftercare.v1.VisitService/ScheduleVisit", P::kManagePatients},
};

}  // namespace

absl::Span<const Method> Methods() { return kMethods; }

const Method& MethodNamed(absl::string_view name) {
  for (const Method& method : kMethods) {
    if (method.name == name) return method;
  }
  std::fprintf(stderr, "no permission is set for the method %.*s\n", static_cast<int>(name.size()), name.data());
  std::abort();
}

bool RoleHas(Role role, Permission permission) {
  switch (role) {
    case Role::kAdmin:
      return true;
    case Role::kClinic:
      return !NeedsAllClinics(permission);
    case Role::kGateway:
      return permission == P::kDeliver || permission == P::kRecordReplies;
    case Role::kReader:
      return permission == P::kReadClinic || permission == P::kReadPatients;
  }
  return false;
}

bool NeedsAllClinics(Permission permission) {
  return permission == P::kCreateClinics || permission == P::kManageAccess;
}

absl::string_view PermissionName(Permission permission) {
  switch (permission) {
    case P::kCreateClinics: return "CREATE_CLINICS";
    case P::kReadClinic: return "READ_CLINIC";
    case P::kManageClinic: return "MANAGE_CLINIC";
    case P::kReadPatients: return "READ_PATIENTS";
    case P::kManagePatients: return "MANAGE_PATIENTS";
    case P::kDeliver: return "DELIVER";
    case P::kRecordReplies: return "RECORD_REPLIES";
    case P::kManageDelivery: return "MANAGE_DELIVERY";
    case P::kManageAccess: return "MANAGE_ACCESS";
  }
  return "";
}

}  // namespace aftercare::engine
