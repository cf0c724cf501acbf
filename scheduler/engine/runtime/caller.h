#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALLER_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALLER_H_

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace aftercare::engine {

// What a caller may do in its clinics; permissions.h says which permissions each role has.
enum class Role { kAdmin, kClinic, kGateway, kReader };

// Who calls: a name for logs and events, a role, and the clinics the caller is bound to.
struct Caller {
  std::string principal;
  Role role = Role::kReader;
  bool all_clinics = false;
  absl::flat_hash_set<std::string> clinics;

  bool MayTouch(absl::string_view clinic) const { return all_clinics || clinics.contains(clinic); }
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALLER_H_
