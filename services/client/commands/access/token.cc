#include "services/client/commands/access/token.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/client/commands/listing.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/text_file.h"
#include "services/client/common/values.h"
#include "services/client/render/access_text.h"

namespace aftercare::client {
namespace {

struct CreateOptions {
  std::string principal;
  std::string ttl;
  std::string out;
};

// Makes the token. Nothing is printed.
absl::StatusOr<v1::CreateTokenResponse> MakeToken(Session& session, const CreateOptions& options) {
  v1::CreateTokenRequest request;
  request.set_principal(options.principal);
  if (!options.ttl.empty()) {
    const absl::StatusOr<absl::Duration> ttl = ParseDuration("--ttl", options.ttl);
    if (!ttl.ok()) return ttl.status();
    *request.mutable_ttl() = ToProto(*ttl);
  }
  return session.Call(request);
}

// Makes the token and writes its secret to the file `options.out`, which must not exist yet.
absl::StatusOr<v1::CreateTokenResponse> MakeTokenFile(Session& session, const CreateOptions& options) {
  // Before the token: a token whose secret cannot be kept is of no use to anybody.
  if (absl::Status status = CreatePrivateFile(options.out); !status.ok()) return status;
  auto response = MakeToken(session, options);
  if (!response.ok()) {
    RemoveFile(options.out).IgnoreError();
    return response.status();
  }
  if (absl::Status status = WriteTextFile(options.out, absl::StrCat(response->secret(), "\n")); !status.ok()) {
    return UsageError(absl::StrCat(status.message(), "; the token is of no use now: aftercare token revoke ",
                                   IdOf(response->token().name())));
  }
  response->clear_secret();
  return response;
}

absl::Status Create(Session& session, const CreateOptions& options) {
  const auto response = options.out.empty() ? MakeToken(session, options) : MakeTokenFile(session, options);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(*response);
    return absl::OkStatus();
  }
  if (!response->secret().empty()) session.Print(absl::StrCat(response->secret(), "\n"));
  session.Note(TokenSentence(response->token()));
  session.Note(options.out.empty() ? "Its secret is not shown again.\n"
                                   : absl::StrCat("Its secret is in ", options.out, ", for --token-file.\n"));
  return absl::OkStatus();
}

absl::Status List(Session& session) {
  const auto tokens = ReadList(session, v1::ListTokensRequest(), &v1::ListTokensResponse::tokens);
  if (!tokens.ok()) return tokens.status();
  PrintList(session, tokens->items, RenderTokens, absl::UTCTimeZone(),
            "No tokens yet. Make one: aftercare token create PRINCIPAL --out FILE\n");
  return absl::OkStatus();
}

absl::Status Revoke(Session& session, const std::string& token) {
  v1::RevokeTokenRequest request;
  request.set_name(TokenName(token));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  session.PrintResult(*response, absl::StrCat("Token ", IdOf(request.name()), " is revoked for good.\n"));
  return absl::OkStatus();
}

void AddCreateCommand(CLI::App* parent, Action* action) {
  CLI::App* create = parent->add_subcommand("create", "Make a token and print its secret");
  const auto options = std::make_shared<CreateOptions>();
  create->add_option("PRINCIPAL", options->principal, "Who will have the token: a name for a person or a program")
      ->required();
  create->add_option("--ttl", options->ttl, "For how long it is valid: 90d (the default), 12h; up to 3660d")
      ->type_name("DURATION");
  create
      ->add_option("--out", options->out,
                   "Write the secret to this new file, which only you may read, instead of printing it")
      ->type_name("FILE");
  create->footer(
      "The secret is all that is written to standard output. It cannot be had again; the server keeps a hash.\n"
      "A token says who calls. What that principal may do is said by `aftercare role bind`.\n\n"
      "Examples:\n"
      "  aftercare token create riverside-backend --out riverside.token\n"
      "  aftercare token create sms-gateway --ttl 365d > sms.token");
  create->callback([=] { *action = [=](Session& session) { return Create(session, *options); }; });
}

}  // namespace

void AddTokenCommand(CLI::App& app, Action* action) {
  CLI::App* token = app.add_subcommand("token", "Tokens, which say who calls: make, list and revoke them");
  token->require_subcommand(1);
  AddCreateCommand(token, action);

  CLI::App* list = token->add_subcommand("list", "List tokens that were not revoked, without their secrets");
  list->footer("Example:\n  aftercare token list");
  list->callback([=] { *action = List; });

  CLI::App* revoke = token->add_subcommand("revoke", "Revoke a token for good");
  const auto name = std::make_shared<std::string>();
  revoke->add_option("TOKEN", *name, "Its id, as `aftercare token list` shows it")->required();
  revoke->footer("Calls that use it are refused from then on.\n\nExample:\n  aftercare token revoke 0a1b2c3d");
  revoke->callback([=] { *action = [=](Session& session) { return Revoke(session, *name); }; });
}

}  // namespace aftercare::client
