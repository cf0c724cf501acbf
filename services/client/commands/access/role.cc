#include "services/client/commands/access/role.h"

#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/client/commands/listing.h"
#include "services/client/common/failure.h"
#include "services/client/common/values.h"
#include "services/client/render/access_text.h"

namespace aftercare::client {
namespace {

struct BindingOptions {
  std::string principal;
  std::string role;
  bool all_clinics = false;
  const CLI::Option* clinic = nullptr;  // --clinic, which all commands share
  bool has_clinic = false;              // whether --clinic or AFTERCARE_CLINIC was given
};

// Returns the binding that the options name. A role in a clinic that nobody named is not meant.
absl::StatusOr<v1::RoleBinding> BindingOf(const Session& session, const BindingOptions& options) {
  v1::RoleBinding binding;
  const absl::StatusOr<int> role = ParseEnum(*v1::Role_descriptor(), "ROLE", options.role);
  if (!role.ok()) return role.status();
  if (!options.all_clinics && !options.has_clinic) return UsageError("say where: --clinic ID, or --all-clinics");
  const char* const usual = std::getenv("AFTERCARE_CLINIC");
  if (options.all_clinics && options.has_clinic && (usual == nullptr || usual != session.options().clinic)) {
    return UsageError("say either --clinic or --all-clinics");
  }
  binding.set_principal(options.principal);
  binding.set_role(static_cast<v1::Role>(*role));
  binding.set_clinic(options.all_clinics ? kAllClinics : session.clinic());
  return binding;
}

absl::Status Bind(Session& session, const BindingOptions& options) {
  const absl::StatusOr<v1::RoleBinding> binding = BindingOf(session, options);
  if (!binding.ok()) return binding.status();
  v1::BindRoleRequest request;
  *request.mutable_binding() = *binding;
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  session.PrintResult(*response, absl::StrCat(BindingSentence(*binding, "has"), "\n"));
  return absl::OkStatus();
}

absl::Status Unbind(Session& session, const BindingOptions& options) {
  const absl::StatusOr<v1::RoleBinding> binding = BindingOf(session, options);
  if (!binding.ok()) return binding.status();
  v1::UnbindRoleRequest request;
  *request.mutable_binding() = *binding;
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  session.PrintResult(*response, absl::StrCat(BindingSentence(*binding, "no longer has"), "\n"));
  return absl::OkStatus();
}

absl::Status List(Session& session) {
  const auto bindings =
      ReadList(session, v1::ListRoleBindingsRequest(), &v1::ListRoleBindingsResponse::bindings);
  if (!bindings.ok()) return bindings.status();
  PrintList(session, bindings->items, RenderRoleBindings, absl::UTCTimeZone(),
            "Nobody has a role yet. Give one: aftercare role bind PRINCIPAL ROLE --clinic ID\n");
  return absl::OkStatus();
}

// Adds `bind` or `unbind`.
void AddBindingCommand(CLI::App& app, CLI::App* command, absl::Status (*run)(Session&, const BindingOptions&),
                       Action* action) {
  const auto options = std::make_shared<BindingOptions>();
  command->add_option("PRINCIPAL", options->principal, "Whose token, or the name in whose certificate, it is")
      ->required();
  command->add_option("ROLE", options->role, EnumChoices(*v1::Role_descriptor()))->required();
  command->add_flag("--all-clinics", options->all_clinics, "In all clinics, also those to come, and not in --clinic");
  options->clinic = app.get_option("--clinic");
  command->callback([=] {
    options->has_clinic = options->clinic->count() > 0;
    *action = [=](Session& session) { return run(session, *options); };
  });
}

}  // namespace

void AddRoleCommand(CLI::App& app, Action* action) {
  CLI::App* role = app.add_subcommand("role", "Roles, which say what callers may do: give, take and list them");
  role->require_subcommand(1);

  CLI::App* bind = role->add_subcommand("bind", "Give a principal a role in a clinic, or in all");
  AddBindingCommand(app, bind, Bind, action);
  bind->footer(
      "  admin     everything; in all clinics, also to make clinics, tokens and roles\n"
      "  clinic    what a clinic's own programs do: change it, its pathways, patients and reminders\n"
      "  gateway   what gateways do: take messages, report what became of them, hand in replies\n"
      "  reader    reads and watches, changes nothing\n\n"
      "Examples:\n"
      "  aftercare role bind riverside-backend clinic --clinic riverside\n"
      "  aftercare role bind sms-gateway gateway --all-clinics");

  CLI::App* unbind = role->add_subcommand("unbind", "Take a role away");
  AddBindingCommand(app, unbind, Unbind, action);
  unbind->footer("Example:\n  aftercare role unbind sms-gateway gateway --all-clinics");

  CLI::App* list = role->add_subcommand("list", "List who has which role, and where");
  list->footer("Example:\n  aftercare role list");
  list->callback([=] { *action = List; });
}

}  // namespace aftercare::client
