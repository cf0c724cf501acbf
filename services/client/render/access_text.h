#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_ACCESS_TEXT_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_ACCESS_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "aftercare/v1/access_service.pb.h"
#include "services/client/render/lists.h"

// Who calls and what they may do, as text. Times are in UTC. All functions are pure and thread safe.
namespace aftercare::client {

// What stands for all clinics in a role binding.
inline constexpr char kAllClinics[] = "clinics/-";

// Returns `Token 0a1b of sms-gateway, valid until 2026-06-01 09:00 UTC.` with a line feed.
std::string TokenSentence(const v1::Token& token);

// Returns `sms-gateway has the role gateway in all clinics.` `has` is the verb.
std::string BindingSentence(const v1::RoleBinding& binding, absl::string_view has);

// Return tables.
std::string RenderTokens(const std::vector<v1::Token>& tokens, const ListStyle& style);
std::string RenderRoleBindings(const std::vector<v1::RoleBinding>& bindings, const ListStyle& style);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_ACCESS_TEXT_H_
