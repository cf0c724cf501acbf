#include "services/client/render/access_text.h"

#include "absl/strings/str_cat.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

std::string InUtc(const google::protobuf::Timestamp& time) { return FormatInstant(time, absl::UTCTimeZone()); }

std::string RoleLabel(const v1::RoleBinding& binding) { return EnumLabel(*v1::Role_descriptor(), binding.role()); }

}  // namespace

std::string TokenSentence(const v1::Token& token) {
  return absl::StrCat("Token ", IdOf(token.name()), " of ", token.principal(), ", valid until ",
                      InUtc(token.expire_time()), " UTC.\n");
}

std::string BindingSentence(const v1::RoleBinding& binding, absl::string_view has) {
  return absl::StrCat(binding.principal(), " ", has, " the role ", RoleLabel(binding), " in ",
                      binding.clinic() == kAllClinics ? "all clinics" : IdOf(binding.clinic()), ".");
}

std::string RenderTokens(const std::vector<v1::Token>& tokens, const ListStyle& style) {
  Table table({"TOKEN", "PRINCIPAL", "MADE (UTC)", "BY", "EXPIRES (UTC)", "LAST USED (UTC)"});
  for (const v1::Token& token : tokens) {
    table.Add({IdOf(token.name()), token.principal(), InUtc(token.create_time()), token.creator(),
               InUtc(token.expire_time()), token.has_last_use_time() ? InUtc(token.last_use_time()) : "never"});
  }
  return table.Render(style.width, style.colour);
}

std::string RenderRoleBindings(const std::vector<v1::RoleBinding>& bindings, const ListStyle& style) {
  Table table({"PRINCIPAL", "ROLE", "CLINIC", "SINCE (UTC)", "BY"});
  for (const v1::RoleBinding& binding : bindings) {
    table.Add({binding.principal(), RoleLabel(binding),
               binding.clinic() == kAllClinics ? "all" : IdOf(binding.clinic()), InUtc(binding.create_time()),
               binding.creator()});
  }
  return table.Render(style.width, style.colour);
}

}  // namespace aftercare::client
