#include "services/client/commands/demo.h"

#include <memory>
#include <string>

#include "services/client/demo/demo_year.h"
#include "services/client/input/pathway_file.h"

namespace aftercare::client {
namespace {

absl::Status Demo(Session& session, const std::string& path) {
  const auto file = PathwayFile::Read(path);
  if (!file.ok()) return file.status();
  const auto compiled = file->Compile();
  if (!compiled.ok()) return compiled.status();
  return DemoYear(session, file->DefaultId(), file->pathway()).Run();
}

}  // namespace

void AddDemoCommand(CLI::App& app, Action* action) {
  CLI::App* demo = app.add_subcommand("demo", "Live through a year of three invented patients, in seconds");
  const auto path = std::make_shared<std::string>();
  demo->add_option("--pathway", *path, "Pathway in protobuf text format")->required()->type_name("FILE");
  demo->footer(
      "Example:\n  aftercare demo --pathway deploy/pathways/knee_stem_cell.textproto --clinic demo\n\n"
      "It needs a running server. It makes a sandbox clinic, called as --clinic says or, where that is\n"
      "taken, demo-2, demo-3 and so on, enrols three patients, and moves the clinic's own clock\n"
      "through their year, sending by printing. Nothing else on the server is touched.\n\n"
      "With --json, each line is the clinic, an enrollment, a patient's part of a phase (\"kind\":\n"
      "\"phase\"), or the whole (\"kind\": \"total\").");
  demo->callback([=] { *action = [=](Session& session) { return Demo(session, *path); }; });
}

}  // namespace aftercare::client
