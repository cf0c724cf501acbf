#include "services/server/caller_of.h"

#include <grpc/grpc_security_constants.h>

#include <iterator>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace aftercare::server {
namespace {

constexpr absl::string_view kScheme = "Bearer ";

bool IsOverTls(const grpc::AuthContext& context) {
  const std::vector<grpc::string_ref> types = context.FindPropertyValues(GRPC_TRANSPORT_SECURITY_TYPE_PROPERTY_NAME);
  return !types.empty() && types[0] != "insecure";
}

// The value of the header `authorization`; null if it is not there exactly once.
const grpc::string_ref* Authorization(const grpc::ServerContextBase& context) {
  const auto [first, last] = context.client_metadata().equal_range("authorization");
  return std::distance(first, last) == 1 ? &first->second : nullptr;
}

}  // namespace

absl::StatusOr<engine::Caller> CallerOf(const grpc::ServerContextBase& context, const std::string& principal_property,
                                        engine::Access& access) {
  if (context.client_metadata().count("authorization") > 0) {
    const grpc::string_ref* const value = Authorization(context);
    if (value == nullptr) return engine::NotAuthenticated();
    absl::string_view secret(value->data(), value->size());
    // The scheme may be in any case (RFC 9110, 11.1).
    if (!absl::StartsWithIgnoreCase(secret, kScheme)) return engine::NotAuthenticated();
    secret.remove_prefix(kScheme.size());
    return access.CallerOfToken(secret);
  }
  const auto auth = context.auth_context();
  if (auth != nullptr && IsOverTls(*auth)) {
    const std::vector<grpc::string_ref> names = auth->FindPropertyValues(principal_property);
    if (names.empty()) return engine::NotAuthenticated();
    return access.CallerOfCertificate(absl::string_view(names[0].data(), names[0].size()));
  }
  return engine::LocalOperator();
}

}  // namespace aftercare::server
