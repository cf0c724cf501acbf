// Which permission each RPC needs, and which roles have it. The two tables here are the only place that says so.
// Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_PERMISSIONS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_PERMISSIONS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "scheduler/engine/runtime/caller.h"

namespace aftercare::engine {

// What a caller may be allowed to do in a clinic.
enum class Permission {
  kCreateClinics,   // make new clinics
  kReadClinic,      // read a clinic, its pathways and previews of them
  kManageClinic,    // change a clinic, its pathways and its test clock
  kReadPatients,    // read enrollments, reminders, visits, replies, and watch the event log
  kManagePatients,  // enroll, change and end enrollments, visits and reminders
  kDeliver,         // lease messages, report and extend leases
  kRecordReplies,   // hand in what patients write
  kManageDelivery,  // list and redrive what could not be delivered
  kManageAccess,    // make and revoke tokens, and bind roles
};

// One RPC of the API.
struct Method {
  absl::string_view name;  // `aftercare.v1.ClinicService/GetClinic`
  Permission permission;
};

// All RPCs of the API, in the order of the services' names.
absl::Span<const Method> Methods();

// The RPC of that name. Aborts the program if there is none, because every RPC must be in the table.
const Method& MethodNamed(absl::string_view name);

// True if callers of that role have the permission, in the clinics they are bound to.
bool RoleHas(Role role, Permission permission);

// Returns whether a permission is for the whole server: a role has it only if it is bound to all clinics.
bool NeedsAllClinics(Permission permission);

// The name of a permission for errors and logs, such as `READ_PATIENTS`.
absl::string_view PermissionName(Permission permission);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_PERMISSIONS_H_
