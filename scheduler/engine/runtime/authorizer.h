// Decides what callers may do. The one place where a role, a clinic and a permission meet.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_AUTHORIZER_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_AUTHORIZER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "scheduler/engine/runtime/caller.h"
#include "scheduler/engine/runtime/permissions.h"

namespace aftercare::engine {

// Thread safe. Asked several times by a call that stays open, since what a caller may do can change meanwhile.
class Authorizer {
 public:
  virtual ~Authorizer() = default;

  // OK if `caller` has `permission` in `clinic`; an empty clinic asks about no clinic in particular, as for making one.
  // PERMISSION_DENIED / CLINIC_NOT_YOURS for a clinic of somebody else, / ROLE_NOT_ALLOWED for a lack of the
  // permission.
  virtual absl::Status Authorize(const Caller& caller, Permission permission, absl::string_view clinic) const = 0;

  // A number that changes whenever an answer may have changed, so that open calls are asked about again.
  virtual uint64_t Generation() const = 0;
};

// Goes by the caller's own role and clinics, which never change during a call.
class RoleAuthorizer : public Authorizer {
 public:
  absl::Status Authorize(const Caller& caller, Permission permission, absl::string_view clinic) const override;
  uint64_t Generation() const override { return 0; }
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_AUTHORIZER_H_
