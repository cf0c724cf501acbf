#include "scheduler/engine/runtime/authorizer.h"

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {

absl::Status RoleAuthorizer::Authorize(const Caller& caller, Permission permission, absl::string_view clinic) const {
  if (!clinic.empty() && !caller.MayTouch(clinic)) {
    return MakeError(absl::StatusCode::kPermissionDenied, "CLINIC_NOT_YOURS",
                     absl::StrCat("no access to ", ClinicNameOf(clinic)));
  }
  if (RoleHas(caller.role, permission)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                   absl::StrCat("this takes the permission ", PermissionName(permission)));
}

}  // namespace aftercare::engine
