// The use cases of who may do what: tokens and role bindings.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ACCESS_ACCESS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ACCESS_ACCESS_H_

#include "aftercare/v1/access_service.pb.h"
#include "scheduler/engine/access/access_table.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Thread safe. Each method calls `done` exactly once, at its end. The request and the response must live until then.
// The errors are those that access_service.proto documents. A change is in force when `done` is called with OK;
// UNAVAILABLE may mean that it is stored, and will be in force soon.
class Access {
 public:
  // Both must outlive this object and every call that was started.
  Access(EngineContext& engine, AccessTable& table) : engine_(engine), table_(table) {}

  // See AccessTable::CallerOfToken.
  absl::StatusOr<Caller> CallerOfToken(absl::string_view secret) { return table_.CallerOfToken(secret); }

  // Returns who has a client certificate that was verified, given by the name in it. UNAUTHENTICATED if that is the
  // name of no principal.
  static absl::StatusOr<Caller> CallerOfCertificate(absl::string_view name);

  void CreateToken(const CallPtr& call, const v1::CreateTokenRequest& request, v1::CreateTokenResponse* response,
                   Done done);
  void ListTokens(const CallPtr& call, const v1::ListTokensRequest& request, v1::ListTokensResponse* response,
                  Done done);
  void RevokeToken(const CallPtr& call, const v1::RevokeTokenRequest& request, v1::RevokeTokenResponse* response,
                   Done done);
  void BindRole(const CallPtr& call, const v1::BindRoleRequest& request, v1::BindRoleResponse* response, Done done);
  void UnbindRole(const CallPtr& call, const v1::UnbindRoleRequest& request, v1::UnbindRoleResponse* response,
                  Done done);
  void ListRoleBindings(const CallPtr& call, const v1::ListRoleBindingsRequest& request,
                        v1::ListRoleBindingsResponse* response, Done done);

 private:
  // Runs a mutation, and puts it in force.
  void Change(const CallPtr& call, google::protobuf::Message* response, Call::WriteWork work, Done done);

  EngineContext& engine_;
  AccessTable& table_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ACCESS_ACCESS_H_
