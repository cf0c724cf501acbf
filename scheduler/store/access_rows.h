// The rows of who may do what: tokens, and the roles of principals. Plain values without behaviour.
#ifndef AFTERCARE_SCHEDULER_STORE_ACCESS_ROWS_H_
#define AFTERCARE_SCHEDULER_STORE_ACCESS_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/access_service.pb.h"

namespace aftercare::store {

// A bearer token. Times are real time.
struct TokenRow {
  std::string token;  // its id, which is not secret
  std::string principal;
  std::string secret_hash;  // SHA-256 of the secret
  absl::Time create_time;
  std::string creator;
  absl::Time expire_time;
  std::optional<absl::Time> last_use_time = std::nullopt;
};

// A role of a principal in a clinic, given by its id, or in all clinics.
struct RoleBindingRow {
  std::string principal;
  std::string clinic;  // kInAllClinics for all
  v1::Role role = v1::ROLE_UNSPECIFIED;
  absl::Time create_time;
  std::string creator;
};

// The `clinic` of a role in all clinics. It is the id of none.
inline constexpr char kInAllClinics[] = "-";

// All tokens, by principal and id, and all roles, by principal, clinic and role, at one moment.
struct AccessRows {
  int64_t version = 0;  // Grows with every change of a token or a role. A use of a token changes neither.
  std::vector<TokenRow> tokens;
  std::vector<RoleBindingRow> bindings;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_ACCESS_ROWS_H_
