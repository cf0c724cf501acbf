#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALLER_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALLER_H_

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace aftercare::engine {

// The principal of whoever is on the server's own machine.
inline constexpr absl::string_view kLocalOperator = "local-operator";

// What a caller may do in its clinics; permissions.h says which permissions each role has.
enum class Role { kAdmin, kClinic, kGateway, kReader };

// Who calls: a name for logs and events, and what the caller may do.
struct Caller {
  std::string principal{};

  // True if the role bindings of the principal say what the caller may do, as they are at each moment. Otherwise the
  // caller has `role` in `clinics`.
  bool bound = false;
  std::string token{};  // The id of the token by which the caller is known. Empty if it is known otherwise.

  Role role = Role::kReader;
  bool all_clinics = false;
  absl::flat_hash_set<std::string> clinics{};

  bool MayTouch(absl::string_view clinic) const { return all_clinics || clinics.contains(clinic); }
};

// Returns the caller who is on the server's own machine, and may do everything.
inline Caller LocalOperator() {
  return {.principal = std::string(kLocalOperator), .role = Role::kAdmin, .all_clinics = true};
}

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CALLER_H_
