#include "services/server/bootstrap.h"

#include <future>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "aftercare/v1/access_service.pb.h"
#include "scheduler/engine/runtime/caller.h"
#include "scheduler/engine/runtime/permissions.h"

namespace aftercare::server {
namespace {

constexpr char kFirstAdmin[] = "first-admin";
constexpr int64_t kDaySeconds = 24 * 60 * 60;

// Runs a use case of AccessService for the local operator.
template <typename Request, typename Response>
absl::StatusOr<Response> Run(engine::Engine& engine, absl::string_view method,
                             void (engine::Access::*use_case)(const engine::CallPtr&, const Request&, Response*,
                                                              engine::Done),
                             const Request& request) {
  const engine::CallPtr call =
      engine.NewCall({.caller = engine::LocalOperator(),
                      .method = &engine::MethodNamed(absl::StrCat("aftercare.v1.AccessService/", method))});
  Response response;
  std::promise<absl::Status> done;
  (engine.access.*use_case)(call, request, &response,
                            [&done](absl::Status status) { done.set_value(std::move(status)); });
  absl::Status status = done.get_future().get();
  if (!status.ok()) return status;
  return response;
}

}  // namespace

absl::StatusOr<std::optional<std::string>> MakeFirstAdmin(engine::Engine& engine) {
  v1::ListRoleBindingsRequest list;
  list.set_page_size(1);
  const auto bound = Run(engine, "ListRoleBindings", &engine::Access::ListRoleBindings, list);
  if (!bound.ok()) return bound.status();
  if (!bound->bindings().empty()) return std::nullopt;
  v1::CreateTokenRequest create;
  create.set_principal(kFirstAdmin);
  create.mutable_ttl()->set_seconds(kDaySeconds);
  const auto token = Run(engine, "CreateToken", &engine::Access::CreateToken, create);
  if (!token.ok()) return token.status();
  v1::BindRoleRequest bind;
  bind.mutable_binding()->set_principal(kFirstAdmin);
  bind.mutable_binding()->set_role(v1::ROLE_ADMIN);
  bind.mutable_binding()->set_clinic("clinics/-");
  if (const auto done = Run(engine, "BindRole", &engine::Access::BindRole, bind); !done.ok()) return done.status();
  return token->secret();
}

}  // namespace aftercare::server
