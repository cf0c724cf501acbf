#include <algorithm>
#include <cstdio>
#include <exception>

#include "CLI/CLI.hpp"
#include "services/channel/tls_probe.h"
#include "services/client/commands/access/role.h"
#include "services/client/commands/access/token.h"
#include "services/client/commands/commands.h"
#include "services/client/common/failure.h"
#include "services/client/common/terminal.h"
#include "services/client/render/help.h"
#include "services/client/session.h"
#include "services/common/build_info.h"

namespace aftercare::client {
namespace {

constexpr char kDescription[] =
    "Aftercare carries patients through the year after a procedure. This is its command line:\n"
    "for clinics, their pathways and patients, for what is due and for what becomes of it.\n\n"
    "Names may be given short (ana, ana/ice-am.2026-03-04) or in full (clinics/demo/enrollments/ana).";

// The widest line of help. Longer lines are hard to read, however wide the terminal is.
constexpr int kHelpColumns = 100;

constexpr char kFooter[] =
    "Start here:\n"
    "  aftercare demo --pathway knee_stem_cell.textproto    a whole year in seconds, on a running server\n"
    "  aftercare timeline ana --clinic demo                 a patient's year as a picture\n"
    "  aftercare preview --help                             what a patient would be sent; needs no server\n\n"
    "`aftercare COMMAND --help` explains a command and gives an example.\n"
    "The options above may stand before or after the command.\n\n"
    "Exit codes: 0 done; 1 refused, or faults were found; 2 the command line makes no sense;\n"
    "3 no server answered; 128 + n ended by signal n.";

void AddAccessOptions(CLI::App& app, ServerAccess* server) {
  app.add_option("--server", server->address, "Where the server listens: HOST:PORT, or unix:PATH for its Unix socket")
      ->capture_default_str()
      ->envname("AFTERCARE_SERVER")
      ->type_name("ADDRESS");
  app.add_option("--ca-file", server->ca_file,
                 "Speak TLS, and trust the authorities of this PEM file; `system` for those of this machine")
      ->envname("AFTERCARE_CA_FILE")
      ->type_name("FILE");
  app.add_option("--cert-file", server->cert_file, "Say by this certificate (PEM) who calls; needs TLS and --key-file")
      ->envname("AFTERCARE_CERT_FILE")
      ->type_name("FILE");
  app.add_option("--key-file", server->key_file, "The private key (PEM) of --cert-file")
      ->envname("AFTERCARE_KEY_FILE")
      ->type_name("FILE");
  app.add_option("--token-file", server->token_file, "Say by the token in this file who calls")
      ->envname("AFTERCARE_TOKEN_FILE")
      ->type_name("FILE");
}

// Defines the command line. Throws if that fails, as CLI11 does.
void Define(CLI::App& app, GlobalOptions* options, Action* action) {
  app.name("aftercare");
  app.fallthrough();
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "Show this help");
  app.set_version_flag("--version", VersionText("aftercare"), "Show the version");
  app.formatter(MakeHelpFormatter(std::min(kHelpColumns, TerminalWidth())));
  app.failure_message(RenderParseFailure);
  AddAccessOptions(app, &options->server);
  app.add_option("--clinic", options->clinic, "Which clinic")
      ->capture_default_str()
      ->envname("AFTERCARE_CLINIC")
      ->type_name("ID");
  app.add_flag("--json", options->json, "Print protobuf JSON, one object a line");
  app.add_option("--timeout", options->timeout, "How long a call may take")
      ->capture_default_str()
      ->type_name("DURATION");
  app.footer(kFooter);
  AddCommands(app, action);
  AddTokenCommand(app, action);
  AddRoleCommand(app, action);
}

// Parses the command line. Returns -1, or the exit code if the program is done: after help, and after a fault. CLI11
// reports by exceptions, which end here.
int Parse(int argc, char** argv, GlobalOptions* options, Action* action) {
  CLI::App app(kDescription);
  try {
    Define(app, options, action);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "aftercare: %s\n", error.what());
    return kExitUsage;
  }
  return -1;
}

// Says why no server answered, if TLS is the reason.
std::string Explanation(const absl::Status& status, const ServerAccess& server) {
  if (!absl::IsUnavailable(status) || ExitCodeOf(status) != kExitUnreachable) return "";
  return ExplainTlsFailure(server, AccessOptionNames());
}

}  // namespace
}  // namespace aftercare::client

int main(int argc, char** argv) {
  using namespace aftercare::client;  // NOLINT: main only composes.
  GlobalOptions options;
  if (argc > 0) options.program = argv[0];
  Action action;
  const int done = Parse(argc, argv, &options, &action);
  if (done >= 0) return done;
  Session session(options);
  absl::Status status = session.Open();
  if (status.ok()) status = action(session);
  if (status.ok()) status = Session::CheckOutput();
  if (!status.ok()) session.Note(RenderFailure(status, options.server.address, Explanation(status, options.server)));
  return ExitCodeOf(status);
}
