// Decides what callers may do: which caller has which permission in which clinic.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_AUTHORIZER_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_AUTHORIZER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "scheduler/engine/runtime/caller.h"
#include "scheduler/engine/runtime/permissions.h"

namespace aftercare::engine {

// Thread safe. A call that stays open asks several times, because its caller may lose a permission meanwhile.
class Authorizer {
 public:
  virtual ~Authorizer() = default;

  // Returns OK if `caller` has `permission` in `clinic`. An empty clinic asks about no clinic in particular. Otherwise
  // returns PERMISSION_DENIED, with reason CLINIC_NOT_YOURS if the caller may not touch the clinic, or ROLE_NOT_ALLOWED
  // if the caller lacks the permission.
  virtual absl::Status Authorize(const Caller& caller, Permission permission, absl::string_view clinic) const = 0;

  // A number that changes whenever an answer of Authorize may have changed. OpenCalls then asks again for open calls.
  virtual uint64_t Generation() const = 0;
};

// Decides by the caller's own role and clinics, which never change during a call.
class RoleAuthorizer : public Authorizer {
 public:
  absl::Status Authorize(const Caller& caller, Permission permission, absl::string_view clinic) const override;
  uint64_t Generation() const override { return 0; }
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_AUTHORIZER_H_
